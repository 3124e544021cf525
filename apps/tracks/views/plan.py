"""What the agenda's template draws: one day placed in time, every word and class ready, nothing about its reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from html import escape
from itertools import groupby
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from apps.core import words as core_words
from apps.core.templatetags.ui import track_class
from apps.events.models import Event
from apps.tracks.selectors.grid import LEVELS, Grid, Place, lay_out
from apps.tracks.selectors.outline import Talk

LONG = 60
"""From so many sessions on, a day gets a strip of its hours to jump by."""

MOST_IN_HEAD = 2
CARD = (
    '<li class="{card.classes}" id="s{card.pk}"><p class="at"><i class="mark"></i>{track}<bdi>'
    '<time datetime="{card.starts_iso}">{card.starts}</time> {to} <time datetime="{card.ends_iso}">{card.ends}</time>'
    '</bdi> <u>{room}</u>{kind}</p><h3><a href="{card.url}"><bdi>{title}</bdi></a></h3>{speakers}{label}{seat}'
    '<button class="star" form="stars" name="session" value="{card.pk}" aria-pressed="false" '
    'aria-label="{star}: {title}"></button></li>\n'
)

SEAT = (
    '<p class="foot-line seat"><!--seat{card.pk}--><button class="btn quiet s" form="stars" '
    'formaction="{card.url}seat/" '
    'aria-label="{words}: {title}">{words}</button><!--/seat--></p>'
)
"""Between its marks stands, for somebody who has a seat or waits for one, what they have instead."""


@dataclass(frozen=True, slots=True)
class Card:
    """One session, in words and classes."""

    pk: int
    classes: str
    url: str
    title: str
    starts_iso: str
    starts: str
    ends_iso: str
    ends: str
    track: str
    room: str
    kind: str
    speakers: str
    is_cancelled: bool
    is_on: bool
    has_recording: bool
    takes_sign_ups: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """What begins at one moment."""

    at: datetime
    iso: str
    label: str
    anchor: str
    row: int
    cards: SafeString
    now_before: bool
    """The line of now stands above this slot."""


@dataclass(frozen=True, slots=True)
class Head:
    label: str
    url: str
    classes: str
    place: str
    tracks: list[tuple[str, str]]
    more: str
    """How many more tracks use the room than stand here."""


@dataclass(frozen=True, slots=True)
class Plan:
    slots: list[Slot]
    grid: Grid | None
    heads: list[Head]
    classes: str
    hours: list[tuple[str, str, str]]
    """Anchor, moment and label of the first slot of each hour; empty where a day is short."""
    lines: list[tuple[int, bool, str, str]]
    now_row: int | None
    now_after: bool
    """Everything is over: the line of now would stand below the last slot."""


def language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


class Planner:
    """Builds the cards and slots of one event, for one zone and moment."""

    def __init__(self, event: Event, *, zone: ZoneInfo, now: datetime, as_grid: bool) -> None:
        self.event, self.zone, self.now, self.as_grid = event, zone, now, as_grid
        self.prefix = reverse("venue:session", args=[event.slug, "-"])[:-2]
        self.names: dict[str, str] = {}

    def plan(self, talks: list[Talk]) -> Plan:
        grid = lay_out(talks, self.zone) if self.as_grid else None
        if grid is not None and not grid.fits:
            grid = None
        places = grid.places if grid else [Place(talk, 0, 0, 0, False) for talk in talks]
        slots = list(self._slots(places))
        return Plan(
            slots=slots,
            grid=grid,
            heads=list(self._heads(grid)) if grid else [],
            classes=self._classes(grid),
            hours=self._hours(slots) if len(talks) >= LONG else [],
            lines=[(line.row, line.is_full, self._iso(line.at), self._clock(line.at)) for line in grid.lines]
            if grid
            else [],
            now_row=grid.row_of(self.now) if grid else None,
            now_after=bool(slots) and all(slot.at < self.now for slot in slots) and self._is_on(talks),
        )

    def _is_on(self, talks: list[Talk]) -> bool:
        return any(talk.row.ends_at > self.now for talk in talks)

    def _slots(self, places: list[Place]) -> Iterator[Slot]:
        began = any(place.talk.row.starts_at <= self.now for place in places)
        passed = False
        for at, group in groupby(places, key=lambda place: place.talk.row.starts_at):
            members = list(group)
            is_next = began and not passed and at > self.now
            passed = passed or is_next
            yield Slot(
                at=at,
                iso=self._iso(at),
                label=self._clock(at),
                anchor=f"t{at.astimezone(self.zone):%d%H%M}",
                row=members[0].row,
                cards=mark_safe("".join(self.drawn(self.card(place)) for place in members)),
                now_before=is_next,
            )

    def card(self, place: Place) -> Card:
        talk, row = place.talk, place.talk.row
        is_on = row.starts_at <= self.now < row.ends_at and not talk.is_cancelled
        classes = ["sess", track_class(talk.track)]
        if place.rows:
            classes += [f"r{place.row} n{place.rows}", "all" if place.spans_all else f"c{place.column}"]
        if row.ends_at <= self.now:
            classes.append("past")
        elif is_on:
            done = (self.now - row.starts_at) / (row.ends_at - row.starts_at)
            classes.append(f"on d{round(done * LEVELS)}")
        if talk.is_cancelled:
            classes.append("off")
        kind = core_words.joined((row.kind, self._language(row.language)))
        return Card(
            pk=row.pk,
            classes=" ".join(classes),
            url=f"{self.prefix}{talk.slug}/",
            title=talk.title,
            starts_iso=self._iso(row.starts_at),
            starts=self._clock(row.starts_at),
            ends_iso=self._iso(row.ends_at),
            ends=self._clock(row.ends_at),
            track=str(talk.track) if talk.track else "",
            room=self._name(talk.room.pk, talk.room.name),
            kind=kind,
            speakers=core_words.joined(talk.speakers),
            is_cancelled=talk.is_cancelled,
            is_on=is_on,
            has_recording=talk.has_recording and row.ends_at <= self.now,
            takes_sign_ups=talk.takes_sign_ups_at(self.now),
        )

    def drawn(self, card: Card) -> str:
        """A session as the agenda's lists and grids hold it.

        Formatted rather than rendered: a day has five hundred of these, and a template takes a tenth of a second
        for them where this takes a few milliseconds.
        """
        words = self.words
        label = words["off"] if card.is_cancelled else words["on"] if card.is_on else ""
        if not label and card.has_recording:
            label = words["recording"]
        return CARD.format(
            card=card,
            title=escape(card.title),
            track=f"<b>{escape(card.track)}</b> " if card.track else "",
            room=escape(card.room),
            kind=f" <em>{escape(card.kind)}</em>" if card.kind else "",
            speakers=f'<p class="meta"><bdi>{escape(card.speakers)}</bdi></p>' if card.speakers else "",
            label=f'<p class="foot-line">{label}</p>' if label else "",
            seat=SEAT.format(card=card, title=escape(card.title), words=words["seat"]) if card.takes_sign_ups else "",
            to=words["to"],
            star=words["star"],
        )

    @cached_property
    def words(self) -> dict[str, str]:
        """The interface's words in the reader's language, ready to stand in HTML."""
        return {
            "to": escape(core_words.until()),
            "star": escape(_("Star")),
            "seat": escape(_("Sign up")),
            "off": f'<span class="tag box">{escape(_("Cancelled"))}</span>',
            "on": f'<span class="live">{escape(_("On now"))}</span>',
            "recording": f'<span class="tag">{escape(_("Recording"))}</span>',
        }

    def _heads(self, grid: Grid) -> Iterator[Head]:
        for column in grid.columns:
            thing = column.thing
            parameter = "track" if grid.by_track else "room"
            tracks = [] if grid.by_track else column.tracks
            more = len(tracks) - MOST_IN_HEAD if len(tracks) > MOST_IN_HEAD + 1 else 0
            yield Head(
                label=str(thing),
                url=f"?{parameter}={thing.slug}" if thing else "",
                classes=track_class(thing) if grid.by_track else "",
                place=f"c{column.first} j{column.lanes}",
                tracks=[(track_class(track), str(track)) for track in tracks[: len(tracks) - more]],
                more=ngettext("%(count)d more", "%(count)d more", more) % {"count": more} if more else "",
            )

    def _classes(self, grid: Grid | None) -> str:
        if grid is None:
            return "plan as-list"
        extra = ("fine" if grid.is_fine else "", "many" if grid.is_many else "", "by-track" if grid.by_track else "")
        return " ".join(filter(None, ("plan", f"y{grid.width}", *extra)))

    def _hours(self, slots: list[Slot]) -> list[tuple[str, str, str]]:
        hours = groupby(slots, key=lambda slot: slot.at.astimezone(self.zone).replace(minute=0))
        return [(next(group).anchor, self._iso(hour), f"{hour:%H}") for hour, group in hours]

    def _language(self, code: str) -> str:
        if not code or code == self.event.default_language:
            return ""
        if code not in self.names:
            self.names[code] = language_name(code)
        return self.names[code]

    def _name(self, key: int, name: object) -> str:
        known = self.names.get(f"room {key}")
        if known is None:
            known = self.names[f"room {key}"] = str(name)
        return known

    def _clock(self, moment: datetime) -> str:
        here = moment.astimezone(self.zone)
        return f"{here.hour:02}:{here.minute:02}"

    def _iso(self, moment: datetime) -> str:
        utc = moment.astimezone(UTC)
        return f"{utc.year}-{utc.month:02}-{utc.day:02}T{utc.hour:02}:{utc.minute:02}Z"
