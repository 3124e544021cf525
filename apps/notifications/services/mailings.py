"""Announcements by mail: owed in batches, to each person once, and not to those who want none."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.events import selectors as events
from apps.events import services as event_services
from apps.events.models import Announcement
from apps.notifications import registry
from apps.notifications.models import Mailing, OwedMail, Silence
from apps.notifications.services.mails import owe_mail

logger = logging.getLogger(__name__)

KIND = "announcement"
BATCH = 200
MOST_BATCHES = 20
"""A round; the next one goes on."""
MOST_OWED = 500
"""Of an event, before its next batch is written: a mail service that is slow or away is not buried."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


def owe_mailing(announcement: Announcement) -> None:
    """Inside the transaction that says it."""
    Mailing.objects.create(announcement=announcement)


def mail_announcements() -> int:
    """Goes on with what is to be mailed; how many mails that made."""
    made = 0
    full: set[int] = set()
    for _round in range(MOST_BATCHES):
        batch = _next_batch(full)
        if batch is None:
            break
        made += batch
    return made


@transaction.atomic
def _next_batch(full: set[int]) -> int | None:
    """The next people of the oldest mailing that nobody else is at; None where there is none. Their mails and how far
    the mailing is are one transaction: a worker that dies leaves neither. One that raises is put off, and holds up no
    other. `full` remembers the events that have enough to be sent already."""
    due = Mailing.objects.due(clock.now()).exclude(announcement__event__in=full).order_by("created_at", "pk")
    mailing = due.select_for_update(skip_locked=True, of=("self",)).select_related("announcement__event").first()
    if mailing is None:
        return None
    event = mailing.announcement.event
    if OwedMail.objects.filter(event=event, kind=KIND, state=OwedMail.State.OWED).count() >= MOST_OWED:
        full.add(event.pk)
        return 0
    try:
        with transaction.atomic():
            return _owe_batch(mailing)
    except Exception:
        logger.exception("Mailing %s is put off.", mailing.pk)
        pause = min(FIRST_PAUSE * 2 ** min(mailing.attempts, 10), LONGEST_PAUSE)
        Mailing.objects.filter(pk=mailing.pk).update(attempts=F("attempts") + 1, due_at=clock.now() + pause)
        return 0


def _owe_batch(mailing: Mailing) -> int:
    announcement = mailing.announcement
    silent = Silence.objects.filter(user=OuterRef("pk"), kind=KIND)
    wanting = events.wants_mail(announcement.event, announcement.audience)
    people = list(wanting.filter(~Exists(silent), pk__gt=mailing.upto).order_by("pk")[:BATCH])
    for person in people:
        _owe(announcement, person)
    if people:
        mailing.upto = people[-1].pk
        event_services.count_mailed(announcement, len(people))
    if len(people) < BATCH:
        mailing.done_at = clock.now()
    mailing.attempts = 0
    mailing.save(update_fields=["upto", "done_at", "attempts"])
    return len(people)


def _owe(announcement: Announcement, person: User) -> None:
    event = announcement.event
    with translation.override(person.language or event.default_language):
        owe_mail(
            event=event,
            user=person,
            kind=KIND,
            to=person.email,
            subject=_("From the organisers of %(event)s") % {"event": event},
            template="notifications/mail/announcement",
            context={
                "text": str(announcement.text),
                "url": settings.SITE_URL + reverse("venue:lobby", args=[event.slug]),
                "stop_url": registry.address(person.pk, KIND),
            },
        )
