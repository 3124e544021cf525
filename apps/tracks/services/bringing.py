"""Speakers that an organiser brings as a table: all of one, or none of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import services as events
from apps.events.models import Event, EventRole
from apps.tracks.models import Speaker
from apps.tracks.services.bounds import check_agenda_room
from apps.tracks.services.editing import agenda_edited, hold_events
from apps.tracks.services.slugs import Slugs

MOST_SLUG = 120
MOST_MAILED = 200
Row = Mapping[str, Any]


@transaction.atomic
def bring_speakers(event: Event, rows: Sequence[Row]) -> int:
    """`rows`: name, what_they_do, biography (clean HTML), and if wanted email and invite. Raises Refused where a name
    was taken meanwhile, where they are too many, and where somebody cannot be invited."""
    if sum(bool(row.get("invite")) for row in rows) > MOST_MAILED:
        words = _("Up to %(most)s speakers of a file are invited at once. Bring the others in, and invite them after.")
        raise Refused("speaker.too_many", words, values={"most": MOST_MAILED}, field="file")
    people = _people(event, rows)  # before the event is held: whoever registers comes in this order, too
    events.hold_people(people.values())
    hold_events([event.pk])
    there = list(event.speakers.values_list("name", "slug"))
    names = {name.casefold() for name, _slug in there}
    if any(row["name"].casefold() in names for row in rows):
        raise Refused("speaker.taken", _("Somebody added one of these speakers at this moment. Read the file again."))
    check_agenda_room(Speaker, event.pk, more=len(rows), field="file")
    slugs = Slugs((slug for _name, slug in there), most=MOST_SLUG)
    made = Speaker.objects.bulk_create(
        Speaker(
            event=event,
            user=people.get(row["name"]),
            name=row["name"],
            slug=slugs.new(row["name"], "speaker"),
            title=row["what_they_do"],
            biography=row["biography"],
        )
        for row in rows
    )
    for row in rows:
        if row.get("invite"):
            _invite(event, row, people[row["name"]])
    agenda_edited(event_id=event.pk)
    return len(made)


def _people(event: Event, rows: Sequence[Row]) -> dict[str, User]:
    """By the names of those who have an address."""
    known = sorted((row["email"], row["name"]) for row in rows if row.get("email"))
    return {name: events.find_by_address(event.organisation, email=email, name=name[:120]) for email, name in known}


def _invite(event: Event, row: Row, user: User) -> None:
    try:
        events.invite_with_role(event, user=user, role=EventRole.Role.SPEAKER)
    except Refused as refused:
        words = {"name": row["name"], "message": refused.message}
        raise Refused(refused.code, _("%(name)s: %(message)s"), values=words, field="file") from refused
