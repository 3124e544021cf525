"""Who may do what at a booth."""

from django.utils.translation import gettext_lazy as _

from apps.core.access import May, may
from apps.core.errors import Refused
from apps.exhibitors.models import Booth, BoothStaff


def other_ticket() -> Refused:
    return Refused("expo.ticket", _("Your ticket does not open the expo."), status=403)


def not_shown() -> Refused:
    return Refused("booth.unknown", _("There is no such booth in this event."), status=404)


def can_run_expo(roles: frozenset[str]) -> bool:
    return may(roles, May.RUN_EXPO)


def can_staff(booth: Booth, user_id: int | None, roles: frozenset[str]) -> bool:
    """Whether somebody may work at the booth's desk: its own people, and the organisers."""
    if can_run_expo(roles):
        return True
    return user_id is not None and BoothStaff.objects.filter(booth=booth, user_id=user_id).exists()


def can_see(booth: Booth, *, is_staff: bool) -> bool:
    return booth.is_published or is_staff
