"""What stands on the pictures beside links: in the event's main language, or another that our letters can write."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from i18nfield.strings import LazyI18nString

from apps.core import cards
from apps.core.cards import Card
from apps.events.models import Event


def event_card(event: Event) -> Card:
    return card(event, title=words(event, event.name), below=cards.joined([dates(event), event.place]))


def card(event: Event, *, title: str, below: str, above: str = "") -> Card:
    """In the event's colours, with its wall and its logo."""
    return Card(
        title=title,
        above=above,
        below=below,
        foot=event.organisation.name,
        brand=event.brand,
        accent=event.accent,
        seed=event.slug,
        logo=str(event.logo.name or ""),
    )


def words(event: Event, text: object) -> str:
    """The text in the event's main language, else in one that can be written."""
    if not isinstance(text, LazyI18nString) or not isinstance(text.data, dict):
        return str(text or "")
    others = [said for code, said in sorted(text.data.items()) if code != event.default_language]
    first = text.localize(event.default_language)
    return cards.writable(first, *others) or first


def dates(event: Event) -> str:
    """On which days it is, where it is."""
    zone = ZoneInfo(event.time_zone)
    starts, ends = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    first, last = day(event, starts), day(event, ends)
    if first == last:
        return first
    is_short = (starts.year, starts.month) == (ends.year, ends.month) and last.startswith(str(ends.day))
    return f"{starts.day} – {last}" if is_short else f"{first} – {last}"


def day(event: Event, moment: datetime) -> str:
    """In words; as figures where the language's words cannot be written."""
    with translation.override(event.default_language):
        said = date_format(moment, "j F Y")
    return cards.writable(said) or f"{moment:%Y-%m-%d}"


def drawn(event: Event, found: Card) -> bytes:
    if not event.logo:
        return cards.draw(found)
    try:
        with event.logo.open() as file:
            return cards.draw(found, logo=file.read())
    except OSError:  # The picture is worth having without its logo.
        return cards.draw(found)
