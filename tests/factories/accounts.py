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
