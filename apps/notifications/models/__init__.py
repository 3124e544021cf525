"""Mail that is owed, the development mailbox, and webhooks: who is told, what is owed to them, what became of it."""

from apps.notifications.models.hooks import Attempt, Delivery, Endpoint, Receiver, ReceiverCall
from apps.notifications.models.mailings import Mailing
from apps.notifications.models.mails import MailboxMessage, OwedMail, Silence, Suppression

__all__ = [
    "Attempt",
    "Delivery",
    "Endpoint",
    "MailboxMessage",
    "Mailing",
    "OwedMail",
    "Receiver",
    "ReceiverCall",
    "Silence",
    "Suppression",
]
