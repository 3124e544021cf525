"""People who are named with an @ in what is said: found by their whole name, and told of it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models.functions import Lower

from apps.accounts.models import User
from apps.chat import broadcasts, selectors
from apps.chat.models import Mention, Message, Room
from apps.core import clock
from apps.live import publish

MOST_NAMED = 10
"""Of a message: whoever writes more @ than that is heard for the first."""
LONGEST_NAME = 120
MOST_LOOKED_AT = 600
FIELDS = ("pk", "name", "is_active", "is_superuser", "has_second_factor")
END_OF_WORD = re.compile(r"(?<=\S)(?!\w)")


def name_people(messages: Sequence[Message]) -> None:
    """Writes into each draft whom it names: who may read in the room, and whose whole name stands after an @."""
    for message in messages:
        message.extras = {key: value for key, value in message.extras.items() if key != "mentions"}
    by_room: dict[Room, list[tuple[Message, list[list[str]]]]] = defaultdict(list)
    for message in messages:
        if "@" in message.text:
            by_room[message.room].append((message, _candidates(message.text)))
    for room, ours in by_room.items():
        people = _called(room, {name for _message, places in ours for names in places for name in names})
        for message, places in ours:
            named = {person.pk: person for names in places for person in _longest(names, people)}
            if named:
                message.extras["mentions"] = [
                    {"id": person.pk, "name": person.name} for person in list(named.values())[:MOST_NAMED]
                ]


def _candidates(text: str) -> list[list[str]]:
    """What each @ may name: all that ends with a word, the longest first, as it is compared."""
    places = []
    for before in re.finditer("@", text):
        rest = text[before.end() : before.end() + LONGEST_NAME + 1]
        ends = (end.start() for end in END_OF_WORD.finditer(rest))
        names = [rest[:end].lower() for end in ends if end <= LONGEST_NAME]
        if names:
            places.append(names[::-1])
        if len(places) == MOST_NAMED:
            break
    return places


def _called(room: Room, names: set[str]) -> dict[str, list[User]]:
    """By their names as they are compared: who may read in the room and is called so."""
    found: dict[str, list[User]] = defaultdict(list)
    # Most @ name nobody. An index of names tells that; who takes part is the dear question.
    if names and User.objects.alias(called=Lower("name")).filter(called__in=names).count():
        people = selectors.people_of_room(room, room.event).alias(called=Lower("name")).filter(called__in=names)
        known = list(people.distinct().only(*FIELDS).order_by("pk")[:MOST_LOOKED_AT])
        for person in selectors.who_may_read(room, room.event, known):
            found[person.name.lower()].append(person)
    return found


def _longest(names: Sequence[str], people: dict[str, list[User]]) -> list[User]:
    """“@Ana Sousa” names Ana Sousa, and not whoever is just called Ana."""
    return next((people[name] for name in names if name in people), [])


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


def forget(message: Message) -> None:
    """Other words: whom they name no longer, and who has not looked, has nothing to look for."""
    named = [person["id"] for person in message.extras.get("mentions", ())]
    unseen = Mention.objects.filter(message=message, seen_at=None).exclude(user__in=named)
    gone = list(unseen.values_list("user", flat=True))
    unseen.delete()
    for user_id in gone:
        publish.state(message.room.event_id, broadcasts.mentions_topic(user_id))


def let_go(room: Room, people: Iterable[int]) -> None:
    """They read no more here: where they were named is no news to them, and their pages count it no longer."""
    unseen = Mention.objects.filter(message__room=room, user__in=list(people), seen_at=None)
    gone = set(unseen.order_by().values_list("user", flat=True))
    unseen.update(seen_at=clock.now())
    for user_id in gone:
        publish.state(room.event_id, broadcasts.mentions_topic(user_id))


def place_shuts(event_id: int, owners: Collection[str], *, people: Collection[int] | None = None) -> None:
    """These places let in fewer than before (of these people, where they are named): for whoever was named there and
    may not read it now, nothing is new there any more."""
    unseen = Mention.objects.filter(message__room__event=event_id, message__room__owner__in=owners, seen_at=None)
    if people is not None:
        unseen = unseen.filter(user__in=list(people))
    by_room: dict[int, set[int]] = defaultdict(set)
    for room_id, user_id in unseen.order_by("pk").values_list("message__room", "user")[:MOST_LOOKED_AT]:
        by_room[room_id].add(user_id)
    for room in Room.objects.filter(pk__in=by_room).select_related("event"):
        named = list(User.objects.filter(pk__in=by_room[room.pk]))
        still = {person.pk for person in selectors.who_may_read(room, room.event, named)}
        let_go(room, by_room[room.pk] - still)
