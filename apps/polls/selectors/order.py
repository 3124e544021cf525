"""In which order polls stand in lists: decided before a list is cut, so that what is open is never among the rest."""

from datetime import datetime

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import OrderBy

from apps.polls.models import Poll


def is_on(now: datetime) -> Q:
    """As `Poll.is_on_at` has it."""
    return Q(state=Poll.State.OPEN) & (Q(closes_at__isnull=True) | Q(closes_at__gt=now))


def open_first(now: datetime) -> tuple[OrderBy, ...]:
    """For those who are asked: open ones, then the latest."""
    place = Case(When(is_on(now), then=Value(0)), default=Value(1), output_field=IntegerField())
    return place.asc(), F("opened_at").desc(nulls_last=True), F("pk").desc()


def to_run(now: datetime) -> tuple[OrderBy, ...]:
    """For those who run them: open ones, then what waits, then the latest closed."""
    place = Case(
        When(is_on(now), then=Value(0)),
        When(state=Poll.State.SCHEDULED, then=Value(1)),
        When(state=Poll.State.DRAFT, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return place.asc(), F("opened_at").desc(nulls_last=True), F("pk").asc()
