"""The lobby of an event: one true sentence, what is on, the day in a strip, who is here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.accounts.permissions import Reader
from apps.accounts.selectors import Profile, shown_of
from apps.core import clock
from apps.core import words as core_words
from apps.events import broadcasts as event_broadcasts
from apps.events.models import Event
from apps.events.permissions import NOBODY
from apps.live import presence
from apps.media import selectors as media
from apps.media.models import Asset
from apps.tracks import broadcasts as track_broadcasts
from apps.tracks import selectors as tracks
from apps.tracks.models import Session
from apps.tracks.selectors.agenda import day_bounds
from apps.venue.selectors import words

MOST_RUNNING = 9
MOST_LANES = 6
STRIP_HEIGHT = 44
LEAST_SHORT, MOST_SHORT = 8, 72
"""How long a session's title is inside a sentence."""


class Phase(StrEnum):
    EMPTY = "empty"
    """No session is planned yet."""
    BEFORE = "before"
    LIVE = "live"
    """Something is on."""
    BETWEEN = "between"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Running:
    """A session that is on, as a card or a line shows it."""

    session: Session
    inside: int
    left: int
    """Begun minutes."""
    gone: int
    length: int
    is_mine: bool
    poster: str = ""
    share: float = 0.0
    """Of the people who are here, how many are in it: 0 to 1."""

    @property
    def people(self) -> str:
        return core_words.names(speaker.name for speaker in self.session.people)

    @property
    def inside_words(self) -> str:
        return ngettext("%(count)s inside", "%(count)s inside", self.inside) % {"count": core_words.Number(self.inside)}


@dataclass(frozen=True, slots=True)
class Bar:
    """A session in the day's strip, written as SVG wants it whatever the reader's language; lengths in percent."""

    x: str
    width: str
    y: str
    height: str
    is_mine: bool
    is_past: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """The day at a glance: a lane for each session that runs beside others."""

    bars: list[Bar]
    hours: list[datetime]
    needle: str
    """Where now is, in percent; empty outside of the day."""
    mine: int
    starts_at: datetime
    ends_at: datetime
    shown_at: datetime
    """Now, or the beginning of the day that is shown: which day it is, the page says in the reader's zone."""


@dataclass(slots=True)
class Lobby:
    phase: Phase
    sentence: SafeString
    running: list[Running] = field(default_factory=list)
    running_more: int = 0
    coming: list[Session] = field(default_factory=list)
    recordings: list[Session] = field(default_factory=list)
    strip: Strip | None = None
    day: date | None = None
    day_number: int = 0
    day_count: int = 0
    here: int = 0
    faces: list[Profile] = field(default_factory=list)
    changes_at: datetime | None = None
    """When the next session begins or ends: the page looks again then."""

    @property
    def lead(self) -> Running | None:
        return self.running[0] if self.running else None

    @property
    def others(self) -> list[Running]:
        return self.running[1:]


def lobby(event: Event, user: User, roles: frozenset[str] = NOBODY) -> Lobby:
    """Everything that the lobby says of the programme, the same number of queries for ten sessions and a thousand. It
    sends nobody to what they cannot go into; what one may still sign up for is told before it begins."""
    now = clock.now()
    # Days are the event's own: at night the reader's would begin in the middle of one.
    zone = ZoneInfo(event.time_zone)
    mine = tracks.chosen_ids(event, user)
    days = _days(event, zone)
    here = presence.about(presence.count(event.pk, event_broadcasts.HERE))
    shut = tracks.shut_to(event, roles, user)
    other_ticket = tracks.shut_by_ticket(event, roles, user)
    on_now = tracks.sessions_now(event, but=shut)
    running = _running(event, on_now, mine, here, now)
    coming = tracks.sessions_next(event, limit=5, but=other_ticket) or tracks.sessions_next(event, limit=5)
    phase = _phase(event, running, days, coming, now)
    today = tracks.programme_day(now, zone)
    day = next((day for day in days if day >= today), days[-1] if days else None)
    found = Lobby(
        phase=phase,
        sentence=mark_safe(""),
        running=running[:MOST_RUNNING],
        running_more=len(running) - MOST_RUNNING if len(running) > MOST_RUNNING else 0,
        coming=coming,
        strip=_strip(event, day, mine, now, zone) if day and phase is not Phase.OVER else None,
        day=day,
        day_number=days.index(day) + 1 if day else 0,
        day_count=len(days),
        here=here,
        faces=_people_here(event, user),
        changes_at=_next_change(on_now, coming),
    )
    if phase is Phase.OVER:
        found.recordings = recordings(event, but=shut)
    found.sentence = _sentence(event, found, now)
    return found


def recordings(event: Event, *, limit: int = 12, but: Any = ()) -> list[Session]:
    """Sessions that can be watched again, in the order of the programme, `but` these."""
    ready = tracks.sessions_of(event).planned().filter(video__state="ready", ends_at__lte=clock.now())
    return list(ready.exclude(pk__in=but)[:limit])


def _days(event: Event, zone: tzinfo) -> list[date]:
    """The days of the programme, in order."""
    starts = event.sessions.planned().order_by("starts_at").values_list("starts_at", flat=True)
    return list(dict.fromkeys(tracks.programme_day(start, zone) for start in starts))


def _phase(
    event: Event, running: Sequence[Running], days: Sequence[date], coming: Sequence[Session], now: datetime
) -> Phase:
    if event.state in (Event.State.ENDED, Event.State.ARCHIVED):
        return Phase.OVER
    if not days:
        return Phase.EMPTY
    if running:
        return Phase.LIVE
    if not coming:
        return Phase.OVER
    has_begun = event.sessions.planned().filter(starts_at__lte=now).exists()
    return Phase.BETWEEN if has_begun else Phase.BEFORE


def _running(event: Event, on_now: Sequence[Session], mine: frozenset[int], here: int, now: datetime) -> list[Running]:
    """Mine first, then the fullest."""
    topics = {session.pk: track_broadcasts.stage_topic(session.pk) for session in on_now}
    inside = presence.counts(event.pk, list(topics.values())) if topics else {}
    rows = []
    for session in on_now:
        count = presence.about(inside[topics[session.pk]])
        length = round((session.ends_at - session.starts_at) / timedelta(minutes=1))
        left = min(length, words.minutes_until(session.ends_at, now))
        rows.append(
            Running(
                session=session,
                inside=count,
                left=left,
                gone=length - left,
                length=length,
                is_mine=session.pk in mine,
                share=min(1.0, count / here) if here else 0.0,
            )
        )
    rows.sort(key=lambda row: (not row.is_mine, -row.inside, row.session.room.position, row.session.pk))
    if rows:
        rows[0] = _with_poster(rows[0])
    return rows


def _with_poster(row: Running) -> Running:
    video = Asset.objects.select_related("encoding").filter(pk=row.session.video_id or 0).first()
    poster = media.poster_url(video) if video and video.state == Asset.State.READY else ""
    return Running(row.session, row.inside, row.left, row.gone, row.length, row.is_mine, poster, row.share)


def _people_here(event: Event, user: User, *, most: int = 5) -> list[Profile]:
    ids = [pk for pk in presence.people(event.pk, event_broadcasts.HERE, most=40) if pk != user.pk]
    found = User.objects.filter(pk__in=ids).exclude(name="").order_by("name")[:most] if ids else []
    return [shown_of(other, to=Reader.PEOPLE) for other in found]


def _next_change(on_now: Sequence[Session], coming: Sequence[Session]) -> datetime | None:
    moments = [session.ends_at for session in on_now] + [session.starts_at for session in coming]
    return min(moments) if moments else None


# The strip ----------------------------------------------------------------------------------------------------------
def _strip(event: Event, day: date, mine: frozenset[int], now: datetime, zone: tzinfo) -> Strip | None:
    """The sessions of a day packed into lanes; where there are too many at a time, mine are kept."""
    begins, ends = day_bounds(day, zone)
    rows = list(
        event.sessions.planned()
        .filter(starts_at__gte=begins, starts_at__lt=ends)
        .order_by("starts_at", "room__position", "pk")
        .values_list("pk", "starts_at", "ends_at")
    )
    if not rows:
        return None
    hours = _hours(rows[0][1], max(end for _pk, _start, end in rows), timezone.get_current_timezone())
    first, last = hours[0], hours[-1]
    placed = _lanes(rows, mine)
    lanes = max(lane for lane, _row in placed) + 1
    pitch = STRIP_HEIGHT / lanes
    length = (last - first).total_seconds()

    def percent(moment: datetime) -> float:
        return round((moment - first).total_seconds() / length * 100, 2)

    bars = [
        Bar(
            x=f"{percent(start)}%",
            width=f"{max(0.4, round(percent(end) - percent(start) - 0.4, 2))}%",
            y=f"{lane * pitch:.1f}",
            height=f"{min(8.0, pitch * 0.68):.1f}",
            is_mine=pk in mine,
            is_past=end <= now,
        )
        for lane, (pk, start, end) in placed
    ]
    needle = f"{percent(now)}%" if first <= now <= last else ""
    mine_today = sum(pk in mine for pk, _start, _end in rows)
    return Strip(bars, hours, needle, mine_today, first, last, max(first, min(now, last)))


Row = tuple[int, datetime, datetime]


def _lanes(rows: Sequence[Row], mine: frozenset[int]) -> list[tuple[int, Row]]:
    """Each session with the first lane that is free for it; mine choose first."""
    taken: list[list[Row]] = [[] for _lane in range(MOST_LANES)]
    for row in sorted(rows, key=lambda row: (row[0] not in mine, row[1])):
        for lane in taken:
            if all(row[2] <= other[1] or row[1] >= other[2] for other in lane):
                lane.append(row)
                break
    return [(number, row) for number, lane in enumerate(taken) for row in lane]


def _hours(first: datetime, last: datetime, zone: tzinfo) -> list[datetime]:
    """Up to five full hours of that zone, equally far apart, that hold everything between the two."""
    begins = first.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    whole = max(1, -int(-(last - begins).total_seconds() // 3600))
    step = -(-whole // 4)
    return [begins + timedelta(hours=step * number) for number in range(-(-whole // step) + 1)]


# The sentence -------------------------------------------------------------------------------------------------------
def _sentence(event: Event, found: Lobby, now: datetime) -> SafeString:
    """What is true of the event now, for this person; it is the page's heading."""
    if found.phase is Phase.EMPTY:
        return format_html(_("The programme of {} is still being made."), event.name)
    if found.phase is Phase.OVER:
        return format_html(_("{} is over. Thank you for being there."), event.name)
    if found.phase is Phase.BEFORE:
        begins = found.coming[0].starts_at
        return format_html(_("{} begins {}."), event.name, _ahead(begins, now))
    if found.phase is Phase.BETWEEN:
        coming = found.coming[0]
        return format_html(_("Nothing is on right now. {} begins {}."), _link(coming), _ahead(coming.starts_at, now))
    return _sentence_live(found)


def _sentence_live(found: Lobby) -> SafeString:
    lead = found.running[0]
    count = len(found.running) + found.running_more
    left = format_html('<span data-left="{}">{}</span>', lead.session.ends_at.isoformat(), words.minutes(lead.left))
    if count == 1:
        return format_html(_("{} is on. It has {} left."), _link(lead.session), left)
    begin = words.sessions_are_on(count)
    if lead.is_mine:
        return format_html(_("{} Yours, {}, has {} left."), begin, _link(lead.session), left)
    return format_html(_("{} The fullest is {}."), begin, _link(lead.session))


def _ahead(moment: datetime, now: datetime) -> str:
    """in 20 minutes, at 13:30, on Tuesday at 11:00, in 9 days."""
    here = timezone.localtime(moment)
    count = words.minutes_until(moment, now)
    if count < 60:
        return _("in %(span)s") % {"span": words.span(count)}
    if here.date() == timezone.localtime(now).date():
        return _("at %(time)s") % {"time": f"{here:%H:%M}"}
    if count < 6 * 1440:
        return _("on %(day)s at %(time)s") % {"day": date_format(here, "l"), "time": f"{here:%H:%M}"}
    return _("in %(span)s") % {"span": words.span(count)}


def _link(session: Session) -> SafeString:
    """The title as a link, up to its first pause, so that the sentence stays one."""
    title = str(session.title)
    for mark in (":", ",", " – ", " - ", "(", "?"):
        head = title.partition(mark)[0].strip()
        if LEAST_SHORT <= len(head) < len(title):
            title = head
            break
    if len(title) > MOST_SHORT:
        title = title[:MOST_SHORT].rsplit(" ", 1)[0] + "…"
    return format_html('<a href="{}">{}</a>', session.get_absolute_url(), title)
