"""Bulk actions for many: kept as an errand, and done by workers some people at a time."""

import logging
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from apps.accounts.models import User
from apps.audit import context as audit
from apps.core import clock
from apps.core.errors import Refused
from apps.core.words import kept
from apps.events import selectors
from apps.events.models import Ban, Errand, Event, EventRole, Registration
from apps.events.services import banning, cancelling, deciding, links, places

logger = logging.getLogger(__name__)

DO = "events.do_errand"
AT_ONCE = 20
MOST = 50_000
MOST_UNDER_WAY = 10
"""Of one event at the same time: their workers take turns."""
MOST_REFUSED = 500
"""Of those for whom it could not be done, how many are named."""
STALLED = timedelta(minutes=2)
Deed = Errand.Deed


@transaction.atomic
def begin_errand(event: Event, *, deed: str, rows: Iterable[int], by: User, reason: str = "") -> Errand:
    """`rows`: ids of what the deed is done to, in the order in which they have their turn. Those to whom the same is
    being done already are left out: a second click would mail them twice. Raises Refused where nobody else is among
    them, where they are too many, and while as much is under way in this event as may be."""
    selectors.check_writable(event)
    rows = list(rows)
    if len(rows) > MOST:
        raise Refused(
            "errand.too_many",
            _("Up to %(most)s people at once. Choose fewer, by a ticket or a day; nothing was done."),
            values={"most": MOST},
        )
    places.hold(event)  # of two clicks at once, one finds the other's errand
    rows = _not_yet(event, Deed(deed), rows)
    errand = Errand.objects.create(
        event=event,
        deed=Deed(deed),
        rows=rows,
        count=len(rows),
        by=by,
        reason=" ".join(reason.split())[:500],
        door=audit.door(),
    )
    transaction.on_commit(lambda: _enqueue(errand.pk))
    return errand


def _not_yet(event: Event, deed: Errand.Deed, rows: list[int]) -> list[int]:
    """Those of `rows` for whom nobody does it at this moment."""
    under_way = Errand.objects.filter(event=event, state=Errand.State.RUNNING)
    if under_way.count() >= MOST_UNDER_WAY:
        words = _("%(most)s large actions are under way in %(event)s. Begin this one when one of them is done.")
        raise Refused("errand.too_many_at_once", words, values={"most": MOST_UNDER_WAY, "event": str(event)})
    taken = {row for chosen in under_way.filter(deed=deed).values_list("rows", flat=True) for row in chosen}
    left = [row for row in rows if row not in taken]
    if rows and not left:
        words = _("This is being done for these people of %(event)s already. The list of large actions says how far.")
        raise Refused("errand.running", words, values={"event": str(event)})
    return left


def _enqueue(pk: int) -> None:
    """A broker that is away loses nothing: the sweep asks again."""
    try:
        current_app.send_task(DO, args=[pk], retry=False)
    except (OperationalError, OSError):
        logger.warning("The broker cannot be reached; errand %s waits for the sweep.", pk)


def resume_errands() -> None:
    """Asks again for errands whose worker died."""
    stalled = Errand.objects.filter(state=Errand.State.RUNNING, touched_at__lt=clock.now() - STALLED)
    for pk in stalled.order_by("pk").values_list("pk", flat=True)[:20]:
        _enqueue(pk)


def do_errand(pk: int) -> None:
    while do_some(pk):
        pass


@transaction.atomic
def do_some(pk: int) -> bool:
    """The next of an errand, each as by hand; whether more are left. How far it is, is kept in the same transaction:
    a worker that dies does nothing twice, and another one meanwhile finds the errand taken."""
    errand = (
        Errand.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("event", "by")
        .filter(pk=pk, state=Errand.State.RUNNING)
        .first()
    )
    if errand is None:
        return False
    # Before its registrations, as whoever gives a place back does: the other way round two could wait for each other.
    places.hold(errand.event)
    if errand.by is None or not Event.objects.run_by(errand.by).filter(pk=errand.event_id).exists():
        _end_early(errand)
        return False
    ids = errand.rows[errand.at_row :][:AT_ONCE]
    by_id = {thing.pk: thing for thing in chosen_by(errand, ids)}
    language = translation.override(errand.by.language or errand.event.default_language)
    with language, _in_the_name_of_who_asked(errand, errand.by):
        for row in ids:
            _do_one(errand, row, by_id.get(row), by=errand.by)
    errand.at_row += len(ids)
    errand.touched_at = clock.now()
    if errand.at_row >= len(errand.rows):
        errand.state = Errand.State.DONE
    errand.save(update_fields=["at_row", "done", "refused", "touched_at", "state"])
    return errand.state == Errand.State.RUNNING


@contextmanager
def _in_the_name_of_who_asked(errand: Errand, by: User) -> Iterator[None]:
    """On record is what becomes of each, as if it were done by hand, and all of an errand as one act."""
    with audit.acting(door=errand.door, who=by.email, who_id=by.pk, place=str(errand)) as act:
        act.id = uuid.uuid5(uuid.NAMESPACE_OID, f"errands/{errand.pk}")
        yield


def _end_early(errand: Errand) -> None:
    """Whoever asked for it has gone, or does not run the event any more: what is left of it is not done."""
    if errand.by is None:
        code, words = "errand.nobody", _("Whoever asked for this has no account any more. The rest was not done.")
    else:
        code, words = "errand.left", _("Whoever asked for this does not run the event any more. The rest was not done.")
    errand.refused.append([0, code, kept(words)])
    errand.at_row = len(errand.rows)
    errand.touched_at, errand.state = clock.now(), Errand.State.DONE
    errand.save(update_fields=["at_row", "refused", "touched_at", "state"])


def chosen_by(errand: Errand, ids: Sequence[int]) -> QuerySet[Any]:
    """Those rows of its event, whatever its deed is done to; each with its person as `user`."""
    model: Any = Registration
    if errand.deed in Errand.OF_ROLES:
        model = EventRole
    elif errand.deed in Errand.OF_BANS:
        model = Ban
    also = ("ticket",) if model is Registration else ()
    rows: QuerySet[Any] = model.objects.filter(event=errand.event_id, pk__in=ids)
    return rows.select_related("event__organisation", "user", *also)


def _do_one(errand: Errand, row: int, thing: Any, *, by: User) -> None:
    if thing is None:
        return  # deleted since
    try:
        with transaction.atomic():
            _do(errand, thing, by=by)
    except Refused as refused:
        _leave_out(errand, row, refused.code, kept(refused.words, refused.values))
    except Exception:
        logger.exception("Row %s of errand %s could not be dealt with.", row, errand.pk)
        _leave_out(errand, row, "failed", kept(_("That did not work, and it is our fault. Do it by hand.")))
    else:
        errand.done += 1


def _do(errand: Errand, thing: Any, *, by: User) -> None:
    registration = thing
    match errand.deed:
        case Deed.MAIL_ROLES:
            links.mail_role_link(thing)
        case Deed.END_ROLES:
            links.revoke_links(thing)
        case Deed.LIFT_BANS:
            banning.lift_ban(thing.event, user=thing.user, by=by)
        case Deed.APPROVE:
            deciding.approve(registration, by=by)
        case Deed.DECLINE:
            deciding.decline(registration, by=by, reason=errand.reason)
        case Deed.RECONSIDER:
            deciding.reconsider(registration)
        case Deed.CANCEL:
            cancelling.cancel_place(registration, reason=errand.reason)
        case Deed.SEND_LINKS:
            links.send_link_again(registration)
        case Deed.REVOKE_LINKS:
            links.revoke_links(registration)


def _leave_out(errand: Errand, row: int, code: str, words: list[Any]) -> None:
    if len(errand.refused) < MOST_REFUSED:
        errand.refused.append([row, code, words])
