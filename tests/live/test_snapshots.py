"""Snapshot before + broadcasts = fresh snapshot, for every topic that any room registers.

Random commands by random people, through the registered commands themselves, and what is done beside them at desks and
by forms (`deeds`). A reader holds of each state topic what the engine would have published last; after every step that
must equal a fresh snapshot. Of each log topic, what was published must be what a replay gives: the same numbers, in the
order in which they were told, and the same words.

What there is to do is dealt like packs of cards, into hands of which each is played in a world of its own: every
command and every deed has its turn, and is done at least once (of one that is always refused this would say nothing).
The dice are the same in every run, unless SNAPSHOTS_SEED says otherwise: another seed plays other neighbours.
"""

import itertools
import os
import random
from contextlib import suppress
from datetime import timedelta
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from apps.chat import services as chat
from apps.chat.models import Act, Message, Room
from apps.core.errors import Refused
from apps.events.models import TicketKind
from apps.exhibitors.models import Booth
from apps.live import outbox, registry, seq, wire
from apps.live.registry import Call, LogTopic, StateTopic, Who, name_of, resolve
from apps.media.models import Asset, Stream, Transcript
from apps.media.selectors import watch_mark
from apps.media.services import glimpses
from apps.polls.models import Option, Poll
from apps.questions.models import Question
from apps.quizzes.models import Game
from apps.quizzes.services import running
from apps.tracks.models import Session
from tests.access import world as worlds
from tests.factories.events import EventFactory
from tests.factories.media import TranscodeJobFactory
from tests.factories.polls import OptionFactory
from tests.live import deeds

SEED = int(os.environ.get("SNAPSHOTS_SEED", "1"))
SHARES, HANDS, PACKS = 2, 3, 1
"""Into how many tests the hands go, how many hands each of them plays, and of how many packs."""
ATTEMPTS = 100
"""Each of which costs a few queries, where a look at everything afterwards costs hundreds."""
MOST_ROWS = 1000
NOWHERE = 2**40
pytestmark = pytest.mark.django_db

THINGS = {
    "room": Room.objects,
    "message": Message.objects,
    "act": Act.objects,
    "poll": Poll.objects,
    "option": Option.objects,
    "question": Question.objects,
    "session": Session.objects,
    "ticket": TicketKind.objects,
    "booth": Booth.objects,
    "asset": Asset.objects,
    "transcript": Transcript.objects,
    "stream": Stream.objects,
    "game": Game.objects,
}
"""What ids in bodies and in topics' names mean: `room`, `reply_to` apart, and `room_id`."""
EVENT_OF = {"message": "room__event", "option": "poll__event", "question": "board__event", "game": "quiz__event"}
ALSO = {"reply_to": "message", "after": "question", "user": "person"}
NEWEST = 6
NUMBERS = {"number": [1, 2, 3], "position": [0, 1, 2]}
"""The rounds of a poll that is reset now and then, in a topic's name; the questions of a quiz."""
FIRST = {
    "chat.decide": ["held"],
    "chat.edit": ["chat.send"],
    "chat.mark": ["chat.send"],
    "chat.remove": ["chat.send"],
    "chat.remove_many": ["chat.send"],
    "chat.report": ["chat.send"],
    "chat.settle": ["chat.send", "chat.report"],
    "poll lock": ["poll open"],
    "poll open": ["poll close"],
    "poll unlock": ["poll lock"],
    "question split": ["question.ask", "questions merged"],
    "question.withdraw": ["question.ask"],
    "questions merged": ["question.ask"],
    "quiz.answer": ["quiz asked"],
    "removed many": ["chat.send"],
}
"""What must have been done before where nothing else has made these possible."""
WORDS = {"said": [[1], [2], [2, 1], "1"], "closes_at": ["2026-01-01T00:00:00Z"]}
"""What is said to a question of a quiz, of which few things are an answer; when somebody saw it close, long ago."""


class Play:
    """An event in which something happens, and the dice."""

    def __init__(self, dice):
        self.dice = dice
        self.event = EventFactory()
        self.world = worlds.build(self.event)
        self.world.add(OptionFactory(poll=self.thing("polls.poll")))
        TranscodeJobFactory(asset=self.thing("media.asset"))
        room = self.thing("chat.room")
        # So that there are messages which only their authors see.
        chat.set_rules(room, user_id=None, display_rate=1)
        self.people = [*self.world.people.values(), self.event.chat_sanctions.get().user]
        self.cast = [self.who(person) for person in self.world.people.values()]

    def who(self, person):
        role = next((role for role, user in self.world.people.items() if user == person), "attendee")
        more = {"organiser": {"moderator"}}.get(role, set())
        return Who(person.pk, self.event.pk, person.name, frozenset({"attendee", role} | more), 1)

    def choose(self, those):
        return self.dice.choice(list(those))

    def thing(self, label):
        return next(row for model, row in self.world.things.items() if model._meta.label_lower == label)

    def person(self):
        return self.choose(self.people)

    def group(self):
        return deeds.newest_group(self)

    def moderator(self):
        return chat.Actor(self.event.pk, self.world.people["moderator"].pk, frozenset({"attendee", "moderator"}))

    def ids(self, name):
        """Where an id of this name leads in this event, now; None: it is no id."""
        name = ALSO.get(name, name).removesuffix("_id")
        if ALSO.get(name, name) == "person":
            return [person.pk for person in self.people]
        if name in NUMBERS:
            return NUMBERS[name]
        if name not in THINGS:
            return None
        rows = THINGS[name].filter(**{EVENT_OF.get(name, "event"): self.event})
        return list(rows.order_by("-pk").values_list("pk", flat=True)[:NEWEST])

    def words(self, name):
        """What else stands in the names of topics."""
        stages = [f"session-{pk}" for pk in self.ids("session")]
        return {"stage": stages, "language": ["en", "de"]}.get(name)

    # Bodies of commands

    def body(self, declared):
        """Ids lead into the world or nowhere, the rest is by the declared type; what may be left out sometimes is."""
        hints = get_type_hints(declared, include_extras=True)
        required = {field.encode_name for field in msgspec.structs.fields(declared) if field.required}
        chosen = [name for name in hints if name in required or self.choose([True, False])]
        return {name: self.value(name, hints[name]) for name in chosen}

    def value(self, name, hint):
        if name == "film":
            return self.choose([watch_mark(self.thing("media.asset")), "not-signed"])
        if name in WORDS:
            return self.choose(WORDS[name])
        if get_origin(hint) is not list and list not in map(get_origin, get_args(hint)):
            ids = self.ids(name)
            if ids is not None:
                return self.choose([*ids * 3, NOWHERE])
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self.bounded(name, arguments[0], [one for one in arguments[1:] if isinstance(one, msgspec.Meta)])
        if origin is Literal:
            return self.choose(arguments)
        if type(None) in arguments or origin in (Union, UnionType):
            kind = self.choose(arguments)
            return None if kind is type(None) else self.value(name, kind)
        return self.bounded(name, hint, [])

    def bounded(self, name, kind, metas):
        bounds = {
            key: value
            for meta in metas
            for key in ("ge", "le", "lt", "min_length", "max_length")
            if (value := getattr(meta, key)) is not None
        }
        if kind is bool:
            return self.choose([True, False])
        if kind is float:
            return self.dice.randint(0, 60) / 2
        if kind is int:
            least = bounds.get("ge", 0)
            return self.dice.randint(least, min(bounds.get("le", bounds.get("lt", least + 11) - 1), least + 10))
        if kind is str:
            if name == "text" and self.dice.random() < 2 / 3:
                return self.choose([f"@{self.people[0].name}", "The gauge stands high.", "Is it safe?"])
            length = self.dice.randint(0, min(40, bounds.get("max_length", 40)))
            return "".join(self.dice.choices("abc <>&@:/.\n", k=length))
        if get_origin(kind) in (list, tuple, set):
            least = bounds.get("min_length", 0)
            count = self.choose([0, self.dice.randint(0, 3)]) if not least else self.dice.randint(least, max(3, least))
            return [self.value(name.removesuffix("s"), get_args(kind)[0]) for _ in range(count)]
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self.body(kind)
        if get_origin(kind) is Union or metas:
            return self.value(name, kind)
        raise AssertionError(f"Say here how a {kind} of the field {name} is made up.")

    # What happens

    def command(self, command, step):
        """Calls of it by those who may, again and again until one does something. How many calls there were at once the
        last time, and whether they did something."""
        calls = []
        for attempt in range(ATTEMPTS):
            calls = self.calls(command, f"{step}-{attempt}")
            answers = command.run(calls) if calls else []
            assert len(answers) == len(calls)
            if any(not isinstance(answer, Refused) for answer in answers):
                return len(calls), True
        return len(calls), False

    def calls(self, command, step):
        calls = []
        for number in range(self.dice.randint(1, 3)):
            who = self.choose([who for who in self.cast if who.may(command.access)])
            try:
                words = msgspec.convert(self.body(command.Body), command.Body)
            except msgspec.ValidationError:
                continue
            calls.append(Call(who, words, f"{self.event.pk}-{step}-{number}"))
        return calls

    def deed(self, name):
        """The same of a deed."""
        for attempt in range(1, ATTEMPTS + 1):
            with suppress(Refused):
                deeds.DEEDS[name](self)
                return attempt, True
        return ATTEMPTS, False


def topics_of(play, kind):
    """The names of all topics of that kind that the world has, one for each thing or person they are about."""
    found = []
    for pattern in registry.registry.patterns:
        if not isinstance(pattern.topic, kind):
            continue
        ids = {param: play.ids(param) or play.words(param) for param in pattern.convert}
        assert None not in ids.values(), f"Say in THINGS what {ids} of {pattern.template} means."
        things = itertools.product(*ids.values())
        found += [name_of(type(pattern.topic), **dict(zip(ids, values, strict=True))) for values in things]
    return found


class Reader:
    """Holds what was published."""

    def __init__(self, play):
        self.event = play.event
        self.states = {name: self.fresh(name) for name in topics_of(play, StateTopic)}
        self.told = {name: [] for name in topics_of(play, LogTopic)}
        self.heads = {name: max((number for number, _ in self.replayed(name, 0)), default=0) for name in self.told}
        for name, head in self.heads.items():
            if head > seq.head(self.event.pk, name):  # the world's rows were numbered by hand
                seq.next_seqs(self.event.pk, name, count=head - seq.head(self.event.pk, name))
        self.marked = set()

    def fresh(self, name):
        match = resolve(name)
        return wire.encode(match.topic.snapshot(self.event.pk, **match.params))

    def replayed(self, name, after):
        match = resolve(name)
        rows = match.topic.replay(self.event.pk, after=after, limit=MOST_ROWS, **match.params)
        return [(number, wire.encode(payload)) for number, payload in rows]

    def hear_log(self, event_id, topic, item):
        if event_id == self.event.pk and topic in self.told:
            self.told[topic].append(item)

    def hear_state(self, event_id, topic, _interval):
        if event_id == self.event.pk and topic in self.states:
            self.marked.add(topic)

    def check(self, deed, *, one_call):
        """A later call of the same step may have changed what an earlier one said; the next reading says it so."""
        fresh = {name: self.fresh(name) for name in self.states}
        other = {name for name in fresh if fresh[name] != self.states[name]}
        assert other <= self.marked, f"{deed} changed {sorted(other - self.marked)} and told nobody"
        self.states = fresh
        self.marked.clear()
        for name, told in self.told.items():
            replayed = self.replayed(name, self.heads[name])
            assert [number for number, _ in told] == [number for number, _ in replayed], f"{deed}: {name}"
            if one_call:
                assert told == replayed, f"{deed}: {name}"
            self.heads[name] = max([self.heads[name], *(number for number, _ in replayed)])
            told.clear()


def hands(number):
    """Of one of the tests: what is done in each world, one after the other. No hand has the same twice."""
    names = sorted([*registry.registry.commands, *deeds.DEEDS])
    dice = random.Random(SEED)
    dealt = [[] for _ in range(SHARES * HANDS)]
    for _pack in range(PACKS):
        dice.shuffle(names)
        for name in names:
            having_least = [hand for hand in dealt if name not in hand]
            min(having_least, key=len).append(name)
    return dealt[number::SHARES]


@pytest.mark.parametrize("number", range(SHARES))
def test_snapshot_before_and_broadcasts_give_the_fresh_snapshot(
    number, monkeypatch, django_capture_on_commit_callbacks
):
    dealt, done = hands(number), set()
    # Nobody reads here before answers are taken, by the queue's own clock.
    monkeypatch.setattr(running, "LEAD", timedelta())
    # Nor does a small picture of a green room go by itself, which nobody would tell.
    monkeypatch.setattr(glimpses, "KEPT_SECONDS", 600)

    def play_in(world, names):
        """Deals these out in a world of their own."""
        play = Play(random.Random(f"{SEED} {number} {world}"))
        reader = Reader(play)
        monkeypatch.setattr(outbox, "log", reader.hear_log)
        monkeypatch.setattr(outbox, "state", reader.hear_state)
        steps = itertools.count()

        def act(name):
            with django_capture_on_commit_callbacks(execute=True):
                if name in deeds.DEEDS:
                    calls, is_done = play.deed(name)
                else:
                    calls, is_done = play.command(registry.registry.commands[name], next(steps))
            reader.check(name, one_call=calls == 1)
            return is_done

        for name in names:
            is_done = act(name)
            if not is_done and name in FIRST:
                for first in FIRST[name]:
                    act(first)
                is_done = act(name)
            if is_done:
                done.add(name)

    for place, names in enumerate(dealt):
        play_in(place, names)
    wanted = {name for names in dealt for name in names}
    for name in sorted(wanted - done):  # what came before may have made it impossible there
        play_in(name, [name])
    assert sorted(wanted - done) == [], f"refused each time with the seed {SEED}: this test says nothing of them"
