"""Putting somebody out of an event, and letting them back in."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock, sealing
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events import permissions, signals
from apps.events.models import Ban, Event, KeptBan
from apps.events.services.people import hold_people
from apps.live import publish

MARK = "events.ban"


@transaction.atomic
def ban(event: Event, *, user: User, by: User | None, reason: str = "") -> Ban:
    """Closes the event to a person: what they have open ends within seconds, their links open nothing.

    Asked twice, the ban that stands is answered.
    """
    hold_people([user])
    hold_row(event, gone="event.gone")  # of a role that is given and a ban at once, the second sees the first
    if user.is_superuser or not permissions.can_be_banned(permissions.granted_roles(user, event)):
        raise Refused(
            "ban.staff", _("This person runs the event with you. Take their role away first, then try again.")
        )
    made, is_new = Ban.objects.get_or_create(
        event=event, user=user, lifted_at=None, defaults={"by": by, "reason": reason[:300]}
    )
    if is_new:
        publish.revoke(event.pk, user.pk)
        signals.banned.send(sender=Ban, event=event, user=user)
    return made


@transaction.atomic
def lift_ban(event: Event, *, user: User, by: User | None) -> bool:
    """Opens the event to them again, with the place and the roles that they had. False where no ban stands."""
    standing = Ban.objects.standing().filter(event=event, user=user)
    lifted = bool(standing.update(lifted_at=clock.now(), lifted_by=by))
    if lifted:
        publish.revoke(event.pk, user.pk)
    return lifted


def keep_bans(user: User) -> None:
    """Their account ends, their bans do not: what stands is kept for whoever comes with the same address."""
    mark = sealing.mark(user.email, purpose=MARK)
    events = Ban.objects.standing().filter(user=user).values_list("event_id", flat=True)
    KeptBan.objects.bulk_create((KeptBan(event_id=pk, mark=mark) for pk in events), ignore_conflicts=True)


def restore_bans(user: User) -> None:
    """Of somebody new: what was kept of an account with this address stands again, and can be lifted like any ban."""
    kept = list(KeptBan.objects.filter(mark__in=sealing.marks(user.email, purpose=MARK)))
    if not kept:  # nearly everybody who registers
        return
    with transaction.atomic():
        for row in kept:
            with translation.override(row.event.default_language):
                reason = gettext("They deleted their account while they were banned.")
            Ban.objects.get_or_create(event=row.event, user=user, lifted_at=None, defaults={"reason": reason[:300]})
        KeptBan.objects.filter(pk__in=[row.pk for row in kept]).delete()
