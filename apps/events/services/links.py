"""The links in mails that open an event: made, sent again, used, ended."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions, selectors, signals
from apps.events.models import STAFF_ROLES, Event, EventRole, JoinLink, Registration
from apps.events.services import meeting, people
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
    roles = EventRole.objects.filter(event=event, user__email=email).exclude(role__in=STAFF_ROLES)
    role = roles.select_related("event", "user").order_by("pk").first()
    if registration and (registration.state == Registration.State.CONFIRMED or role is None):
        tell_again(registration)
    elif role and not selectors.is_banned(event, role.user):
        _mail_again(role)
    else:
        signals.link_missed.send(sender=Registration, event=event, email=email)


def tell_again(registration: Registration) -> None:
    """To somebody who asked before: their link, at most one a minute, or where their wish stands."""
    if registration.state != Registration.State.CONFIRMED:
        signals.wish_stands.send(sender=Registration, registration=registration)
        return
    if _is_rested(registration):
        send_link_again(registration)


def _mail_again(role: EventRole) -> None:
    if _is_rested(role):
        mail_role_link(role)


def _is_rested(holder: Registration | EventRole) -> bool:
    latest = selectors.latest_link_at(holder)
    return latest is None or clock.now() - latest >= RESEND_PAUSE


@transaction.atomic
def send_link_again(registration: Registration) -> JoinLink:
    """An organiser mails somebody their link again, as often as they think right; the link that is mailed."""
    if registration.state != Registration.State.CONFIRMED:
        raise Refused("registration.cancelled", _("They have no place now, so there is no link to send."))
    link = new_join_link(registration)
    signals.link_wanted.send(sender=Registration, registration=registration, join_url=_url_of(link))
    return link


@transaction.atomic
def invite_with_role(event: Event, *, user: User, role: str) -> JoinLink:
    """Gives somebody a role and mails them a link by which they come in with it: the answer. Raises Refused for who is
    banned, and for the roles of staff: these never come by a link."""
    if EventRole.Role(role) in STAFF_ROLES:
        raise _signs_in()
    return mail_role_link(people.grant_role(event, user=user, role=role))


@transaction.atomic
def mail_role_link(role: EventRole) -> JoinLink:
    """To somebody with a role already, as often as an organiser thinks right; the link that is mailed. Raises Refused
    for who is banned."""
    if role.role in STAFF_ROLES:
        raise _signs_in()
    people.check_not_banned(role.event, role.user)
    link = new_join_link(role)
    signals.role_link_wanted.send(sender=EventRole, role=role, join_url=_url_of(link))
    return link


def _signs_in() -> Refused:
    said = _("Organisers and moderators sign in by themselves, with a second step. A link opens no such role.")
    return Refused("link.staff_role", said, status=403)


@transaction.atomic
def revoke_links(holder: Registration | EventRole) -> int:
    """Ends every link of this place or role, with the sessions and sockets they opened; how many there were."""
    return _end(holder, holder.join_links.all())


@transaction.atomic
def revoke_link(link: JoinLink) -> bool:
    """Ends this link alone; whether it had not ended before. Who came by another one of theirs stays, after a new
    ticket."""
    return bool(_end(link.holder, JoinLink.objects.filter(pk=link.pk)))


def _end(holder: Registration | EventRole, links: QuerySet[JoinLink]) -> int:
    # The event first, which is held until the end in any case: it counts who was put out.
    Event.objects.select_for_update(no_key=True).get(pk=holder.event_id)
    ended = links.filter(revoked_at=None).update(revoked_at=clock.now())
    if ended:
        publish.revoke(holder.event_id, holder.user_id)
    return ended


def new_join_link(holder: Registration | EventRole, *, expires_at: datetime | None = None) -> JoinLink:
    """A new way in by mail; by default it works until well after the event, for its recordings."""
    until = max(holder.event.ends_at + LINK_AFTER_EVENT, clock.now() + LINK_AT_LEAST)
    role = holder if isinstance(holder, EventRole) else None
    place = holder if isinstance(holder, Registration) else None
    return JoinLink.objects.create(
        event_id=holder.event_id, registration=place, role=role, expires_at=expires_at or until
    )


def new_link_url(holder: Registration | EventRole) -> str:
    return _url_of(new_join_link(holder))


def _url_of(link: JoinLink) -> str:
    path = reverse("events:join", args=[selectors.join_token(link)])
    return f"{settings.SITE_URL}{path}"


@transaction.atomic
def join_by_link(link: JoinLink) -> None:
    """Uses a link that somebody confirmed with a click. Raises Refused where it opens nothing; the caller signs in."""
    now = clock.now()
    if not JoinLink.objects.valid(now).filter(pk=link.pk).exists():
        raise Refused("link.ended", _("This link does not work any more. Ask for a new one below."), status=410)
    event, user = link.holder.event, link.holder.user
    if not permissions.can_join_by_link(user) or selectors.required_connection(user):
        said = _("This account does not open by a link. Please sign in with your e-mail address.")
        raise Refused("link.staff", said, status=403)
    if not permissions.finds_it_open(event, user):
        raise Refused("link.early", _("It is not open yet. Your place is safe: come back when it is."))
    JoinLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now)
    accounts.trust_address(user)
    mark_arrived(event, user=user)


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
