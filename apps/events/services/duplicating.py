"""An event made after another: its settings, and of its content what the organiser chooses, with all dates moved."""

from collections.abc import Collection
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from apps.accounts.models import User
from apps.audit import services as audit
from apps.core import ids
from apps.core.errors import Refused
from apps.core.rows import broken_rule
from apps.events.models import (
    Ban,
    Choice,
    Event,
    EventRole,
    InvitationCode,
    Organisation,
    Question,
    TicketKind,
)
from apps.events.registry.copying import Copy, parts
from apps.events.services.lifecycle import add_event

MOST_DAYS = 3660
"""Ten years, either way."""


@transaction.atomic
def duplicate_event(
    source: Event,
    *,
    organisation: Organisation,
    name: str | LazyI18nString,
    starts_on: date,
    chosen: Collection[str],
    by: User,
    slug: str = "",
) -> Copy:
    """A draft like `source` that begins on that day, by its own clocks; `chosen` are names of registered parts.
    Nobody's registration, answer, message or vote goes along. The caller vouches that this person may read the one and
    make the other. Raises Refused."""
    began = source.starts_at.astimezone(ZoneInfo(source.time_zone)).date()
    days = (starts_on - began).days
    if abs(days) > MOST_DAYS:
        raise _too_far()
    wanted = parts.chosen(chosen)
    if organisation.pk != source.organisation_id and (home := [part for part in wanted if part.stays_home]):
        raise Refused(
            "event.copy_leaves_home",
            _("“%(part)s” stays in its organisation. Leave it out, or choose the same organisation."),
            values={"part": home[0].label},
            field="parts",
        )
    copy = Copy(source=source, days=days, parts=frozenset(part.name for part in wanted), by=by)
    try:
        with transaction.atomic():
            copy.event = _event_like(copy, organisation=organisation, name=name, slug=slug)
            for part in wanted:
                part.run(copy)
    except IntegrityError as error:
        if broken_rule(error).endswith("_in_reach"):
            raise _too_far() from error
        raise
    _take_logo(source, copy.event)  # last: what is refused before leaves no file behind
    # The new rows are on record where they belong; that they were taken from here, only so.
    audit.record(
        str(_("Duplicated")),
        thing=source,
        event_id=source.pk,
        organisation_id=source.organisation_id,
        after={"event": copy.event.slug, "organisation": organisation.name, "parts": sorted(copy.parts)},
    )
    return copy


def _too_far() -> Refused:
    return Refused("event.copy_far", _("Choose a day that is nearer."), field="starts_on")


def _event_like(copy: Copy, *, organisation: Organisation, name: Any, slug: str) -> Event:
    given = {"organisation": organisation.pk, "name": name, "slug": slug, "state": Event.State.DRAFT, "logo": ""}
    event = copy.one(copy.source, **given)
    if event is None:
        raise TypeError("An event refers to nothing but its organisation.")
    add_event(event)
    return event


def _take_logo(source: Event, event: Event) -> None:
    """A file of its own: what becomes of the other event's does not matter here."""
    if not source.logo:
        return
    try:
        with source.logo.open() as file:
            content = file.read()
    except FileNotFoundError:
        return
    event.logo.save(f"{ids.new_token()}.webp", ContentFile(content), save=False)
    event.save(update_fields=["logo"])


# The parts of this room, as `receivers` registers them ---------------------------------------------------------------
def copy_registration(copy: Copy) -> None:
    """Tickets, and what is asked with them."""
    source = copy.source
    copy.rows(TicketKind.objects.filter(event=source))
    copy.rows(Question.objects.filter(event=source))
    copy.rows(Choice.objects.filter(question__event=source))
    copy.rows(Question.tickets.through.objects.filter(question__event=source))


def copy_codes(copy: Copy) -> None:
    """The same words, unused; a code for a ticket that stays behind would open another than it was made for."""
    codes = InvitationCode.objects.filter(event=copy.source, revoked_at=None)
    tickets = copy.ids(TicketKind)
    open_to_any, of_ticket = codes.filter(ticket=None), codes.filter(ticket__in=tickets)
    for found in (open_to_any, of_ticket):
        copy.rows(found, by=copy.by.pk)


def copy_roles(copy: Copy) -> None:
    """Who runs the event, speaks and exhibits; not who was put out of it."""
    barred = Ban.objects.standing().filter(event=copy.source).values("user_id")
    roles = EventRole.objects.filter(event=copy.source, user__is_active=True).exclude(user__in=barred)
    copy.rows(roles, user=lambda old: old.user_id)
