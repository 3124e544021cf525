"""People."""

from datetime import timedelta

import factory
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from apps.accounts.models import ApiToken, User
from apps.core import clock

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


class ApiTokenFactory(factory.django.DjangoModelFactory):
    """A row whose secret nobody knows; `services.create_token` makes both."""

    class Meta:
        model = ApiToken

    user = factory.SubFactory(UserFactory)
    name = "Sign board"
    start = "pln_0000"
    digest = factory.Sequence(lambda n: f"{n:064x}")
    scopes = factory.LazyFunction(lambda: ["agenda:read"])
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=30))


class UserSessionFactory(factory.django.DjangoModelFactory):
    """Another device on which somebody is signed in."""

    class Meta:
        model = UserSession
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    session_key = factory.Sequence(lambda n: f"elsewhere{n}")
    ip = "198.51.100.7"
    user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"

    @factory.post_generation
    def session(self, create, extracted, **_):
        day = clock.now() + timedelta(days=1)
        Session.objects.get_or_create(session_key=self.session_key, defaults={"session_data": "", "expire_date": day})
