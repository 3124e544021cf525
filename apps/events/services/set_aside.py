"""Answers that were set aside: tried again or thrown away by an organiser, one by one, each on record."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.audit.models import Entry
from apps.events.models import Event
from apps.intake import letters
from apps.intake.models import DeadLetter


def try_set_aside(event: Event, letter: DeadLetter) -> None:
    """Counts it where it belongs, also where that has closed since. Raises Refused where it cannot be written now
    either; it stays then."""
    of_letter = _about(event, letter)
    refused = letters.replay(letter)
    if refused is not None:
        raise refused
    audit.record(_("Tried an answer again"), **of_letter)


@transaction.atomic
def throw_set_aside(event: Event, letter: DeadLetter) -> None:
    """It will not count."""
    audit.record(str(letter.title or letter.gate), kind=Entry.Kind.DELETED, thing=letter, **_place(event))
    letters.discard(letter)


def _about(event: Event, letter: DeadLetter) -> dict[str, Any]:
    """Neither who sent it nor what."""
    return {"model": letter._meta.label_lower, "after": {"title": letter.title, "code": letter.code}, **_place(event)}


def _place(event: Event) -> dict[str, int]:
    return {"event_id": event.pk, "organisation_id": event.organisation_id}
