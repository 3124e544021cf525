"""People."""

import factory

from apps.accounts.models import User

NAMES = ("Nadia Okello", "Tomasz Wrede", "Marit Aldersey", "Priya Ramasubbu", "Oduya Barasa", "Samira Benhaddou")


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    name = factory.Iterator(NAMES)
    email = factory.Sequence(lambda n: f"person{n}@example.org")
    password = "!"  # cannot sign in by password
    is_staff = False
    is_superuser = False
    has_second_factor = factory.LazyAttribute(lambda person: person.is_staff or person.is_superuser)
    """The staff's rights rest without one. What a test of signing in needs beside the mark, it makes itself."""


def give_second_factor(person):
    """The mark alone, by which rights go."""
    User.objects.filter(pk=person.pk).update(has_second_factor=True)
    person.has_second_factor = True
