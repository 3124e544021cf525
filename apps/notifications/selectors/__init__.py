"""Reads of mails and of webhooks."""

from apps.notifications.selectors.hooks import (
    deliveries_due,
    endpoints_for,
    endpoints_left,
    mailed_about,
    receiver_by_token,
    receivers_of,
    secrets_of,
)
from apps.notifications.selectors.mails import (
    Letter,
    mailbox,
    mailed_since,
    mails_due,
    mails_of,
    remarks,
    silent,
    suppression,
    wants_mails,
)
from apps.notifications.selectors.work import needs

__all__ = [
    "Letter",
    "deliveries_due",
    "endpoints_for",
    "endpoints_left",
    "mailbox",
    "mailed_about",
    "mailed_since",
    "mails_due",
    "mails_of",
    "needs",
    "receiver_by_token",
    "receivers_of",
    "remarks",
    "secrets_of",
    "silent",
    "suppression",
    "wants_mails",
]
