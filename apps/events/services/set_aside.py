"""Answers that were set aside: tried again or thrown away by an organiser, one by one, each on record."""

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
    about = {"title": letter.title, "code": letter.code}  # neither who sent it nor what
    refused = letters.replay(letter)
    if refused is not None:
        raise refused
    audit.record(
        _("Tried an answer again"),
        model=letter._meta.label_lower,
        event_id=event.pk,
        organisation_id=event.organisation_id,
        after=about,
    )


@transaction.atomic
def throw_set_aside(event: Event, letter: DeadLetter) -> None:
    """It will not count."""
    audit.record(
        letter.title or letter.gate,
        thing=letter,
        kind=Entry.Kind.DELETED,
        event_id=event.pk,
        organisation_id=event.organisation_id,
    )
    letters.discard(letter)
