"""Which links bring people: a link says `?ref=newsletter`, and who registers by it is counted under that label."""

import re
from typing import Any

from django.db.models import Count, QuerySet

from apps.events.models import Registration
from apps.events.models.registration import MOST_SOURCE

LABEL = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MOST_SOURCE - 1}}}")
MOST_LABELS = 60


def label(text: str) -> str:
    """The label in small letters; "" where it is none, so that a strange link refuses nobody."""
    said = text.strip()
    return said.lower() if LABEL.fullmatch(said) else ""


def counted(registrations: QuerySet[Registration]) -> list[tuple[str, int]]:
    """Labels, and how many came by each; those of most people first."""
    rows: Any = registrations.order_by().exclude(source="").values_list("source").annotate(people=Count("pk"))
    return list(rows.order_by("-people", "source")[:MOST_LABELS])
