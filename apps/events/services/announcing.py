"""Words of the organisers to everybody or to some of those who are there: now, or at their time."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from apps.accounts.models import User
from apps.core import clock
from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.core.rows import hold_named
from apps.events import broadcasts, selectors, signals
from apps.events.models import Announcement, Event
from apps.events.registry import Segment
from apps.live import publish
from apps.live.seq import next_seq

logger = logging.getLogger(__name__)

LATEST = timedelta(hours=1)
"""What could not be said for so long is not said any more: nobody wants to hear at four that lunch is at one."""
FURTHEST = timedelta(days=400)
MOST_SCHEDULED = 200
MOST_ANNOUNCEMENTS = 5000
"""Of one event, said or not."""
MOST_CHARS = 1000
"""In each language, whichever door it comes by."""
MOST_A_ROUND = 100
CHANGEABLE = frozenset({"text", "audience", "due_at", "on_screen", "by_mail"})

NOT_OPEN = (Event.State.DRAFT, Event.State.ARCHIVED)

State = Announcement.State


@transaction.atomic
def announce(
    event: Event,
    *,
    text: str | LazyI18nString,
    by: User | None,
    audience: str = "",
    on_screen: bool = True,
    by_mail: bool = False,
) -> Announcement:
    """Says it now: in every open page of those it is for, kept in their lobby, and by mail where that is wished."""
    told = check_announcement(event, audience=audience, on_screen=on_screen, by_mail=by_mail)
    if by_mail and event.state in NOT_OPEN:
        raise Refused(
            "announcement.not_open",
            _("The event is not open: links in mails would lead nowhere. Publish it first, or say it on screen only."),
            field="by_mail",
        )
    return _say(_drawn_up(event, told, text=text, by=by, audience=audience, on_screen=on_screen, by_mail=by_mail))


@transaction.atomic
def schedule_announcement(
    event: Event,
    *,
    text: str | LazyI18nString,
    by: User | None,
    due_at: datetime,
    audience: str = "",
    on_screen: bool = True,
    by_mail: bool = False,
) -> Announcement:
    """Has it said at its time. Until then it can be changed and called off."""
    told = check_announcement(
        event, audience=audience, on_screen=on_screen, by_mail=by_mail, due_at=due_at, is_another=True
    )
    row = _drawn_up(event, told, text=text, by=by, audience=audience, on_screen=on_screen, by_mail=by_mail)
    row.due_at, row.state = due_at, State.SCHEDULED
    row.save()
    return row


@transaction.atomic
def change_announcement(announcement: Announcement, **values: Any) -> Announcement:
    """Changes what was not said yet; refused once it is."""
    unknown = set(values) - CHANGEABLE
    if unknown:
        raise ValueError(f"Not a part of an announcement: {', '.join(sorted(unknown))}.")
    held = Announcement.objects.scheduled().select_for_update().filter(pk=announcement.pk).first()
    if held is None:
        raise _too_late()
    for name, value in values.items():
        setattr(held, name, value)
    check_words(held.text)
    if held.due_at is None:
        raise _no_such_time()
    told = check_announcement(
        held.event,
        audience=held.audience,
        on_screen=held.on_screen,
        by_mail=held.by_mail,
        due_at=held.due_at if "due_at" in values else None,
    )
    held.audience_name = _name_of(told)
    held.save(update_fields=[*values, "audience_name"])
    return held


def call_off_announcement(announcement: Announcement) -> None:
    """It will not be said. Refused where it was."""
    if not Announcement.objects.scheduled().filter(pk=announcement.pk).update(state=State.CANCELLED):
        raise _too_late()


def say_due() -> int:
    """Says what is due, each once, however many do this at the same time; how many that were. What is too late is
    marked as missed, and so is what an event that is not open any more had to say."""
    now = clock.now()
    late = Announcement.objects.scheduled().filter(due_at__lt=now - LATEST)
    late.update(state=State.MISSED)
    return sum(_tried(pk, now) for pk in selectors.announcements_due(now, limit=MOST_A_ROUND))


def _tried(pk: int, now: datetime) -> bool:
    """One that raises holds up no other; it is tried again with each round, until it is too late for it."""
    try:
        return _say_one(pk, now)
    except Exception:
        logger.exception("Announcement %s could not be said.", pk)
        return False


@transaction.atomic
def _say_one(pk: int, now: datetime) -> bool:
    # A second worker finds the row held, skips it, and comes too late for it.
    due = Announcement.objects.scheduled().filter(pk=pk, due_at__lte=now)
    row = due.select_for_update(skip_locked=True, of=("self",)).select_related("event", "by").first()
    if row is None:
        return False
    if row.event.state in NOT_OPEN:
        Announcement.objects.filter(pk=pk).update(state=State.MISSED)
        return False
    _say(row)
    return True


def _say(row: Announcement) -> Announcement:
    """Inside the transaction that decided it."""
    told = selectors.segment(row.event, row.audience, is_counted=True)
    row.state, row.created_at, row.reached = State.SAID, clock.now(), (told.count or 0) if told else 0
    topic = broadcasts.announcements_topic(row.audience)
    if row.on_screen:
        row.seq = next_seq(row.event_id, topic)
    row.save()
    signals.announced.send(sender=Announcement, announcement=row)
    if row.seq is not None:
        publish.log(row.event_id, topic, seq=row.seq, payload=broadcasts.announcement(row))
    return row


def _drawn_up(event: Event, told: Segment, *, text: str | LazyI18nString, **wish: Any) -> Announcement:
    """A row that is not saved yet; plain words are in the event's own language. Raises Refused where there are as many
    as may be."""
    # Only so that nobody deletes it: who registers would wait while an audience is counted, and one too many of these
    # harms nobody.
    hold_named([event], gone="event.gone", status=404)
    check_room(Announcement.objects.filter(event=event), most=MOST_ANNOUNCEMENTS, code="announcement.too_many")
    words = text if isinstance(text, LazyI18nString) else LazyI18nString({event.default_language: text})
    check_words(words)
    return Announcement(event=event, text=words, audience_name=_name_of(told), **wish)


def check_words(text: str | LazyI18nString) -> None:
    """Raises Refused where one of its languages has more to say than anybody reads in passing."""
    data = text.data if isinstance(text, LazyI18nString) else text
    said = data.values() if isinstance(data, dict) else [data]
    if any(len(str(words or "")) > MOST_CHARS for words in said):
        words = _("Keep it short: %(most)s characters at most.")
        raise Refused("announcement.too_long", words, values={"most": MOST_CHARS}, field="text", status=400)


def _name_of(told: Segment) -> str:
    return str(told.label)[:200]


def check_announcement(
    event: Event,
    *,
    audience: str,
    on_screen: bool,
    by_mail: bool,
    due_at: datetime | None = None,
    is_another: bool = False,
) -> Segment:
    """Whom it would reach, not counted; refused where it cannot be said so. `is_another`: it would be one more to
    come."""
    if is_another and event.announcements.scheduled().count() >= MOST_SCHEDULED:
        raise Refused("announcement.too_many", _("There are many announcements to come already. Call some off first."))
    now = clock.now()
    if due_at is not None and not now < due_at < now + FURTHEST:
        raise _no_such_time()
    found = selectors.segment(event, audience)
    if found is None:
        raise Refused(
            "announcement.audience", _("There is no such group of people in this event."), field="audience", status=400
        )
    if not (on_screen or by_mail):
        raise Refused(
            "announcement.nowhere", _("Choose where it is said: on screen, by mail, or both."), field="on_screen",
            status=400,
        )  # fmt: skip
    if on_screen and not found.on_screen:
        raise Refused(
            "announcement.mail_only", _("These people are told by mail alone: write to them by mail."),
            field="on_screen", status=400,
        )  # fmt: skip
    if by_mail and not found.by_mail:
        raise Refused(
            "announcement.screen_only", _("Who is in a session now is told on screen."), field="on_screen", status=400
        )
    return found


def _no_such_time() -> Refused:
    message = _("Choose a time that is still to come, at most a year from now.")
    return Refused("announcement.when", message, field="due_at", status=400)


def _too_late() -> Refused:
    return Refused("announcement.said", _("This was said already, or called off. Nothing was changed."))


def count_mailed(announcement: Announcement, people: int) -> None:
    """That many more were owed it by mail."""
    Announcement.objects.filter(pk=announcement.pk).update(mailed=F("mailed") + people)


def withdraw_announcement(announcement: Announcement) -> None:
    """Pages that are loaded from now on do not show it; what was read cannot be unread."""
    announcement.delete()


def tell_presence(event_id: int, *, user_ids: Sequence[int]) -> None:
    """These people came or left: everybody's count follows, and whoever else wants to know hears of it."""
    publish.state(event_id, broadcasts.HERE)
    signals.presence_changed.send(sender=Event, event_id=event_id, user_ids=user_ids)
