"""Writes of notifications: mail that is owed and sent, webhooks that are told, and where they are tried."""

from apps.notifications.services.delivering import (
    DELIVER,
    deliver,
    give_up_old,
    replay,
    replay_failed,
    requeue_deliveries,
)
from apps.notifications.services.endpoints import (
    check_url,
    new_secret,
    rotate_secret,
    switch,
    take_secret,
)
from apps.notifications.services.letters import owe_link, owe_news, owe_role_link
from apps.notifications.services.mailings import mail_announcements, owe_mailing
from apps.notifications.services.mails import (
    LEASE,
    MOST_ATTEMPTS,
    MOST_BOUNCES,
    SECRET_KEPT,
    SEND,
    forget_secrets,
    lift_suppression,
    mail_came_back,
    mail_delivered,
    mail_refused,
    owe_mail,
    requeue_owed_mails,
    send_owed_mail,
    try_again,
    want_mails,
    write_letter,
)
from apps.notifications.services.receiving import make_receiver, receive, sweep_receivers
from apps.notifications.services.telling import send_test, tell

__all__ = [
    "DELIVER",
    "LEASE",
    "MOST_ATTEMPTS",
    "MOST_BOUNCES",
    "SECRET_KEPT",
    "SEND",
    "check_url",
    "deliver",
    "forget_secrets",
    "give_up_old",
    "lift_suppression",
    "mail_announcements",
    "mail_came_back",
    "mail_delivered",
    "mail_refused",
    "make_receiver",
    "new_secret",
    "owe_link",
    "owe_mail",
    "owe_mailing",
    "owe_news",
    "owe_role_link",
    "receive",
    "replay",
    "replay_failed",
    "requeue_deliveries",
    "requeue_owed_mails",
    "rotate_secret",
    "send_owed_mail",
    "send_test",
    "sweep_receivers",
    "switch",
    "take_secret",
    "tell",
    "try_again",
    "want_mails",
    "write_letter",
]
