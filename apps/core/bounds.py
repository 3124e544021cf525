"""How many rows of a kind one owner may have: every list that organisers make longer has an end."""

from typing import Any

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused

FULL = _("%(things)s: up to %(most)s, and so many are there. Delete some that nobody needs any more.")


def check_room(rows: QuerySet[Any], *, most: int, code: str, more: int = 1, field: str | None = None) -> None:
    """Raises Refused where these `rows` and so many `more` are too many. Whoever calls holds what the rows belong to,
    so that two at once are counted."""
    if more and rows.count() + more > most:
        things = capfirst(rows.model._meta.verbose_name_plural)
        raise Refused(code, FULL, values={"things": things, "most": most}, field=field)
