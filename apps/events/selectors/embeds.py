"""Where an event may be shown in a frame, and the proof that a form of such a frame is one of ours."""

import re

from django.core import signing
from django.urls import reverse
from django.utils.html import format_html

from apps.events.models import Event
from apps.events.selectors import previews

ANYWHERE = "*"
ORIGIN = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?::\d{1,5})?"
)
"""As `frame-ancestors` takes it: a name in the letters of DNS, nothing that could end the directive."""
MOST_ORIGINS = 20
FORM_SECONDS = 60 * 60 * 12
_form = signing.TimestampSigner(salt="plenary.events.embedded_form")


def origins(event: Event) -> list[str]:
    """The websites that are named."""
    return [line for line in _lines(event) if ORIGIN.fullmatch(line)]


def agenda_origins(event: Event) -> list[str]:
    """Where the agenda may stand: it only shows what anybody may read, so anywhere, where that is said."""
    return [ANYWHERE] if ANYWHERE in _lines(event) else origins(event)


def _lines(event: Event) -> list[str]:
    return [line.strip() for line in event.embed_origins.splitlines()[:MOST_ORIGINS]]


def snippet(event: Event, address: str) -> str:
    """Markup for a foreign page, to be copied: the name is escaped for that page. Ours escapes the whole once more."""
    frame = (
        '<iframe data-plenary src="{}" title="{}" width="100%" height="700" style="border:0" loading="lazy"></iframe>'
    )
    script = format_html('<script src="{}" async></script>', previews.absolute(reverse("events:embed_script")))
    return str(format_html(frame, address, event.name)) + "\n" + str(script)


def form_token(event: Event) -> str:
    """In place of a cookie, which browsers keep from a frame of another site: this page was made by us, lately."""
    return _form.sign(str(event.pk))


def is_form_token(event: Event, token: str) -> bool:
    try:
        return _form.unsign(token, max_age=FORM_SECONDS) == str(event.pk)
    except signing.BadSignature:
        return False
