"""Speakers that an organiser brings as a table: all of one, or none of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events.models import Event
from apps.tracks.models import Speaker
from apps.tracks.services.editing import agenda_edited, hold_events
from apps.tracks.services.slugs import Slugs

MOST_SLUG = 120


@transaction.atomic
def bring_speakers(event: Event, rows: Sequence[Mapping[str, Any]]) -> int:
    """`rows`: name, what_they_do, biography (clean HTML). Raises Refused where a name was taken meanwhile."""
    hold_events([event.pk])
    there = list(event.speakers.values_list("name", "slug"))
    names = {name.casefold() for name, _slug in there}
    if any(row["name"].casefold() in names for row in rows):
        raise Refused("speaker.taken", _("Somebody added one of these speakers at this moment. Read the file again."))
    slugs = Slugs((slug for _name, slug in there), most=MOST_SLUG)
    made = Speaker.objects.bulk_create(
        Speaker(
            event=event,
            name=row["name"],
            slug=slugs.new(row["name"], "speaker"),
            title=row["what_they_do"],
            biography=row["biography"],
        )
        for row in rows
    )
    agenda_edited(event_id=event.pk)
    return len(made)
