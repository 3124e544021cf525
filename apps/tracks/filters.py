"""The agenda's address, read: day, track, room, type, language, q and view. What is unknown or wrong is left out."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_date

from apps.tracks.selectors.outline import Choice

MINE = "mine"
"""As a track: those in which the reader starred something."""
WORDS_MOST = 100
PICKED_MOST = 100

View = Literal["grid", "list", "now"]


@dataclass(frozen=True, slots=True)
class AgendaQuery:
    day: date | None
    view: View
    choice: Choice

    def address(self, *, day: date | None = None, view: View | None = None, choice: Choice | None = None) -> str:
        """The query string of the same page with a part of it changed."""
        wanted, look, at = choice or self.choice, view or self.view, day or self.day
        tracks = sorted(wanted.tracks) + ([MINE] if wanted.my_tracks else [])
        pairs = [("day", at.isoformat() if at else ""), *(("track", slug) for slug in tracks)]
        pairs += [("room", slug) for slug in sorted(wanted.rooms)]
        pairs += [("type", wanted.kind), ("language", wanted.language), ("q", wanted.words)]
        pairs.append(("view", "" if look == "grid" else look))
        return "?" + urlencode([(name, value) for name, value in pairs if value])


def read(params: "MultiValueDict[str, str]") -> AgendaQuery:
    tracks = {slug[:80] for slug in params.getlist("track")[:PICKED_MOST] if slug}
    rooms = {slug[:80] for slug in params.getlist("room")[:PICKED_MOST] if slug}
    view = params.get("view")
    return AgendaQuery(
        day=_day(params.get("day", "")),
        view="now" if view == "now" else "list" if view == "list" else "grid",
        choice=Choice(
            tracks=frozenset(tracks - {MINE}),
            rooms=frozenset(rooms),
            kind=params.get("type", "")[:80],
            language=params.get("language", "")[:20],
            words=" ".join(params.get("q", "")[:WORDS_MOST].replace("\x00", "").split()),
            my_tracks=MINE in tracks,
        ),
    )


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
