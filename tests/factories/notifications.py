"""Mails, owed and received."""

import factory

from apps.notifications.models import MailboxMessage, OwedMail
from tests.factories.events import EventFactory


class OwedMailFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OwedMail

    event = factory.SubFactory(EventFactory)
    kind = "welcome"
    to = "nadia@example.org"
    subject = "You are in"
    text = "Your lobby opens at ten."


class MailboxMessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MailboxMessage

    to = "nadia@example.org"
    sender = "plenary@localhost"
    subject = "You are in"
    source = "Subject: You are in\nTo: nadia@example.org\n\nYour lobby opens at ten.\n"
