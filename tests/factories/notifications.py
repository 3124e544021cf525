"""Mails, owed and received."""

from datetime import timedelta

import factory

from apps.core import clock
from apps.notifications import services
from apps.notifications.models import Delivery, Endpoint, MailboxMessage, OwedMail, Receiver, ReceiverCall
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, OrganisationFactory


class OwedMailFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OwedMail

    event = factory.SubFactory(EventFactory)
    kind = "welcome"
    to = "nadia@example.org"
    subject = "You are in"
    text = "Your lobby opens at ten."


def letters(**which):
    """The mails that are owed, in order, with their words: as the worker writes them before it sends them."""
    found = list(OwedMail.objects.filter(**which).order_by("pk"))
    for mail in found:
        services.write_letter(mail)
    return found


class MailboxMessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MailboxMessage

    to = "nadia@example.org"
    sender = "plenary@localhost"
    subject = "You are in"
    source = "Subject: You are in\nTo: nadia@example.org\n\nYour lobby opens at ten.\n"


class EndpointFactory(factory.django.DjangoModelFactory):
    """Of all events of an organisation, unless `event` is given."""

    class Meta:
        model = Endpoint

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda number: f"CRM {number}")
    url = "http://127.0.0.1:9/"
    kinds = factory.LazyFunction(lambda: ["poll.closed"])
    keeper = factory.SubFactory(UserFactory, is_superuser=True)
    secret = factory.LazyFunction(services.new_secret)


class DeliveryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delivery

    endpoint = factory.SubFactory(EndpointFactory)
    message_id = factory.Sequence(lambda number: f"msg_{number}")
    kind = "poll.closed"
    body = '{"type":"poll.closed"}'


class ReceiverFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Receiver

    endpoint = factory.SubFactory(EndpointFactory)
    ends_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=1))


class ReceiverCallFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReceiverCall

    receiver = factory.SubFactory(ReceiverFactory)
    headers = factory.LazyFunction(lambda: {"webhook-id": "msg_1"})
    body = "{}"
    holds = True
