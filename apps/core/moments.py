"""Moments that people may write: what lies beyond them cannot be told in every zone, and is a slip of the hand."""

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def validate_moment(value: datetime) -> None:
    if not EARLIEST <= value < LATEST:
        raise ValidationError(_("Choose a day between 1970 and 2199."), code="out_of_reach")
