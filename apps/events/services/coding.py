"""Invitation codes: one that the organiser writes, or many that nobody can guess."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events.models import Event, InvitationCode

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
        raise Refused("code.count", _("Between 1 and 5000 codes can be made at once."), field="count")
    if pattern.code and count > 1:
        raise Refused("code.one_word", _("One word is one code. Leave it empty to make many."), field="code")
    check_ticket(pattern)
    check_number(pattern.event_id, count)
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
    Event.objects.select_for_update(no_key=True).get(pk=event_id)
    if InvitationCode.objects.filter(event=event_id).count() + count > MOST_CODES:
        words = _("An event has up to %(most)s codes. Delete some that nobody has used.")
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
def change_code(code: InvitationCode, *, changed: Collection[str]) -> None:
    """Raises Refused where it was used more often than it shall work. A use that is counted meanwhile stays counted."""
    check_ticket(code)
    held = InvitationCode.objects.select_for_update(no_key=True).filter(pk=code.pk).first()
    if held is None:
        raise Refused("code.gone", _("Somebody deleted it at this moment."), status=404)
    if "uses" in changed and code.uses is not None and code.uses < held.used:
        raise Refused("code.overused", _("It was used more often than that already."), field="uses")
    code.save(update_fields={*changed})


def check_ticket(code: InvitationCode) -> None:
    if code.ticket is not None and code.ticket.event_id != code.event_id:
        raise Refused("registration.ticket", _("This is a ticket of another event."), field="ticket", status=400)
