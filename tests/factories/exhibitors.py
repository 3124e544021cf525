"""Booths."""

import factory

from apps.exhibitors.models import Booth, BoothDocument, BoothStaff, ContactRequest
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory
from tests.factories.media import AssetFactory


class BoothFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Booth

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Kielwater Maps {n}")
    slug = factory.Sequence(lambda n: f"kielwater-{n}")


class BoothStaffFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BoothStaff

    booth = factory.SubFactory(BoothFactory)
    user = factory.SubFactory(UserFactory)


class BoothDocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BoothDocument

    booth = factory.SubFactory(BoothFactory)
    asset = factory.SubFactory(AssetFactory, event=factory.SelfAttribute("..booth.event"))


class ContactRequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactRequest

    booth = factory.SubFactory(BoothFactory)
    user = factory.SubFactory(UserFactory)
    name = "Nadia Okello"
    email = "nadia@example.org"
    message = "Which of your maps show the year 1953?"
