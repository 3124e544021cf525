"""Invitation codes: one that the organiser writes, or many that nobody can guess."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events.models import Event, InvitationCode
from apps.events.services.places import hold_ticket

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look like others."""
LENGTH = 10
MOST_AT_ONCE = 5000
MOST_CODES = 100_000
"""Of one event, ended ones too: as many as anybody gives away, and few enough to look through."""
TRIES = 3


@transaction.atomic
def make_codes(pattern: InvitationCode, *, count: int = 1, by: User | None = None) -> list[InvitationCode]:
    """As many as wanted, like `pattern`; with its own word where it has one, else with words of their own. Raises
    Refused where the word is taken."""
    if not 1 <= count <= MOST_AT_ONCE:
        words = _("Between 1 and %(most)s codes can be made at once.")
        raise Refused("code.count", words, values={"most": MOST_AT_ONCE}, field="count")
    if pattern.code and count > 1:
        raise Refused("code.one_word", _("One word is one code. Leave it empty to make many."), field="code")
    check_ticket(pattern)
    check_number(pattern.event_id, count)
    hold_ticket(pattern.ticket)
    for _attempt in range(TRIES):
        try:
            with transaction.atomic():
                return InvitationCode.objects.bulk_create(_codes(pattern, count, by))
        except IntegrityError:
            if pattern.code:
                raise Refused("code.taken", _("This code exists already."), field="code") from None
    raise Refused("code.unlucky", _("That did not work out. Try again."))


def check_number(event_id: int, count: int) -> None:
    """Raises Refused where so many more would be too many. Who makes some at the same moment has their turn after."""
    hold_row(Event(pk=event_id), gone="event.gone")
    if InvitationCode.objects.filter(event=event_id).count() + count > MOST_CODES:
        words = _("An event has up to %(most)s codes, ended ones too. Unused ones can be deleted.")
        raise Refused("code.too_many", words, values={"most": MOST_CODES})


def _codes(pattern: InvitationCode, count: int, by: User | None) -> list[InvitationCode]:
    return [
        InvitationCode(
            event_id=pattern.event_id,
            code=pattern.code or get_random_string(LENGTH, LETTERS),
            ticket_id=pattern.ticket_id,
            uses=pattern.uses,
            lets_in=pattern.lets_in,
            expires_at=pattern.expires_at,
            note=pattern.note,
            by=by,
        )
        for _number in range(count)
    ]


@transaction.atomic
def change_code(code: InvitationCode, *, changed: Collection[str], ended: bool | None = None) -> None:
    """Keeps what was changed, and whether it shall have `ended`, where that is said. Raises Refused where it was used
    more often than it shall work, and where it was deleted. A use that is counted meanwhile stays counted."""
    check_ticket(code)
    if "ticket" in changed:
        hold_ticket(code.ticket)  # before its codes, as whoever deletes it
    held = hold_row(code, gone="code.gone")
    if "uses" in changed and code.uses is not None and code.uses < held.used:
        raise Refused("code.overused", _("It was used more often than that already."), field="uses")
    if ended is not None and ended == (held.revoked_at is None):
        code.revoked_at, changed = clock.now() if ended else None, {*changed, "revoked_at"}
    code.save(update_fields={*changed})


@transaction.atomic
def remove_code(code: InvitationCode) -> None:
    """Deletes it for good. Raises Refused where somebody used it, or does at this moment: it is ended then."""
    held = InvitationCode.objects.select_for_update().filter(pk=code.pk).first()
    if held is None:
        return
    if held.used:
        raise Refused("code.used", _("Somebody used this code, so it stays. End it, and it lets nobody in any more."))
    held.delete()


def check_ticket(code: InvitationCode) -> None:
    if code.ticket is not None and code.ticket.event_id != code.event_id:
        raise Refused("registration.ticket", _("This is a ticket of another event."), field="ticket", status=400)
