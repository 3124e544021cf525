"""Passing a place on: offered to an address, and taken by whoever reads that mailbox."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions, selectors, signals
from apps.events.models import Event, Registration
from apps.events.services import admission, asking, links, meeting, places, registering, welcoming
from apps.events.services.admission import Terms
from apps.live import publish

State = Registration.State
OFFER_PAUSE = timedelta(minutes=1)


def check_passing(event: Event) -> None:
    """Raises Refused where no place is passed on, or none any more."""
    if event.ends_at <= clock.now() or event.state not in places.TAKING:
        raise Refused("registration.over", _("The event is over, so nobody can register any more."))
    if not event.passes_on:
        raise Refused(
            "transfer.closed",
            _("Places of this event are not passed on. Who gives one back makes room for somebody who waits."),
        )


def _check_address(event: Event, email: str) -> None:
    if not permissions.can_register_from(event, email):
        raise Refused("registration.domain", _("This event does not take this address."), field="email")


@transaction.atomic
def offer_place(registration: Registration, *, email: str, name: str = "") -> None:
    """Mails the offer. The place stays with who has it until it is taken; a second offer ends the first. Says nothing
    of whether the address is known here."""
    if email == registration.user.email:
        raise Refused("transfer.oneself", _("This is your own address."), field="email")
    check_passing(registration.event)
    now = clock.now()
    _check_address(registration.event, email)
    offered = {"offered_to": email, "offered_at": now}
    places_now = Registration.objects.confirmed().filter(pk=registration.pk)
    is_rested = Q(offered_at=None) | Q(offered_at__lte=now - OFFER_PAUSE)
    if not places_now.filter(is_rested).update(**offered):
        if places_now.exists():
            raise Refused("transfer.too_soon", _("You offered it a moment ago. Wait a minute, then offer it again."))
        raise Refused("registration.cancelled", _("You have no place to pass on."))
    registration.refresh_from_db(fields=["offered_to", "offered_at"])
    token = selectors.offer_token(registration)
    signals.place_offered.send(sender=Registration, registration=registration, name=name, token=token)


@transaction.atomic
def withdraw_offer(registration: Registration) -> None:
    """When it was made is kept: offering and withdrawing in turn must not fill a stranger's mailbox."""
    Registration.objects.filter(pk=registration.pk).update(offered_to="")


@transaction.atomic
def take_place(registration: Registration, *, name: str, answers: dict[str, object]) -> Registration:
    """Whoever read the offer in their mailbox takes the place: it is theirs, with its ticket, and the giver's links
    end. Where somebody says yes to each registration, they ask for it, and the place is free meanwhile. Raises Refused
    where the offer is over, or they have a place already."""
    user = meeting.find_by_address(registration.event.organisation, email=registration.offered_to, name=name)
    event = places.hold(registration.event)  # after the person, as whoever registers does
    giver = Registration.objects.select_related("ticket", "user").filter(pk=registration.pk).first()
    still_offered = giver and giver.state == State.CONFIRMED and giver.offered_at == registration.offered_at
    if not giver or not still_offered or giver.offered_to != registration.offered_to:
        raise Refused("transfer.over", _("This offer is over: it was taken back, or taken by somebody."), status=410)
    check_passing(event)
    _check_address(event, giver.offered_to)
    accounts.trust_address(user)
    answered = (State.CONFIRMED, State.DECLINED)  # what the organisers said no to is not passed on past them
    has_one = Registration.objects.filter(event=event, user=user, state__in=answered).exists()
    if has_one or selectors.is_banned(event, user) or selectors.is_banned(event, giver.user):
        raise Refused("transfer.has_one", _("You cannot take this place. Do you have one already?"))
    state = State.PENDING if giver.way_in == Event.Admission.APPROVAL else State.CONFIRMED
    given = tuple(asking.given(event, giver.ticket, answers))
    Registration.objects.filter(pk=giver.pk).update(state=State.CANCELLED, offered_to="", offered_at=None)
    links.revoke_links(giver)
    taken = _hand_over(giver, user, Terms(giver.ticket, None, False, given), state=state)
    admission.hand_code_on(giver, to=taken)
    publish.revoke(event.pk, giver.user_id)
    signals.place_passed_on.send(sender=Registration, registration=giver, to=taken)
    if state == State.CONFIRMED:
        welcoming.welcome(taken)
    else:
        signals.wished.send(sender=Registration, registration=taken)
        places.move_up(event)
    return taken


def _hand_over(giver: Registration, user: User, terms: Terms, *, state: Registration.State) -> Registration:
    taken, is_new = registering.enter(giver.event, user, terms, state=state, by=giver.user)
    if not is_new:  # they asked or waited before
        Registration.objects.filter(pk=taken.pk).update(state=state, ticket=giver.ticket, by=giver.user)
        asking.keep(taken, terms.answers)
        taken.state = state
    return taken
