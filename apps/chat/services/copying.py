"""The conversations of an event that is duplicated: their rules and the withheld words, nothing that was said."""

from operator import attrgetter

from apps.chat.models import Room, Word
from apps.events.registry.copying import Copy


def copy_rules(copy: Copy) -> None:
    """Of the places that go along, which have said so in `copy.places`; a place without a number (the lobby) is there
    in every event."""
    copy.rows(Word.objects.filter(event=copy.source), folded=attrgetter("folded"))
    rooms = Room.objects.filter(event=copy.source)
    owners = {owner: owner for owner in rooms.values_list("owner", flat=True) if "/" not in owner} | copy.places
    copy.rows(rooms.filter(owner__in=owners), owner=lambda old: owners[old.owner])
