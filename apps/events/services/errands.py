"""Bulk actions for many: kept as an errand, and done by workers some people at a time."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events.models import Errand, Event, Registration
from apps.events.services import deciding, links

logger = logging.getLogger(__name__)

DO = "events.do_errand"
AT_ONCE = 20
MOST = 50_000
MOST_REFUSED = 500
"""Of those for whom it could not be done, how many are named."""
STALLED = timedelta(minutes=2)
Deed = Errand.Deed


@transaction.atomic
def begin_errand(event: Event, *, deed: str, rows: Iterable[int], by: User, reason: str = "") -> Errand:
    """`rows`: ids of registrations of this event, in the order in which they have their turn."""
    rows = list(rows)
    if len(rows) > MOST:
        raise Refused(
            "errand.too_many",
            _("Up to %(most)s people at once. Choose fewer, by a ticket or a day; nothing was done."),
            values={"most": MOST},
        )
    errand = Errand.objects.create(
        event=event, deed=Deed(deed), rows=rows, count=len(rows), by=by, reason=" ".join(reason.split())[:500]
    )
    transaction.on_commit(lambda: _enqueue(errand.pk))
    return errand


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
    ids = errand.rows[errand.at_row :][:AT_ONCE]
    found = Registration.objects.filter(event=errand.event_id, pk__in=ids).select_related("event", "user", "ticket")
    by_id = {registration.pk: registration for registration in found}
    language = errand.by.language if errand.by else ""
    with translation.override(language or errand.event.default_language):
        for row in ids:
            _do_one(errand, row, by_id.get(row))
    errand.at_row += len(ids)
    errand.touched_at = clock.now()
    if errand.at_row >= len(errand.rows):
        errand.state = Errand.State.DONE
    errand.save(update_fields=["at_row", "done", "refused", "touched_at", "state"])
    return errand.state == Errand.State.RUNNING


def _do_one(errand: Errand, row: int, registration: Registration | None) -> None:
    if registration is None:
        return  # deleted since
    try:
        with transaction.atomic():
            _do(errand, registration)
    except Refused as refused:
        _leave_out(errand, row, refused.code, str(refused.message))
    except Exception:
        logger.exception("Registration %s of errand %s could not be dealt with.", row, errand.pk)
        _leave_out(errand, row, "failed", str(_("That did not work, and it is our fault. Do it by hand.")))
    else:
        errand.done += 1


def _do(errand: Errand, registration: Registration) -> None:
    if errand.by is None:
        raise Refused("errand.nobody", _("Whoever asked for this has no account any more."))
    match errand.deed:
        case Deed.APPROVE:
            deciding.approve(registration, by=errand.by)
        case Deed.DECLINE:
            deciding.decline(registration, by=errand.by, reason=errand.reason)
        case Deed.RECONSIDER:
            deciding.reconsider(registration)
        case Deed.SEND_LINKS:
            links.send_link_again(registration)
        case Deed.REVOKE_LINKS:
            links.revoke_links(registration)


def _leave_out(errand: Errand, row: int, code: str, words: str) -> None:
    if len(errand.refused) < MOST_REFUSED:
        errand.refused.append([row, code, words])
