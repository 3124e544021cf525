"""Answers that were accepted and could not be written: those of an event, and why in words."""

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.events.models import Event
from apps.intake.models import DeadLetter

WORDS = {
    "intake.failed": _("The database would not take it."),
    "intake.kind_unknown": _("No part of the platform knows what it is."),
    "intake.given_up": _("It was tried several times, and never came to an end."),
}


def set_aside_of(event: Event) -> QuerySet[DeadLetter]:
    return DeadLetter.objects.filter(event_id=event.pk)


def why_set_aside(letter: DeadLetter) -> str:
    return str(WORDS.get(letter.code) or reason_set_aside(letter))


def reason_set_aside(letter: DeadLetter) -> str:
    """Kept as it stands in the source, and said in the language of whoever reads it."""
    return gettext(letter.reason) if letter.reason else ""
