"""Owing mail and sending it: written with the fact that made it due, sent by a worker, never twice by two of them."""

import logging
from datetime import timedelta
from typing import Any

from celery import current_app
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError

from apps.accounts.models import User
from apps.core import clock
from apps.events.models import Event
from apps.notifications import selectors
from apps.notifications.models import OwedMail

logger = logging.getLogger(__name__)

SEND = "notifications.send_owed_mail"
MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=2)
"""How long one worker has a mail for itself; longer than the mail service may take to answer."""
FIRST_PAUSE = timedelta(minutes=1)
MOST_REQUEUED = 500


def owe_mail(
    *,
    kind: str,
    to: str,
    subject: str,
    template: str,
    context: dict[str, Any],
    event: Event | None = None,
    user: User | None = None,
    reply_to: str = "",
    attachments: list[dict[str, str]] | None = None,
    is_secret: bool = False,
) -> OwedMail:
    """Writes a mail into the caller's transaction and asks a worker to send it after commit.

    `template` names two files, `template.html` and `template.txt`, rendered now in the active language.
    `attachments` are small texts: [{"name", "type", "text"}]. A secret mail's text is forgotten once it is sent.
    """
    context = {"event": event, "subject": subject, **context}
    mail = OwedMail.objects.create(
        event=event,
        user=user,
        kind=kind,
        to=to,
        reply_to=reply_to,
        subject=" ".join(subject.split())[:200],
        text=render_to_string(f"{template}.txt", context).strip() + "\n",
        html=render_to_string(f"{template}.html", context),
        attachments=attachments or [],
        is_secret=is_secret,
    )
    transaction.on_commit(lambda: _enqueue(mail.pk))
    return mail


def _enqueue(pk: int) -> None:
    """Asks for sending. A broker that is away loses nothing: beat asks again for what is still owed."""
    try:
        current_app.send_task(SEND, args=[pk], retry=False)
    except (OperationalError, OSError):
        logger.warning("The broker cannot be reached; mail %s waits for beat.", pk)


def requeue_owed_mails() -> int:
    """Asks again for every mail that is due: those whose worker died, and those whose pause is over."""
    due = selectors.mails_due(limit=MOST_REQUEUED)
    for pk in due:
        _enqueue(pk)
    return len(due)


def send_owed_mail(pk: int) -> bool:
    """Sends one mail if it is due and nobody else is at it. Whether it was sent now.

    Taking it moves its next try into the future in one conditional update: of two workers one takes it, and
    when that one dies the mail becomes due again by itself.
    """
    now = clock.now()
    due = OwedMail.objects.due(now).filter(pk=pk)
    if not due.update(due_at=now + LEASE, attempts=F("attempts") + 1):
        return False
    mail = OwedMail.objects.get(pk=pk)
    try:
        _message(mail).send()
    except Exception as error:
        _failed(mail, error)
        return False
    done: dict[str, Any] = {"state": OwedMail.State.SENT, "sent_at": clock.now(), "error": ""}
    if mail.is_secret:
        done |= {"text": "", "html": "", "attachments": []}
    OwedMail.objects.filter(pk=pk).update(**done)
    return True


def _failed(mail: OwedMail, error: Exception) -> None:
    """Tries again after 1, 2, 4 … minutes, and gives up after some four hours; the desk shows what was given up."""
    logger.warning("Mail %s to be sent again: %s", mail.pk, error)
    given_up = mail.attempts >= MOST_ATTEMPTS
    OwedMail.objects.filter(pk=mail.pk).update(
        state=OwedMail.State.FAILED if given_up else OwedMail.State.OWED,
        due_at=clock.now() + FIRST_PAUSE * 2 ** min(mail.attempts, MOST_ATTEMPTS),
        error=f"{type(error).__name__}: {error}"[:300],
    )


def try_again(mail: OwedMail) -> None:
    """An organiser wants a mail that was given up to be sent after all."""
    failed = OwedMail.objects.filter(pk=mail.pk, state=OwedMail.State.FAILED)
    if failed.update(state=OwedMail.State.OWED, attempts=0, due_at=clock.now(), error=""):
        transaction.on_commit(lambda: _enqueue(mail.pk))


def _message(mail: OwedMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject, body=mail.text, to=[mail.to], reply_to=[mail.reply_to] if mail.reply_to else None
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for attachment in mail.attachments:
        message.attach(attachment["name"], attachment["text"], attachment["type"])
    return message
