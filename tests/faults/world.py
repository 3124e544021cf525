"""The world of the drills: one event with a session, its conversation and a poll, another event, and their people."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apps.accounts.models import User
from apps.chat import services as chat
from apps.chat.models import Message, Room
from apps.core import clock
from apps.core.errors import Refused
from apps.events.models import Event, Registration
from apps.live import tickets, wire
from apps.live.registry import PARAMETER, LogTopic, StateTopic, name_of, registry, resolve
from apps.polls.models import Answer, Poll
from apps.questions import services as questions
from tests.factories.events import EventFactory, OrganisationFactory
from tests.factories.polls import OptionFactory, PollFactory
from tests.factories.tracks import SessionFactory

ATTENDEE = frozenset({"attendee"})
MODERATOR = frozenset({"attendee", "moderator"})
MOST_ROWS = 100_000
MOST_A_WRITE = 1000


@dataclass(frozen=True)
class World:
    event: Event
    other: Event
    session: int
    room: Room
    quiet_room: Room
    poll: Poll
    options: list[int]
    people: list[User]
    voters: list[User]
    """They come for the stampedes alone."""
    strangers: list[User]

    @property
    def chat_topic(self) -> str:
        return f"chat/{self.room.pk}"

    @property
    def quiet_topic(self) -> str:
        return f"chat/{self.quiet_room.pk}"

    @property
    def staff_topic(self) -> str:
        return f"poll/{self.poll.pk}/staff"

    @property
    def topics(self) -> list[str]:
        """What an attendee's session page listens to."""
        return [
            *self.logs,
            f"chat/{self.room.pk}/marks",
            f"reactions/{self.room.pk}",
            f"session/{self.session}/stage",
            f"session/{self.session}/people",
            f"session/{self.session}/polls",
            f"session/{self.session}/questions/standing",
            f"poll/{self.poll.pk}/turnout",
            f"poll/{self.poll.pk}/results",
        ]

    @property
    def logs(self) -> list[str]:
        return [self.chat_topic, f"session/{self.session}/questions"]

    @staticmethod
    def own(user: User) -> list[str]:
        """What only this person hears."""
        return [f"person/{user.pk}/chat", f"person/{user.pk}/mentions"]

    @property
    def foreign(self) -> list[str]:
        """Every registered topic of something in this event, whose people alone may hear it."""
        things = {
            "room_id": self.room.pk,
            "session_id": self.session,
            "poll_id": self.poll.pk,
            "number": self.poll.round,
            "user_id": self.people[0].pk,
        }
        topics = [topic for topic in registry.topics() if needed(topic) and needed(topic) <= things.keys()]
        named = [name_of(type(topic), **things) for topic in topics]
        return [*named, self.quiet_topic]

    def ticket(self, user: User, *, event: Event | None = None, roles: frozenset[str] = ATTENDEE) -> str:
        """As a page would issue it. Who is revoked is nobody of the crowd, for whom the epoch from the beginning is
        good."""
        event = event or self.event
        return tickets.issue(event_id=event.pk, user_id=user.pk, name=user.name, roles=roles, epoch=event.live_epoch)


def needed(topic: LogTopic | StateTopic) -> set[str]:
    """What a topic's name tells apart."""
    return {name for name, _kind in PARAMETER.findall(topic.pattern)}


def make(people: int, voters: int) -> World:
    organisation = OrganisationFactory()
    begun = clock.now() - timedelta(minutes=10)
    event, other = (
        EventFactory(organisation=organisation, slug=slug, name=slug.title(), starts_at=begun, state=Event.State.LIVE)
        for slug in ("drill", "elsewhere")
    )
    session = SessionFactory(event=event, starts_at=begun, ends_at=begun + timedelta(hours=6))
    # Anybody may ask at any moment: one who is picked twice is no fault of the platform.
    questions.set_rules(session, wait_seconds=0)
    room = chat.room_for(event, f"session/{session.pk}")
    quiet = chat.room_for(event, "lobby")
    poll = PollFactory(event=event, session=session, state=Poll.State.OPEN, results=Poll.Results.LIVE)
    options = [OptionFactory(poll=poll).pk for _number in range(3)]
    inside = join(event, "drill", people)
    more = join(event, "voter", voters)
    outside = join(other, "elsewhere", 5)
    return World(event, other, session.pk, room, quiet, poll, options, inside, more, outside)


def join(event: Event, name: str, count: int) -> list[User]:
    users = User.objects.bulk_create(
        (User(email=f"{name}{number}@example.org", name=f"{name.title()} {number}") for number in range(count)),
        batch_size=MOST_A_WRITE,
    )
    Registration.objects.bulk_create(
        (Registration(event=event, user=user, state=Registration.State.CONFIRMED) for user in users),
        batch_size=MOST_A_WRITE,
    )
    return users


def write_much(world: World, number: int) -> None:
    """A moderator's fifty long messages, in the quiet room: staff are always shown."""
    author = world.people[1]
    said = [
        chat.Saying(
            event_id=world.event.pk,
            room_id=world.quiet_room.pk,
            user_id=author.pk,
            roles=MODERATOR,
            text=f"{number} {line} " + "river " * 320,
            reply_to=None,
            command_id=f"much-{number}-{line}",
        )
        for line in range(50)
    ]
    refused = [answer for answer in chat.send_messages(said) if isinstance(answer, Refused)]
    if refused:
        raise refused[0]


# What is true, read by ourselves


def stored(room: Room) -> dict[int, tuple[str, str]]:
    """Of each message that stands in the table its words, and by whom it was removed."""
    rows = Message.objects.filter(room=room).values_list("pk", "text", "removed")
    return {message: (text, removed) for message, text, removed in rows}


def answers(poll: Poll) -> dict[int, int]:
    """By person: the option that stands."""
    return dict(Answer.objects.filter(poll=poll).values_list("user_id", "said__option"))


def log_of(event: Event, topic: str) -> list[int]:
    """All seqs of a log topic, oldest first, as a replay gives them."""
    match = resolve(topic)
    assert match is not None and isinstance(match.topic, LogTopic)
    found: list[int] = []
    after = 0
    while rows := match.topic.replay(event.pk, after=after, limit=500, **match.params):
        found += [seq for seq, _payload in rows]
        after = found[-1]
        assert len(found) < MOST_ROWS
    return found


def value_of(event: Event, topic: str) -> Any:
    """A state topic's fresh snapshot, in the wire's words."""
    return values_of(event, [topic])[0]


def values_of(event: Event, topics: list[str]) -> list[Any]:
    """The same of many topics of one kind."""
    matches = [match for match in map(resolve, topics) if match is not None]
    [kind] = {match.topic for match in matches}
    assert isinstance(kind, StateTopic)
    return [wire_words(value) for value in kind.snapshots(event.pk, [match.params for match in matches])]


def wire_words(payload: Any) -> Any:
    return json.loads(wire.encode(payload))
