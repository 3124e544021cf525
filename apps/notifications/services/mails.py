"""Owing mail and sending it: written with the fact that made it due, sent by a worker, never twice by two of them."""

import logging
from datetime import timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError

from apps.accounts.models import User
from apps.core import clock
from apps.events.models import Event, EventRole, Registration
from apps.notifications import registry, selectors
from apps.notifications.models import OwedMail, Silence, Suppression

logger = logging.getLogger(__name__)

SEND = "notifications.send_owed_mail"
IN_BULK = frozenset({"announcement"})
"""Kinds that are owed by the thousand. They have a queue of their own, or a code to sign in would wait behind them."""
MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=2)
"""How long one worker has a mail for itself; longer than the mail service may take to answer."""
FIRST_PAUSE = timedelta(minutes=1)
MOST_REQUEUED = 500
MOST_BOUNCES = 3
FIRST_RETURN = timedelta(hours=1)
SECRET_KEPT = timedelta(days=1)
GIVEN_UP = (OwedMail.State.FAILED, OwedMail.State.REFUSED)
FAILED_KEPT = timedelta(days=7)
"""What was given up can be sent after all for so long; a secret that nobody asked for again opens nothing then."""
FORGOTTEN: dict[str, Any] = {"facts": {}, "text": "", "html": "", "attachments": []}


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
    mail = OwedMail(event=event, user=user, kind=kind, to=to, reply_to=reply_to, is_secret=is_secret)
    fill(mail, subject=subject, template=template, context=context, attachments=attachments)
    mail.save(force_insert=True)
    transaction.on_commit(lambda: _enqueue(mail.pk, kind))
    return mail


def owe_letter(about: Registration | EventRole, *, kind: str, facts: dict[str, Any]) -> OwedMail:
    """The same for one of `registry.LETTERS`: the caller keeps what it is about, and the worker that sends it writes
    it. For what is owed while others wait: a page of mail costs more than the place that it tells of."""
    mail = OwedMail.objects.create(
        event=about.event,
        user=about.user,
        kind=kind,
        to=about.user.email,
        facts={about._meta.model_name: about.pk, **facts},
        is_secret=True,
    )
    transaction.on_commit(lambda: _enqueue(mail.pk, kind))
    return mail


def fill(
    mail: OwedMail,
    *,
    subject: str,
    template: str,
    context: dict[str, Any],
    attachments: list[dict[str, str]] | None = None,
) -> None:
    """Puts the words in, in the active language; it is the caller's to save."""
    context = {"event": mail.event, "subject": subject, **context}
    mail.subject = " ".join(subject.split())[:200]
    mail.text = render_to_string(f"{template}.txt", context).strip() + "\n"
    mail.html = render_to_string(f"{template}.html", context)
    mail.attachments = attachments or []


def write_letter(mail: OwedMail) -> None:
    """Writes an owed letter, once; a mail that has its words stays as it is."""
    if not mail.facts or mail.event is None or mail.user is None:
        return
    registry.LETTERS[mail.kind](mail, mail.event, mail.user)
    mail.facts = {}
    mail.save(update_fields=["facts", "subject", "text", "html", "attachments"])


def _enqueue(pk: int, kind: str) -> None:
    """Asks for sending. A broker that is away loses nothing: beat asks again for what is still owed."""
    try:
        current_app.send_task(SEND, args=[pk], queue="bulk" if kind in IN_BULK else "default", retry=False)
    except (OperationalError, OSError):
        logger.warning("The broker cannot be reached; mail %s waits for beat.", pk)


def requeue_owed_mails() -> int:
    """Asks again for every mail that is due: those whose worker died, and those whose pause is over."""
    due = selectors.mails_due(limit=MOST_REQUEUED, last=IN_BULK)
    for pk, kind in due:
        _enqueue(pk, kind)
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
    mail = OwedMail.objects.select_related("event__organisation", "user").get(pk=pk)
    if refusal := selectors.suppression(mail.to):
        OwedMail.objects.filter(pk=pk).update(state=OwedMail.State.REFUSED, error=str(refusal.detail)[:300])
        return False
    try:
        write_letter(mail)
        message = _message(mail)
        message.send()
    except Exception as error:
        _failed(mail, error)
        return False
    done: dict[str, Any] = {"state": OwedMail.State.SENT, "sent_at": clock.now(), "error": ""}
    done["message_id"] = _message_id(message)
    if mail.is_secret and not _may_come_back(mail):
        done |= FORGOTTEN
        if mail.event_id is None:
            done["subject"] = ""  # a code of signing in stands there as well
    OwedMail.objects.filter(pk=pk).update(**done)
    return True


def _message_id(message: EmailMultiAlternatives) -> str:
    status = getattr(message, "anymail_status", None)
    return str(getattr(status, "message_id", None) or "")


def _may_come_back(mail: OwedMail) -> bool:
    """Where we hear what becomes of a mail its text is kept to send it again; a code of signing in dies too soon."""
    return bool(settings.ANYMAIL_WEBHOOK_SECRET) and mail.event_id is not None


def _failed(mail: OwedMail, error: Exception) -> None:
    """Tries again after 1, 2, 4 … minutes, and gives up after some four hours; the desk shows what was given up."""
    logger.warning("Mail %s to be sent again: %s", mail.pk, error)
    given_up = mail.attempts >= MOST_ATTEMPTS
    OwedMail.objects.filter(pk=mail.pk).update(
        state=OwedMail.State.FAILED if given_up else OwedMail.State.OWED,
        due_at=clock.now() + FIRST_PAUSE * 2 ** min(mail.attempts, MOST_ATTEMPTS),
        error=f"{type(error).__name__}: {error}"[:300],
    )


def try_again(mail: OwedMail) -> bool:
    """An organiser wants a mail that was given up to be sent after all. False where its text is gone, or it is owed."""
    given_up = OwedMail.objects.filter(pk=mail.pk, state__in=GIVEN_UP).exclude(text="", facts={})
    if given_up.update(state=OwedMail.State.OWED, attempts=0, bounces=0, due_at=clock.now(), error=""):
        transaction.on_commit(lambda: _enqueue(mail.pk, mail.kind))
        return True
    return False


# What becomes of a mail after it left --------------------------------------------------------------------------
def mail_delivered(*, message_id: str, address: str) -> None:
    """It arrived: a secret in it is needed no more."""
    found = _sent(message_id, address)
    found.filter(is_secret=True).update(**FORGOTTEN)
    found.update(delivered_at=clock.now())


def mail_refused(*, message_id: str, address: str, reason: Suppression.Reason, detail: str) -> None:
    """The address does not exist, or called us spam: it gets no more mail, also what waits for it already.

    Telling it twice changes nothing; a complaint is never turned into a mere bounce.
    """
    with transaction.atomic():
        known, is_new = Suppression.objects.get_or_create(
            address=address.lower()[:254], defaults={"reason": reason, "detail": detail[:300]}
        )
        if not is_new and reason == Suppression.Reason.COMPLAINT != known.reason:
            Suppression.objects.filter(pk=known.pk).update(reason=reason, detail=detail[:300])
        refused = {"state": OwedMail.State.REFUSED, "error": detail[:300]}
        OwedMail.objects.filter(state=OwedMail.State.OWED, to__iexact=address).update(**refused)
        if reason == Suppression.Reason.BOUNCE:
            _sent(message_id, address).update(**refused)


def mail_came_back(*, message_id: str, address: str, detail: str) -> None:
    """For a reason that may pass: sent again after 1, 2 and 4 hours, then given up. Telling it twice sends it once."""
    for mail in _sent(message_id, address):
        again = bool(mail.text) and mail.bounces < MOST_BOUNCES
        _sent(message_id, address).filter(pk=mail.pk).update(
            state=OwedMail.State.OWED if again else OwedMail.State.FAILED,
            due_at=clock.now() + FIRST_RETURN * 2**mail.bounces,
            bounces=F("bounces") + 1,
            error=detail[:300],
        )


def _sent(message_id: str, address: str) -> QuerySet[OwedMail]:
    if not message_id:
        return OwedMail.objects.none()
    return OwedMail.objects.filter(message_id=message_id, to__iexact=address, state=OwedMail.State.SENT)


def lift_suppression(address: str, *, complaints_too: bool) -> bool:
    """Somebody says that the address is right after all. Whether mail may go there now."""
    found = Suppression.objects.filter(address=address.lower())
    (found if complaints_too else found.exclude(reason=Suppression.Reason.COMPLAINT)).delete()
    return not found.exists()


def want_mails(user_id: int, *, kind: str, wanted: bool) -> None:
    """Whether somebody gets mails of one of `registry.KINDS`; saying it twice changes nothing."""
    if wanted:
        Silence.objects.filter(user=user_id, kind=kind).delete()
    elif User.objects.filter(pk=user_id).exists():
        Silence.objects.get_or_create(user_id=user_id, kind=kind)


def forget_secrets() -> None:
    """The texts that were kept only in case they came back, or were to be sent after all."""
    now = clock.now()
    left = Q(state__in=(OwedMail.State.SENT, OwedMail.State.REFUSED), created_at__lt=now - SECRET_KEPT)
    given_up = Q(state=OwedMail.State.FAILED, created_at__lt=now - FAILED_KEPT)
    over = OwedMail.objects.filter(left | given_up, is_secret=True)
    over.filter(event=None).exclude(text="", facts={}).update(**FORGOTTEN, subject="")
    over.exclude(event=None).exclude(text="", facts={}).update(**FORGOTTEN)


def _message(mail: OwedMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers=registry.headers(mail.user_id, mail.kind),
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for attachment in mail.attachments:
        message.attach(attachment["name"], attachment["text"], attachment["type"])
    return message
