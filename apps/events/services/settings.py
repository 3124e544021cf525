"""An event's settings as organisers write them: what they may say, and what follows when they change."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.core import ids, pictures
from apps.core.errors import Refused
from apps.core.moments import LATEST
from apps.core.rows import hold_row
from apps.events.kinds import PLANS, Plan
from apps.events.models import Event, Organisation
from apps.events.selectors import embeds
from apps.events.services.addresses import address_taken
from apps.events.services.lifecycle import create_event, set_up_event
from apps.events.services.places import move_up

LOGO_EDGE = 800
DOMAIN = re.compile(r"(\*\.)?([^\s.@*/:]{1,63}\.)+[^\s.@*/:]{2,63}")


def domains(text: str) -> str:
    """One a line, in small letters; raises ValidationError where a line is none."""
    lines = [line.strip().lower().removeprefix("@") for line in text.splitlines() if line.strip()]
    for line in lines:
        if not DOMAIN.fullmatch(line):
            raise ValidationError(_("“%(line)s” is no domain. Write it like example.org."), params={"line": line})
    return "\n".join(lines)


def origins(text: str) -> str:
    """One a line, as browsers name a site; raises ValidationError where a line is none."""
    lines = [line.strip().lower().rstrip("/") for line in text.splitlines() if line.strip()]
    for line in lines:
        if line != embeds.ANYWHERE and not embeds.ORIGIN.fullmatch(line):
            words = _("“%(line)s” is no website. Write it like https://www.example.org, without what follows.")
            raise ValidationError(words, params={"line": line})
    if len(lines) > embeds.MOST_ORIGINS:
        raise ValidationError(_("Up to %(most)d websites can be named."), params={"most": embeds.MOST_ORIGINS})
    return "\n".join(lines)


TOGETHER = (
    "languages", "default_language", "starts_at", "ends_at", "registration_opens_at", "registration_closes_at",
)  # fmt: skip


WINDOWS = frozenset({"starts_at", "ends_at", "registration_opens_at", "registration_closes_at"})


def contradictions(said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What of an event's settings, by field, does not go together: (the field at fault, what to do)."""
    languages, main = said.get("languages"), said.get("default_language")
    if languages and main and main not in languages:
        yield "languages", _("The main language is one of them. Choose it here too.")
    starts, ends = said.get("starts_at"), said.get("ends_at")
    if starts and ends and ends <= starts:
        yield "ends_at", _("It ends before it begins. Check both times.")
    opens, closes = said.get("registration_opens_at"), said.get("registration_closes_at")
    if opens and closes and closes <= opens:
        yield "registration_closes_at", _("It closes before it opens. Check both times.")


@transaction.atomic
def begin_event(organisation: Organisation, *, kind: str, **said: Any) -> Event:
    """A draft as its kind has it, but for what is said; it lasts as long as such events do, where no end is said."""
    plan = PLANS[kind]
    ends_at = said["ends_at"] if "ends_at" in said else _end_of(said["starts_at"], plan)
    fields: dict[str, Any] = {**plan.fields, **said, "ends_at": ends_at}
    event = create_event(organisation, kind=kind, **fields)
    set_up_event(event)
    return event


def _end_of(starts_at: datetime, plan: Plan) -> datetime:
    if starts_at >= LATEST - plan.lasts:
        raise Refused("event.far", _("Choose a day that is nearer."), status=400, field="starts_at")
    return starts_at + plan.lasts


@transaction.atomic
def save_event(event: Event, *, changed: Collection[str]) -> None:
    """Keeps what was changed. More places go to who waits. Raises Refused where the address is taken, or where the
    dates no longer go together with those that somebody else set meanwhile, and where it was deleted."""
    hold_row(event, gone="event.gone", whole="slug" in changed)
    try:
        with transaction.atomic():
            event.save(update_fields={*changed})
    except IntegrityError as error:
        if "slug" in changed and Event.objects.filter(slug=event.slug).exclude(pk=event.pk).exists():
            raise address_taken(Event) from error
        if not WINDOWS.isdisjoint(changed):
            words = _("Somebody else changed its dates at this moment. Look at them again.")
            raise Refused("event.dates_changed", words) from error
        raise
    move_up(event)


def logo_of(file: IO[bytes], *, field: str = "file") -> "File[bytes]":
    """A picture that came, checked and written anew, under a name of its own. Raises Refused."""
    return ContentFile(pictures.within(file, edge=LOGO_EDGE, field=field), name=f"{ids.new_token()}.webp")


@transaction.atomic
def set_logo(event: Event, file: IO[bytes]) -> None:
    """Raises Refused for what is no picture, or too large a one, and where the event was deleted meanwhile."""
    drawn = logo_of(file)
    hold_row(event, gone="event.gone")
    event.logo.save(str(drawn.name), drawn, save=False)
    event.save(update_fields=["logo"])


@transaction.atomic
def remove_logo(event: Event) -> None:
    """The file stays for as long as pages that are kept for ever name it, as with one that was replaced."""
    hold_row(event, gone="event.gone")
    event.logo = ""
    event.save(update_fields=["logo"])
