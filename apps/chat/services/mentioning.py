"""People who are named with an @ in what is said: found by their whole name, and told of it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from apps.accounts.models import User
from apps.chat import broadcasts, selectors
from apps.chat.models import Mention, Message, Room
from apps.live import publish

MOST_NAMED = 10
MOST_LOOKED_AT = 60
BEGUN = re.compile(r"@([\w'’.-]{2,60})")


def name_people(messages: Sequence[Message]) -> None:
    """Writes into each draft whom it names: who takes part in the room, and whose whole name stands after an @."""
    naming = [message for message in messages if "@" in message.text]
    for message in messages:
        message.extras = {key: value for key, value in message.extras.items() if key != "mentions"}
    by_room: dict[Room, list[Message]] = defaultdict(list)
    for message in naming:
        by_room[message.room].append(message)
    for room, ours in by_room.items():
        people = _begun_with(room, {word for message in ours for word in BEGUN.findall(message.text)})
        for message in ours:
            named = [person for person in people if _stands_in(person.name, message.text)][:MOST_NAMED]
            if named:
                message.extras["mentions"] = [{"id": person.pk, "name": person.name} for person in named]


def _begun_with(room: Room, words: Iterable[str]) -> list[User]:
    begun = Q()
    for word in sorted(words)[:MOST_LOOKED_AT]:
        begun |= Q(name__istartswith=word.rstrip(".-'’"))
    if not begun:
        return []
    people = selectors.people_of_room(room, room.event).filter(begun).distinct()
    return list(people.only("pk", "name").order_by("pk")[: MOST_NAMED * MOST_LOOKED_AT])


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"@{re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def keep(messages: Iterable[Message]) -> None:
    """Once they are stored and shown: notes who is named, and tells them. Somebody is told once of a message."""
    rows = [
        Mention(message=message, user_id=person["id"])
        for message in messages
        if message.seq is not None
        for person in message.extras.get("mentions", ())
        if person["id"] != message.author_id
    ]
    if not rows:
        return
    Mention.objects.bulk_create(rows, ignore_conflicts=True)
    for event_id, user_id in {(row.message.room.event_id, row.user_id) for row in rows}:
        publish.state(event_id, broadcasts.mentions_topic(user_id))
