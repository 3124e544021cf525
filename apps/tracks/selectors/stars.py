"""What a person chose, by a star or a seat, and where that cannot be done all at once."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import CharField, Exists, OuterRef, Q, Value

from apps.accounts.models import User
from apps.events import permissions
from apps.events.models import Event, Registration
from apps.tracks.models import Seat, Session, SessionQuerySet, Star
from apps.tracks.selectors.agenda import sessions_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

Choices = frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two starred sessions that run at the same time, and from when to when."""

    first: Session
    second: Session

    @property
    def starts_at(self) -> datetime:
        return max(self.first.starts_at, self.second.starts_at)

    @property
    def ends_at(self) -> datetime:
        return min(self.first.ends_at, self.second.ends_at)


def chosen_by(user: User) -> Q:
    """The sessions on somebody's agenda: those that they starred, and those in which they have a seat."""
    starred = Star.objects.filter(user=user).order_by().values("session_id")
    return Q(pk__in=starred) | Q(pk__in=Seat.objects.taken().filter(user=user).order_by().values("session_id"))


def choices_of(event: Event, user: "User | AnonymousUser | None") -> Choices:
    """What somebody does with which session, in one query: (session, "star", "taken" or "waiting")."""
    if user is None or not user.is_authenticated:
        return frozenset()
    of_event = {"user": user, "session__event": event}
    stars = Star.objects.filter(**of_event).order_by().values_list("session_id", Value("star", CharField()))
    seats = Seat.objects.standing().filter(**of_event).order_by().values_list("session_id", "state")
    return frozenset(stars.union(seats, all=True))


def chosen_ids(event: Event, user: "User | AnonymousUser | None") -> frozenset[int]:
    """The sessions of the event that stand on a person's agenda; none for a visitor."""
    return frozenset(session_id for session_id, kind in choices_of(event, user) if kind != Seat.State.WAITING)


def star_version(ids: Iterable[object]) -> str:
    """Changes whenever the set does: what a personal page is validated by, beside the agenda's version."""
    return hashlib.sha256(",".join(sorted(map(str, ids))).encode()).hexdigest()[:16]


def starred_sessions(event: Event, user: User) -> SessionQuerySet:
    """My agenda, in the order of time; each with whether it is there by a star (`has_star`)."""
    star = Star.objects.filter(session=OuterRef("pk"), user=user)
    return sessions_of(event).filter(chosen_by(user)).annotate(has_star=Exists(star))


def registration_by_token(event_slug: str, token: str) -> Registration | None:
    """Whose personal agenda a secret address opens; None once the person or the event is out of sight."""
    rows = Registration.objects.confirmed().select_related("event", "user")
    registration = rows.filter(agenda_token=token, event__slug=event_slug, user__is_active=True).first()
    if registration is None:
        return None
    roles = permissions.roles_of(registration.user, registration.event)
    return registration if roles and permissions.can_see(registration.event, roles) else None


def confirmed_registration(event: Event, user: User | None) -> Registration | None:
    return Registration.objects.confirmed().filter(event=event, user=user).first() if user else None


def clashes_among(sessions: list[Session]) -> list[Clash]:
    """The pairs that overlap, of sessions in the order of their beginning."""
    found: list[Clash] = []
    going: list[Session] = []
    for session in sessions:
        going = [earlier for earlier in going if earlier.ends_at > session.starts_at]
        found += [Clash(earlier, session) for earlier in going]
        going.append(session)
    return found


def clashes_with(session: Session, user: User) -> list[Session]:
    """The person's other sessions, starred or signed up for, that run while this one does."""
    rows = Session.objects.planned().light().filter(chosen_by(user), event_id=session.event_id)
    overlapping = rows.overlapping(session.starts_at, session.ends_at).exclude(pk=session.pk)
    return list(overlapping.order_by("starts_at", "pk"))
