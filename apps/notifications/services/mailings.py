"""Announcements by mail: owed in batches, to each person once, and not to those who want none."""

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.events import selectors as events
from apps.events import services as event_services
from apps.events.models import Announcement
from apps.notifications import registry
from apps.notifications.models import Mailing, Silence
from apps.notifications.services.mails import owe_mail

KIND = "announcement"
BATCH = 200
MOST_BATCHES = 20
"""A round; the next one goes on."""


def owe_mailing(announcement: Announcement) -> None:
    """Inside the transaction that says it."""
    Mailing.objects.create(announcement=announcement)


def mail_announcements() -> int:
    """Goes on with what is to be mailed; how many mails that made."""
    made = 0
    for _round in range(MOST_BATCHES):
        batch = _next_batch()
        if batch is None:
            break
        made += batch
    return made


@transaction.atomic
def _next_batch() -> int | None:
    """The next people of the oldest mailing that nobody else is at; None where there is none. Their mails and how far
    the mailing is are one transaction: a worker that dies leaves neither."""
    due = Mailing.objects.filter(done_at=None).order_by("created_at", "pk")
    mailing = due.select_for_update(skip_locked=True, of=("self",)).select_related("announcement__event").first()
    if mailing is None:
        return None
    announcement = mailing.announcement
    event = announcement.event
    silent = Silence.objects.filter(user=OuterRef("pk"), kind=KIND)
    next_ones = events.wants_mail(event, announcement.audience).filter(~Exists(silent), pk__gt=mailing.upto)
    people = list(next_ones.order_by("pk")[:BATCH])
    for person in people:
        _owe(announcement, person)
    if people:
        mailing.upto = people[-1].pk
        event_services.count_mailed(announcement, len(people))
    if len(people) < BATCH:
        mailing.done_at = clock.now()
    mailing.save(update_fields=["upto", "done_at"])
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
