"""A place or a wish ends, and its person is told: by the organisers with a word, or by themselves, as a receipt."""

from django.db import transaction

from apps.events import signals
from apps.events.models import Registration
from apps.events.services.registering import cancel_registration

State = Registration.State


@transaction.atomic
def cancel_place(registration: Registration, *, reason: str = "") -> bool:
    """The organisers take it back; `reason` goes into the mail to them. Whether there was something to take."""
    was = State(registration.state)
    if not _end(registration):
        return False
    registration.reason = " ".join(reason.split())[:500]
    Registration.objects.filter(pk=registration.pk).update(reason=registration.reason)
    signals.place_taken_back.send(sender=Registration, registration=registration, was=was)
    return True


@transaction.atomic
def give_place_back(registration: Registration) -> bool:
    """Its person does not come. They get a line about it, in case it was somebody else with their device."""
    was = State(registration.state)
    if not _end(registration):
        return False
    signals.place_given_back.send(sender=Registration, registration=registration, was=was)
    return True


def _end(registration: Registration) -> bool:
    """Whether it ended by this. What was said at the last time is over."""
    if registration.state not in Registration.STANDING:
        return False
    cancel_registration(registration)
    return registration.state == State.CANCELLED
