"""The chapters of a film, as its player, the desk and programs read them."""

from typing import TypedDict

from apps.media.models import Asset


class Part(TypedDict):
    begins: float
    """In seconds from the beginning of the film."""
    title: str
    time: str
    """As people read it: 2:05, or 1:02:05."""


def chapters_of(asset: Asset) -> list[Part]:
    rows = asset.chapters.all()
    return [{"begins": row.begins, "title": row.title, "time": clock_time(row.begins)} for row in rows]


def clock_time(seconds: float) -> str:
    minutes, left = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
