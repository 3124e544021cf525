"""Seats of sessions: what is left, who waits and where, and how sign-up stands for one person."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When

from apps.accounts.models import User
from apps.core import clock
from apps.core.access import PERMITS, May
from apps.events.models import Ban, EventRole, Membership, Registration
from apps.tracks.models import Opening, Seat, Session, SessionSpeaker

ROW = ("waiting_since", "pk")
"""The order of those who wait."""
MOST_TOLD = 12
Phase = Literal["early", "open", "closed"]


@dataclass(frozen=True, slots=True)
class SignUp:
    """How sign-up for a session stands, for one person."""

    phase: Phase
    """Closed also where the session is cancelled or over."""
    seats: int | None
    left: int | None
    """None where seats are not counted."""
    mine: Seat | None
    place: int
    """In the row of those who wait; 0 for whoever does not."""
    waiting: int
    """How many wait."""

    @property
    def has_seat(self) -> bool:
        return self.mine is not None and self.mine.state == Seat.State.TAKEN

    @property
    def waits(self) -> bool:
        return self.mine is not None and self.mine.state == Seat.State.WAITING

    @property
    def must_wait(self) -> bool:
        """Whether a newcomer would stand in the row; nobody overtakes who waits."""
        return self.left == 0 or self.waiting > 0


def sign_up_phase(session: Session) -> Phase:
    now = clock.now()
    if session.state != Session.State.PLANNED or session.ends_at <= now:
        return "closed"
    if session.sign_up_opens_at and now < session.sign_up_opens_at:
        return "early"
    return "closed" if session.sign_up_closes_at and session.sign_up_closes_at <= now else "open"


def sign_up(session: Session, user: User | None) -> SignUp | None:
    """None where nobody signs up. Four queries at most."""
    if not session.sign_up:
        return None
    mine = own_seat(session, user)
    return SignUp(
        phase=sign_up_phase(session),
        seats=session.capacity,
        left=seats_left(session),
        mine=mine,
        place=place_in_row(mine) if mine and mine.state == Seat.State.WAITING else 0,
        waiting=session.seats.waiting().count() if session.capacity is not None else 0,
    )


def own_seat(session: Session, user: User | None) -> Seat | None:
    """The seat that somebody has or waits for."""
    return Seat.objects.standing().filter(session=session, user=user).first() if user else None


def seats_taken(session: Session) -> int:
    return Seat.objects.taken().filter(session=session).count()


def seats_left(session: Session) -> int | None:
    if session.capacity is None:
        return None
    return max(0, session.capacity - seats_taken(session))


def has_row(session: Session) -> bool:
    return Seat.objects.waiting().filter(session=session).exists()


def place_in_row(seat: Seat) -> int:
    """1 for whoever comes next."""
    before = Q(waiting_since__lt=seat.waiting_since) | Q(waiting_since=seat.waiting_since, pk__lt=seat.pk)
    return 1 + Seat.objects.waiting().filter(before, session_id=seat.session_id).count()


def is_lost() -> Q:
    """Of a seat, or a wish for one: its person is no longer in the event (without a place and a role, or banned), their
    account is closed, or their ticket does not open the session."""
    event, user = OuterRef("session__event"), OuterRef("user")
    place = Registration.objects.confirmed().filter(event=event, user=user)
    role = EventRole.objects.filter(event=event, user=user)
    ban = Ban.objects.standing().filter(event=event, user=user)
    is_nobody = ~Exists(place) & ~Exists(role) & ~Exists(_members()) & Q(user__is_superuser=False)
    return is_nobody | Exists(ban) | Q(user__is_active=False) | _is_shut_by_ticket()


def _is_shut_by_ticket() -> Q:
    """As `entering` has it; staff and the session's speakers go in with any ticket."""
    event, user = OuterRef("session__event"), OuterRef("user")
    session, track = OuterRef(OuterRef("session")), OuterRef(OuterRef("session__track"))
    opened = Opening.objects.filter(Q(session=session) | Q(track=track), ticket=OuterRef("ticket"))
    limited = Registration.objects.confirmed().filter(
        ~Exists(opened), event=event, user=user, ticket__opens_programme=False
    )
    runs = EventRole.objects.filter(event=event, user=user, role__in=PERMITS[May.ENTER_SESSIONS].everywhere)
    speaks = SessionSpeaker.objects.filter(session=OuterRef("session"), speaker__user=user)
    goes_in = Exists(runs) | Exists(speaks) | Exists(_members()) | Q(user__is_superuser=True)
    return Q(Exists(limited)) & ~goes_in


def _members() -> QuerySet[Membership]:
    return Membership.objects.filter(organisation=OuterRef("session__event__organisation"), user=OuterRef("user"))


def lost_seats() -> QuerySet[Seat]:
    """Those that are lost while their session is still to come; `is_by_ticket` where that is the one reason."""
    seats = Seat.objects.standing().filter(is_lost(), session__ends_at__gt=clock.now())
    here = Q(user__is_active=True) & ~Exists(
        Ban.objects.standing().filter(event=OuterRef("session__event"), user=OuterRef("user"))
    )
    by_ticket = Case(When(_is_shut_by_ticket() & here, then=True), default=False, output_field=BooleanField())
    return seats.annotate(is_by_ticket=by_ticket).select_related("session", "user").order_by("pk")


def sessions_to_move() -> QuerySet[Session]:
    """Sessions that are not over and for which somebody waits."""
    waiting = Seat.objects.waiting().order_by().values("session").distinct()
    return Session.objects.planned().filter(pk__in=waiting, sign_up=True, ends_at__gt=clock.now()).order_by("pk")


def seat_rows(seats: QuerySet[Seat]) -> Iterator[list[str]]:
    """The table that organisers take with them; of people as `events.selectors.as_known` lets them be known."""
    yield ["session", "name", "email", "state", "since", "number in the row"]
    waiting: Counter[int] = Counter()
    rows = seats.select_related("session", "user").order_by("session__starts_at", "session_id", "state", *ROW)
    for seat in rows.iterator(500):
        name = getattr(seat, "known_name", "") or ""
        since = (seat.waiting_since or seat.created_at).isoformat(timespec="seconds")
        number = ""
        if seat.state == Seat.State.WAITING:
            waiting[seat.session_id] += 1
            number = str(waiting[seat.session_id])
        yield [str(seat.session.title), name, seat.user.email, str(seat.get_state_display()), since, number]


def overlapping_seats(session: Session, user: User) -> list[Session]:
    """Other sessions at the same time in which this person has a seat or waits for one."""
    seats = Seat.objects.standing().filter(user=user).values("session")
    rows = Session.objects.planned().light().filter(event_id=session.event_id, pk__in=seats)
    found = rows.overlapping(session.starts_at, session.ends_at).exclude(pk=session.pk)
    return list(found.order_by("starts_at", "pk")[:MOST_TOLD])
