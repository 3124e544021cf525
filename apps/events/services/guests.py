"""Inviting people by file: read first, looked at, and then some at a time."""

import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Func, JSONField, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from apps.accounts.models import User
from apps.audit import context as audit
from apps.core import clock, tables
from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.core.words import kept
from apps.events import selectors
from apps.events.adapters import guests_csv
from apps.events.models import Event, GuestBatch, GuestList, Registration, TicketKind
from apps.events.services import meeting, places, registering
from apps.events.services.admission import Terms

logger = logging.getLogger(__name__)

INVITE = "events.invite_guests"
AT_ONCE = 20
STALLED = timedelta(minutes=2)
MOST_LISTS = 100
"""Of one event: each may hold 20,000 people."""
KEPT = timedelta(weeks=6)
"""So long after it was touched last it is known who stood in a list."""
MOST_FORGOTTEN = 20
"""In one round."""
State = GuestList.State


@transaction.atomic
def read_guests(event: Event, *, data: bytes, name: str, by: User) -> GuestList:
    """Keeps a file as it reads; nobody is invited by that. Raises Refused where it is no list, and where there are as
    many as may be."""
    if len(data) > guests_csv.MOST_BYTES:
        raise Refused("guests.too_large", _("The file is larger than 5 MB. Split it."), field="file")
    try:
        found = guests_csv.read(data, tickets=selectors.tickets_by_name(event))
    except tables.Unreadable as problem:
        words = _("Line %(line)d: %(message)s.") % {"line": problem.line, "message": problem.message}
        raise Refused("guests.unreadable", words, field="file") from problem
    places.hold(event)  # two at once are counted
    check_room(event.guest_lists.all(), most=MOST_LISTS, code="guests.too_many")
    return GuestList.objects.create(
        event=event,
        name=name[:120],
        by=by,
        rows=found.rows,
        problems=[list(problem) for problem in found.problems],
        people=len(found.rows),
        wrong=len(found.problems),
    )


def invite_guests(guests: GuestList, *, by: User) -> None:
    """Begins: workers do it in the name of `by`, and the list says how far they are. A second time changes nothing.
    Raises Refused in the archive."""
    selectors.check_writable(guests.event)
    waiting = GuestList.objects.filter(pk=guests.pk, state=State.READ)
    if waiting.update(state=State.RUNNING, begun_by=by, door=audit.door(), touched_at=clock.now()):
        transaction.on_commit(lambda: _enqueue(guests.pk))


def _enqueue(pk: int) -> None:
    """A broker that is away loses nothing: the sweep asks again."""
    try:
        current_app.send_task(INVITE, args=[pk], retry=False)
    except (OperationalError, OSError):
        logger.warning("The broker cannot be reached; guest list %s waits for the sweep.", pk)


def resume_guest_lists() -> None:
    """Asks again for lists whose worker died."""
    stalled = GuestList.objects.filter(state=State.RUNNING, touched_at__lt=clock.now() - STALLED)
    for pk in stalled.order_by("pk").values_list("pk", flat=True)[:20]:
        _enqueue(pk)


@transaction.atomic
def forget_guests() -> int:
    """Of lists that were done weeks ago, who stood in them and what became of each; their numbers stay. A list of which
    nobody was invited goes whole. How many were forgotten."""
    old = _lists().filter(touched_at__lt=clock.now() - KEPT, forgotten_at=None).exclude(state=State.RUNNING)
    found = list(old.select_for_update(skip_locked=True).order_by("pk")[:MOST_FORGOTTEN])
    read = [guests.pk for guests in found if guests.state == State.READ]
    done = [guests.pk for guests in found if guests.state == State.DONE]
    GuestList.objects.filter(pk__in=read).delete()
    GuestBatch.objects.filter(guests__in=done).delete()
    GuestList.objects.filter(pk__in=done).update(rows=[], problems=[], forgotten_at=clock.now())
    return len(found)


def invite_all(pk: int) -> None:
    more = True
    while more:
        _make_people(pk)
        more = invite_some(pk)


def _make_people(pk: int) -> None:
    """Those of the next rows, each by itself and before the event is held: whoever registers comes in this order too,
    and neither waits for what the other holds."""
    guests = _lists().select_related("event__organisation", "begun_by").filter(pk=pk, state=State.RUNNING).first()
    rows = _next_of(guests) if guests and _over(guests) is None else []
    for row in sorted(rows, key=lambda row: str(row["email"])):
        about = {name: row[name] for name in ("email", "name", "company", "title")}
        meeting.find_by_address(guests.event.organisation, **about)  # type: ignore[union-attr]


def _lists() -> QuerySet[GuestList]:
    """Without what they hold: that may be twenty thousand people, and some are looked at."""
    return GuestList.objects.defer("rows", "problems")


def _next_of(guests: GuestList) -> list[dict[str, Any]]:
    span = Cast(Value(f"$[{guests.done} to {guests.done + AT_ONCE - 1}]"), _Path())
    part = Func("rows", span, function="jsonb_path_query_array", output_field=JSONField())
    rows: list[dict[str, Any]] = GuestList.objects.filter(pk=guests.pk).values_list(part, flat=True).get()
    return rows


class _Path(TextField):  # type: ignore[type-arg]
    def db_type(self, connection: Any) -> str:
        return "jsonpath"


@transaction.atomic
def invite_some(pk: int) -> bool:
    """The next of a list, each as an invitation by hand would be; whether more are left. What became of them is kept
    in the same transaction, so a worker that dies repeats nobody; another worker meanwhile finds the list taken."""
    guests = (
        _lists()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("event__organisation", "begun_by")
        .filter(pk=pk, state=State.RUNNING)
        .first()
    )
    if guests is None:
        return False
    if over := _over(guests):
        return _end_early(guests, over)
    tickets = {ticket.pk: ticket for ticket in guests.event.tickets.all()}
    with _in_the_name_of_who_began_it(guests):
        outcomes = [[row["line"], *_invite(guests, row, tickets)] for row in _next_of(guests)]
    GuestBatch.objects.create(guests=guests, outcomes=outcomes)
    guests.done += len(outcomes)
    guests.invited += sum(code == "invited" for _line, code, _words in outcomes)
    guests.known += sum(code == "known" for _line, code, _words in outcomes)
    guests.touched_at = clock.now()
    if guests.done >= guests.people or not outcomes:
        guests.state = State.DONE
    guests.save(update_fields=["done", "invited", "known", "touched_at", "state"])
    return guests.state == State.RUNNING


def _over(guests: GuestList) -> tuple[str, list[Any]] | None:
    """Why nobody of the rest is invited any more: a code, and words for whoever reads the report."""
    event, by = guests.event, guests.begun_by
    if by is None:
        return "guests.nobody", kept(_("Whoever had these people invited has no account any more."))
    if not Event.objects.run_by(by).filter(pk=event.pk).exists():
        return "guests.left", kept(_("Whoever had these people invited does not run the event any more."))
    if event.ends_at <= clock.now() or event.state in (Event.State.ENDED, Event.State.ARCHIVED):
        return "registration.over", kept(_("The event is over."))
    return None


def _end_early(guests: GuestList, over: tuple[str, list[Any]]) -> bool:
    """Nobody of the rest is invited; the report says why, line by line."""
    rest = guests.rows[guests.done :]
    GuestBatch.objects.create(guests=guests, outcomes=[[row["line"], *over] for row in rest])
    guests.done, guests.touched_at, guests.state = guests.people, clock.now(), State.DONE
    guests.save(update_fields=["done", "touched_at", "state"])
    return False


@contextmanager
def _in_the_name_of_who_began_it(guests: GuestList) -> Iterator[None]:
    """On record is each place that is given, as if it were given by hand, and all of a list as one act. The list itself
    is not: at every step it would be written down whole."""
    by = guests.begun_by
    who = by.email if by else str(_("Somebody whose account is gone"))
    with audit.acting(door=guests.door, who=who, who_id=guests.begun_by_id, place=guests.name) as act:
        act.id = uuid.uuid5(uuid.NAMESPACE_OID, f"guests/{guests.pk}")
        yield


def _invite(guests: GuestList, row: Mapping[str, Any], tickets: Mapping[int, TicketKind]) -> tuple[str, list[Any]]:
    has_place = Registration.objects.confirmed().filter(event=guests.event, user__email=row["email"])
    if has_place.exists():
        return "known", []
    about = {name: row[name] for name in ("email", "name", "company", "title")}
    language = guests.begun_by.language if guests.begun_by else ""
    with translation.override(language or guests.event.default_language):
        if row["ticket"] is not None and row["ticket"] not in tickets:
            return "registration.ticket", kept(_("Its ticket was deleted since the file was read."))
        try:
            with transaction.atomic():
                registering.invite(guests.event, terms=Terms(tickets.get(row["ticket"])), by=guests.begun_by, **about)
        except Refused as refused:
            return refused.code, kept(refused.words, refused.values)
        except Exception:
            logger.exception("Line %s of guest list %s could not be invited.", row["line"], guests.pk)
            return "failed", kept(_("That did not work, and it is our fault. Invite this person by hand."))
    return "invited", []
