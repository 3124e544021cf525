"""What was watched: where somebody stopped, and the report of a film for those who run the event."""

from typing import NamedTuple, TypedDict

from django.core import signing
from django.db.models import Avg, Count, F, Sum, Value
from django.db.models.functions import Least

from apps.accounts.models import User
from apps.core import clock
from apps.media.models import Asset, Watched
from apps.media.registry import WINDOW_SECONDS

SALT = "media.watched"
BEGINNING, END = 10, 15
"""Whoever stopped within so many seconds of it begins anew."""
MOST_MINUTES = 24 * 60


class Film(NamedTuple):
    """What a mark says: which film a beat is about, and how long that is."""

    event_id: int
    asset_id: int
    seconds: float


def watch_mark(asset: Asset) -> str:
    """Goes with the player, and comes back with its beats: who has it was given the film. The same for everybody, and
    for as long as the addresses of its segments."""
    until = (int(clock.now().timestamp()) // WINDOW_SECONDS + 4) * WINDOW_SECONDS
    seconds = round((asset.seconds or MOST_MINUTES * 60) * 10)
    return signing.Signer(salt=SALT).sign(f"{asset.event_id}.{asset.pk}.{seconds}.{until}")


def marked_film(mark: str) -> Film | None:
    """None of a mark that is not ours, or has run out."""
    try:
        event_id, asset_id, tenths, until = map(int, signing.Signer(salt=SALT).unsign(mark).split("."))
    except (signing.BadSignature, ValueError):
        return None
    return Film(event_id, asset_id, tenths / 10) if until > clock.now().timestamp() else None


class Place(NamedTuple):
    second: float
    at: int
    """When they were there, in ms since the epoch."""


def place_of(asset: Asset, person: User | None) -> Place:
    """Where this person goes on; 0 where they begin."""
    row = Watched.objects.filter(asset=asset, person_id=person.pk).first() if person and person.pk else None
    if row is None or not BEGINNING < row.place < (asset.seconds or 0) - END:
        return Place(0, 0)
    return Place(row.place, round(row.updated_at.timestamp() * 1000))


class Report(TypedDict):
    """How a film was watched, by those who were signed in."""

    people: int
    seconds: float
    """How long somebody watched on average."""
    share: float
    """Of the film's length, on average: 0 to 1. Whoever watches it twice has seen it once."""
    minutes: list[float]
    """By minute of the film: how many times it was shown."""


def watched(asset: Asset) -> Report:
    """As it was written down: half a minute old, or more where very many watch."""
    length = asset.seconds or 0
    once = Least(F("seconds"), Value(length)) if length else F("seconds")
    found = Watched.objects.filter(asset=asset).aggregate(people=Count("pk"), each=Avg("seconds"), whole=Avg(once))
    shown = dict(
        asset.watched_minutes.filter(minute__lt=MOST_MINUTES).values_list("minute").annotate(all=Sum("seconds"))
    )
    last = max(shown, default=-1)
    return {
        "people": found["people"],
        "seconds": round(found["each"] or 0, 1),
        "share": round(min(1, (found["whole"] or 0) / length), 3) if length else 0,
        "minutes": [round(shown.get(at, 0) / _length_of(at, length), 2) for at in range(last + 1)],
    }


def _length_of(minute: int, length: float) -> float:
    """The last minute of a film is seldom whole."""
    return min(60.0, max(1.0, length - minute * 60)) if length else 60.0
