"""The links in mails that open an event: made, sent again, used, ended."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
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
def resend_link(event: Event, *, email: str) -> None:
    """Mails the link again to somebody with a place, what became of their wish to somebody who has none yet, and to
    anybody else that they have none.

    A mail in each case: neither the page nor the time that it takes tells who comes to the event.
    """
    found = Registration.objects.exclude(state=Registration.State.CANCELLED).filter(event=event, user__email=email)
    registration = found.select_related("event", "user").first()
    if registration:
        tell_again(registration)
    else:
        signals.link_missed.send(sender=Registration, event=event, email=email)


def tell_again(registration: Registration) -> None:
    """To somebody who asked before: their link, at most one a minute, or where their wish stands."""
    if registration.state != Registration.State.CONFIRMED:
        signals.wish_stands.send(sender=Registration, registration=registration)
        return
    latest = selectors.latest_link_at(registration)
    if latest is None or clock.now() - latest >= RESEND_PAUSE:
        send_link_again(registration)


@transaction.atomic
def send_link_again(registration: Registration) -> None:
    """An organiser mails somebody their link again, as often as they think right."""
    if registration.state != Registration.State.CONFIRMED:
        raise Refused("registration.cancelled", _("They have no place now, so there is no link to send."))
    signals.link_wanted.send(sender=Registration, registration=registration, join_url=new_link_url(registration))


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


def new_link_url(registration: Registration) -> str:
    path = reverse("events:join", args=[selectors.join_token(new_join_link(registration))])
    return f"{settings.SITE_URL}{path}"


@transaction.atomic
def join_by_link(link: JoinLink) -> Registration:
    """Uses a link that somebody confirmed with a click. Raises Refused where it opens nothing; the caller signs in."""
    now = clock.now()
    registration = link.registration
    if not JoinLink.objects.valid(now).filter(pk=link.pk).exists():
        raise Refused("link.ended", _("This link does not work any more. Ask for a new one below."), status=410)
    user = registration.user
    if not permissions.can_join_by_link(user) or selectors.required_connection(user):
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
