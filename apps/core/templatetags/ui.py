"""The pieces that every template uses: icons, faces, times, track marks, form controls, page numbers."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from apps.core import importmap, words, zones

register = template.Library()

FACES = 8
"""How many tints a face without a photo may have: .f1 to .f8."""


@register.simple_tag
def import_map() -> SafeString:
    return mark_safe(f'<script type="importmap">{importmap.text()}</script>')


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of static/ui/icons.svg, hidden from screen readers: words stand beside it, or in aria-label."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        staticfiles_storage.url("ui/icons.svg"),
        name,
    )


def initials(name: str) -> str:
    words = [word for word in name.split() if word[:1].isalnum()] or [name.strip() or "?"]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


def photo_address(person: Any) -> str:
    """Whoever lists people sets `photo_url`; a person's own uploaded photo has an address itself."""
    given = getattr(person, "photo_url", None)
    if given is not None:
        return str(given)
    photo = getattr(person, "photo", None)
    return str(photo.url) if photo and hasattr(photo, "url") else ""


@register.simple_tag
def face(person: Any, extra: str = "") -> SafeString:
    """A person's photo, else their initials on a tint of their own. Decorative: their name stands beside it."""
    name = str(getattr(person, "name", "") or person)
    tint = (getattr(person, "pk", None) or 0) % FACES + 1
    classes = f"face f{tint}" + (f" {extra}" if extra else "")
    photo = photo_address(person)
    if photo:
        return format_html(
            '<span class="{}" aria-hidden="true"><img src="{}" alt="" loading="lazy"></span>', classes, photo
        )
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials(name))


def moment(at: datetime, style: str = "time") -> str:
    """A time in the active zone: "time", "day" (Tuesday 13 October), "date" (with the year), "datetime",
    "weekday" or "month_day"."""
    here = timezone.localtime(at)
    if style == "time":
        return f"{here:%H:%M}"
    patterns = {
        "day": pgettext("date format", "l j F"),
        "date": pgettext("date format", "j F Y"),
        "weekday": pgettext("date format", "l"),
        "month_day": pgettext("date format", "j F"),
        "datetime": pgettext("date format", "l j F, H:i"),
    }
    return str(formats.date_format(here, patterns[style]))


@register.simple_tag
def when(at: datetime | None, style: str = "time") -> SafeString:
    """A <time> in the reader's zone; local-time.js moves it when only the browser knows that zone."""
    if at is None:
        return mark_safe("")
    stamp = timezone.localtime(at).isoformat(timespec="minutes")
    return format_html('<time datetime="{}" data-when="{}">{}</time>', stamp, style, moment(at, style))


@register.simple_tag
def span(start: datetime, end: datetime, style: str = "time") -> SafeString:
    """From when to when, in the reader's zone: 12:30 to 13:15; the style is that of the beginning."""
    return format_html("<bdi>{} {} {}</bdi>", when(start, style), words.until(), when(end))


@register.simple_tag
def names(people: Iterable[Any], most: int = 6) -> str:
    """People's names as the language lists them: A, B and C."""
    return words.names((person.name for person in people), most=most)


@register.simple_tag
def joined(*parts: Any) -> str:
    """What there is of it, as the language lists things; what is empty is left out."""
    return words.joined(parts)


@register.filter
def number(value: Any) -> Any:
    """A count with its thousands apart, in templates and as the `count` of a sentence; `number` of plural.js."""
    return words.Number(value) if isinstance(value, int) else value


@register.filter
def day_name(day: date) -> str:
    return str(formats.date_format(day, pgettext("date format", "l")))


@register.filter
def day_month(day: date) -> str:
    return str(formats.date_format(day, pgettext("date format", "j F")))


@register.filter
def host(address: str) -> str:
    """Where a link leads, as people say it: example.org."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


register.filter("city", zones.city)


@register.simple_tag
def track_class(track: Any) -> str:
    """The track's hue and shape as classes, for the mark itself or for what surrounds it."""
    return f"t{track.colour} k{track.shape}" if track else "t0"


@register.simple_tag
def track_mark(track: Any) -> SafeString:
    return format_html('<i class="mark {}" aria-hidden="true"></i>', track_class(track))


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget in our clothes."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple):
        return field.as_widget()
    known = "select" if isinstance(widget, Select) else "input file" if isinstance(widget, FileInput) else "input"
    return field.as_widget(attrs={"class": f"{known} {widget.attrs.get('class', '')}".strip()})


@register.filter
def is_tick(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choices(field: BoundField) -> bool:
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's own query with these parameters changed; None takes one away."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    return "?" + params.urlencode() if params else "?"


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any], name: str = "page") -> dict[str, Any]:
    """Numbers of a list's pages; the rest of the query is kept. `name` is the query's word for it, where a page has
    more than one such list."""
    kept = [(other, value) for other, values in context["request"].GET.lists() if other != name for value in values]
    return {
        "page": page,
        "name": name,
        "numbers": _numbers(page),
        "kept": urlencode(kept) + "&" if kept else "",
    }


def _numbers(page: Page[Any]) -> Iterator[int | str]:
    yield from page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
