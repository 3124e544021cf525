"""Moments that people may write: what lies beyond them cannot be told in every zone, and is a slip of the hand."""

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


OUT_OF_REACH = _("Choose a day between 1970 and 2199.")


def validate_moment(value: datetime) -> None:
    if not EARLIEST <= value < LATEST:
        raise ValidationError(OUT_OF_REACH, code="out_of_reach")


def in_reach(*fields: str, name: str) -> CheckConstraint:
    """The same as a rule of the database, for whatever writes the row; a field that is empty is in order."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__gte": EARLIEST, f"{field}__lt": LATEST})
    return CheckConstraint(
        condition=condition,
        name=name,
        violation_error_message=OUT_OF_REACH,
        violation_error_code="out_of_reach",
    )
