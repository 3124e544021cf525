"""Reads of an event's registrations, as its organisers may know them."""

from django.db.models import Q, QuerySet

from apps.events.models import Event, Registration
from apps.events.selectors import sources
from apps.events.selectors.events import as_known
from apps.events.selectors.owing import owes_answers


def registrations_where(
    event: Event,
    *,
    state: str = "",
    ticket: int | None = None,
    source: str = "",
    came: bool | None = None,
    answered: bool | None = None,
    q: str = "",
) -> QuerySet[Registration]:
    """Each as the organisation knows its person (`as_known`). By words is found what it may know of them, and by a
    whole address whoever it is of. Empty values let everything through."""
    rows = Registration.objects.filter(event=event).select_related("event", "user", "ticket", "code", "by")
    if state:
        rows = rows.filter(state=state)
    if ticket is not None:
        rows = rows.filter(ticket=ticket)
    if source:
        label = sources.label(source)
        rows = rows.filter(source=label) if label else rows.none()
    if came is not None:
        rows = rows.filter(joined_at__isnull=not came)
    if answered is not None:
        held = rows.filter(state=Registration.State.CONFIRMED)
        rows = held.filter(~owes_answers() if answered else owes_answers())
    known = as_known(rows, "event__organisation")
    words = q.strip()
    if words:
        typed = Q(known_name__icontains=words) | Q(known_company__icontains=words) | Q(user__email__iexact=words)
        known = known.filter(typed)
    return known
