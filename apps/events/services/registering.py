"""Getting a place, giving it back, and the links that open the event."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions, selectors, signals
from apps.events.models import Event, JoinLink, Registration
from apps.events.services import meeting
from apps.live import publish

LINK_AFTER_EVENT = timedelta(days=60)
LINK_AT_LEAST = timedelta(days=14)
RESEND_PAUSE = timedelta(minutes=1)


@transaction.atomic
def register(event: Event, *, email: str, name: str, company: str = "", title: str = "", language: str = "") -> None:
    """A visitor asks for a place; whoever reads that mailbox gets the link.

    Answers nothing that would tell whether the address was known, or registered before: in each case one mail goes
    out, at most one a minute. Raises Refused where the event takes nobody any more.
    """
    _claim_place(event)
    details = {"name": name, "company": company, "title": title, "language": language}
    user = meeting.find_by_address(event.organisation, email=email, **details)
    if selectors.is_banned(event, user):
        return
    registration, is_new = _take_place(event, user)
    if is_new:
        signals.registered.send(sender=Registration, registration=registration, join_url=_new_link_url(registration))
    else:
        _send_again(registration)


@transaction.atomic
def register_person(event: Event, *, user: User) -> Registration:
    """Somebody signed in takes a place: one click, and a mail to have it in their mailbox."""
    if selectors.is_banned(event, user):
        raise Refused(
            "registration.banned",
            _("The organisers have closed this event to you. If you think they are wrong, write to them."),
            status=403,
        )
    meeting.meet(event.organisation_id, user=user)
    existing = Registration.objects.confirmed().filter(event=event, user=user).first()
    if existing:
        return existing
    _claim_place(event)
    registration, is_new = _take_place(event, user)
    if is_new:
        signals.registered.send(sender=Registration, registration=registration, join_url=_new_link_url(registration))
    return registration


@transaction.atomic
def invite(event: Event, *, email: str, name: str = "") -> Registration:
    """An organiser gives somebody a place, also in a draft; they get their link by mail. Twice changes nothing."""
    user = meeting.find_by_address(event.organisation, email=email, name=name)
    existing = Registration.objects.confirmed().filter(event=event, user=user).first()
    if existing:
        return existing
    _hold_place(event)
    registration, _is_new = _take_place(event, user)
    signals.registered.send(sender=Registration, registration=registration, join_url=_new_link_url(registration))
    return registration


def _claim_place(event: Event) -> None:
    """Raises Refused where nobody may register, or no place is left."""
    if not event.takes_registrations:
        raise Refused(
            "registration.closed", _("Registration is closed. Ask the organisers if you think it should not be.")
        )
    if event.ends_at <= clock.now():
        raise Refused("registration.over", _("The event is over, so nobody can register any more."))
    _hold_place(event)


def _hold_place(event: Event) -> None:
    """Where places are counted, the event's row is held until the end of the transaction, so that two people never
    get the last one."""
    if event.capacity is None:
        return
    held = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    if selectors.is_full(held):
        raise Refused("registration.full", _("All places are taken. When somebody cancels, a place is free again."))


def _take_place(event: Event, user: User) -> tuple[Registration, bool]:
    """The person's confirmed place, and whether it is a new one (a cancelled one taken up again counts as new)."""
    try:
        with transaction.atomic():
            return Registration.objects.create(event=event, user=user), True
    except IntegrityError:  # has a row already
        cancelled = Registration.objects.filter(event=event, user=user, state=Registration.State.CANCELLED)
        revived = cancelled.update(state=Registration.State.CONFIRMED, created_at=clock.now())
        return Registration.objects.select_related("event", "user").get(event=event, user=user), bool(revived)


@transaction.atomic
def resend_link(event: Event, *, email: str) -> None:
    """Mails the link again to somebody with a place, and to anybody else that they have none.

    A mail in each case: neither the page nor the time that it takes tells who comes to the event.
    """
    found = Registration.objects.confirmed().filter(event=event, user__email=email)
    registration = found.select_related("event", "user").first()
    if registration:
        _send_again(registration)
    else:
        signals.link_missed.send(sender=Registration, event=event, email=email)


@transaction.atomic
def send_link_again(registration: Registration) -> None:
    """An organiser mails somebody their link again, as often as they think right."""
    if registration.state != Registration.State.CONFIRMED:
        raise Refused("registration.cancelled", _("This registration is cancelled; there is nothing to send."))
    url = _new_link_url(registration)
    signals.link_wanted.send(sender=Registration, registration=registration, join_url=url)


def _send_again(registration: Registration) -> None:
    latest = selectors.latest_link_at(registration)
    if latest is None or clock.now() - latest >= RESEND_PAUSE:
        send_link_again(registration)


@transaction.atomic
def cancel_registration(registration: Registration) -> None:
    """Gives the place back: links end, and open pages of the person lose what attendees may see."""
    confirmed = Registration.objects.confirmed().filter(pk=registration.pk)
    if not confirmed.update(state=Registration.State.CANCELLED):
        return
    registration.state = Registration.State.CANCELLED
    revoke_links(registration)
    signals.registration_cancelled.send(sender=Registration, registration=registration)
    publish.revoke(registration.event_id, registration.user_id)


@transaction.atomic
def revoke_links(registration: Registration) -> int:
    """Ends every link of this registration, with the sessions and sockets they opened; how many there were."""
    ended = registration.join_links.filter(revoked_at=None).update(revoked_at=clock.now())
    if ended:
        publish.revoke(registration.event_id, registration.user_id)
    return ended


def new_join_link(registration: Registration, *, expires_at: datetime | None = None) -> JoinLink:
    """A new way in by mail; by default it works until well after the event, for its recordings."""
    until = max(registration.event.ends_at + LINK_AFTER_EVENT, clock.now() + LINK_AT_LEAST)
    return JoinLink.objects.create(registration=registration, expires_at=expires_at or until)


def _new_link_url(registration: Registration) -> str:
    path = reverse("events:join", args=[selectors.join_token(new_join_link(registration))])
    return f"{settings.SITE_URL}{path}"


@transaction.atomic
def join_by_link(link: JoinLink) -> Registration:
    """Uses a link that somebody confirmed with a click. Raises Refused where it opens nothing; the caller signs in."""
    now = clock.now()
    registration = link.registration
    if not JoinLink.objects.valid(now).filter(pk=link.pk).exists():
        raise Refused("link.ended", _("This link does not work any more. Ask for a new one below."), status=410)
    if not permissions.can_join_by_link(registration.user):
        said = _("This account does not open by a link. Please sign in with your e-mail address.")
        raise Refused("link.staff", said, status=403)
    JoinLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now)
    accounts.trust_address(registration.user)
    mark_joined(registration)
    return registration


def mark_arrived(event: Event, *, user: User) -> None:
    """The same for somebody who came by another way than a link, or with a role and no place."""
    meeting.meet(event.organisation_id, user=user)
    registration = Registration.objects.confirmed().filter(event=event, user=user, joined_at=None).first()
    if registration:
        mark_joined(registration)


def mark_joined(registration: Registration) -> None:
    """Keeps when the person first came in; told to others once."""
    meeting.meet(registration.event.organisation_id, user=registration.user)
    came = Registration.objects.filter(pk=registration.pk, joined_at=None)
    with transaction.atomic():
        if came.update(joined_at=clock.now()):
            signals.joined.send(sender=Registration, registration=registration)
