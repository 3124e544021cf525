"""Saying yes or no to those who asked for a place."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import selectors, signals
from apps.events.models import Registration
from apps.events.services import admission, places, welcoming

State = Registration.State


@transaction.atomic
def approve(registration: Registration, *, by: User) -> Registration.State:
    """Yes: they have a place, or stand on the waiting list where none is left. Raises Refused where somebody decided
    before, and where there is neither."""
    selectors.check_writable(registration.event)
    if selectors.is_banned(registration.event, registration.user):
        raise Refused("registration.person_banned", _("This person is banned from the event. Lift the ban first."))
    state = places.state_for(registration.event, registration.ticket, by_staff=True)
    now = clock.now()
    waits = {"waiting_since": now} if state == State.WAITING else {}
    pending = Registration.objects.filter(pk=registration.pk, state=State.PENDING)
    if not pending.update(state=state, decided_by=by, decided_at=now, **waits):
        raise _decided()
    registration.refresh_from_db(fields=["state", "waiting_since"])
    if state == State.CONFIRMED:
        welcoming.welcome(registration)
    else:
        signals.wished.send(sender=Registration, registration=registration)
    return state


@transaction.atomic
def decline(registration: Registration, *, by: User, reason: str = "") -> None:
    """No, to somebody who asked or waits; `reason` goes into the mail to them."""
    selectors.check_writable(registration.event)
    open_wishes = Registration.objects.filter(pk=registration.pk, state__in=(State.PENDING, State.WAITING))
    told = {"decided_by": by, "decided_at": clock.now(), "reason": " ".join(reason.split())[:500]}
    if not open_wishes.update(state=State.DECLINED, **told):
        raise _decided()
    admission.give_code_back(registration)
    registration.refresh_from_db(fields=["state", "reason"])
    signals.declined.send(sender=Registration, registration=registration)


@transaction.atomic
def reconsider(registration: Registration) -> None:
    """A no that is taken back: the wish waits for a decision again."""
    selectors.check_writable(registration.event)
    declined = Registration.objects.filter(pk=registration.pk, state=State.DECLINED)
    if declined.update(state=State.PENDING, decided_by=None, decided_at=None, reason=""):
        registration.refresh_from_db(fields=["state", "reason"])
        signals.reconsidered.send(sender=Registration, registration=registration)


def _decided() -> Refused:
    return Refused("registration.decided", _("Somebody has decided this in the meantime."))
