"""The public page of an event: what it is, when, and what there is to see and to hear."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.accounts.models import User
from apps.core import clock, zones
from apps.core.templatetags.ui import moment, when
from apps.events import selectors as events
from apps.events.models import Event, Registration
from apps.exhibitors import selectors as exhibitors
from apps.exhibitors.models import Booth
from apps.media import selectors as media
from apps.tracks import selectors as tracks
from apps.tracks.models import Session, Speaker, Track

MOST_SPEAKERS = 8
MOST_BOOTHS = 6
MOST_TRACKS = 12
MOST_HIGHLIGHTS = 5
MOST_LARGE = 56
MOST_LARGE_WORD = 15


@dataclass(frozen=True, slots=True)
class Landing:
    session_count: int
    speaker_count: int
    booth_count: int
    track_count: int
    language_count: int
    tracks: list[Track]
    highlights: list[Session]
    speakers: list[Speaker]
    booths: list[Booth]
    registered: int
    is_full: bool
    has_place: bool
    first: Session | None
    is_over: bool
    is_on: bool
    is_long: bool
    """Whether what stands on the wall is too long for the largest letters."""


def landing(event: Event, user: User | None) -> Landing:
    """A fixed number of queries, however large the event is."""
    now = clock.now()
    facts = event.sessions.planned().aggregate(
        sessions=Count("pk"), languages=Count("language", filter=~Q(language=""), distinct=True)
    )
    highlights = _highlights(event)
    speakers = tracks.speakers(event)
    booths = exhibitors.booths(event)
    registered = events.confirmed_count(event)
    place = events.registration_of(event, user) if user else None
    return Landing(
        session_count=facts["sessions"],
        speaker_count=speakers.count(),
        booth_count=booths.count(),
        track_count=event.tracks.count(),
        language_count=facts["languages"],
        tracks=list(event.tracks.defer("imported")[:MOST_TRACKS]),
        highlights=highlights,
        speakers=_with_photos(_faces(event)) if event.has(Event.Part.SPEAKERS) else [],
        booths=_with_signs(list(booths[:MOST_BOOTHS])),
        registered=registered,
        is_full=event.capacity is not None and registered >= event.capacity,
        has_place=place is not None and place.state == Registration.State.CONFIRMED,
        first=event.sessions.planned().order_by("starts_at").only("starts_at", "event_id", "slug").first(),
        is_over=event.ends_at <= now or event.state in (Event.State.ENDED, Event.State.ARCHIVED),
        is_long=_is_long(str(event.tagline) or str(event.name)),
        is_on=event.is_running and event.state in (Event.State.PUBLISHED, Event.State.LIVE),
    )


def _is_long(words: str) -> bool:
    return len(words) > MOST_LARGE or max((len(word) for word in words.split()), default=0) > MOST_LARGE_WORD


def _highlights(event: Event) -> list[Session]:
    """What stands first: keynotes and openings, else what is starred most, else what begins first."""
    rows = tracks.sessions_of(event).planned().annotate(star_count=Count("stars"))
    weight = rows.annotate(is_keynote=Q(kind__iexact="keynote")).order_by(
        "-is_keynote", "-star_count", "starts_at", "room__position", "pk"
    )
    found = list(weight[:MOST_HIGHLIGHTS])
    for session in found:
        session.event = event
    return sorted(found, key=lambda session: session.starts_at)


def _faces(event: Event) -> list[Speaker]:
    """Those with a portrait first, in the order in which the portraits came."""
    rows = tracks.speakers(event).order_by(F("photo").asc(nulls_last=True), "name", "pk")
    found: list[Speaker] = list(rows[:MOST_SPEAKERS])
    for speaker in found:
        speaker.event = event
    return found


def _with_photos(found: list[Speaker]) -> list[Speaker]:
    for speaker in found:
        speaker.photo_url = media.image_url(speaker.photo)  # type: ignore[attr-defined]
    return found


def _with_signs(found: list[Booth]) -> list[Booth]:
    for booth in found:
        booth.sign = media.image_url(booth.logo)  # type: ignore[attr-defined]
    return found


def dates(event: Event) -> str:
    """13 to 15 October 2026, as short as it can be said, in the zone that the page shows."""
    zone = timezone.get_current_timezone()
    first = event.starts_at.astimezone(zone)
    # What ends at midnight does not last until the next day.
    last = (event.ends_at - timedelta(seconds=1)).astimezone(zone)
    whole = moment(last, "date")
    if first.date() == last.date():
        return whole
    if (first.year, first.month) == (last.year, last.month):
        start = date_format(first, pgettext("date format: the day, before another day of that month", "j"))
    else:
        start = moment(first, "month_day" if first.year == last.year else "date")
    return _("%(first)s to %(last)s") % {"first": start, "last": whole}


def start_words(event: Event, first: Session | None, shown: zones.Zones) -> SafeString:
    """Starts Tuesday at 11:00 in Nairobi, your time. That is 09:00 in Lisbon.

    Where nobody knows the reader's zone yet, the browser moves day, time and city to its own.
    """
    begins = first.starts_at if first else event.starts_at
    if begins <= clock.now():
        until = {"day": when(event.ends_at, "weekday"), "time": when(event.ends_at)}
        return mark_safe(escape(_("On now, until %(day)s at %(time)s.")) % until)
    facts: dict[str, str] = {
        "day": when(begins, "weekday"),
        "time": when(begins),
        "city": format_html("<span data-city>{}</span>", zones.city(shown.shown)),
    }
    other = shown.event if shown.event != shown.shown else None
    if other is None:
        return mark_safe(escape(_("Starts %(day)s at %(time)s, %(city)s time.")) % facts)
    there = begins.astimezone(other)
    is_that_day = there.date() == begins.astimezone(shown.shown).date()
    with timezone.override(other):
        facts["other_time"] = escape(moment(there) if is_that_day else f"{moment(there, 'weekday')} {moment(there)}")
    facts["other"] = escape(zones.city(other))
    words = _("Starts %(day)s at %(time)s in %(city)s, your time. That is %(other_time)s in %(other)s.")
    return mark_safe(escape(words) % facts)
