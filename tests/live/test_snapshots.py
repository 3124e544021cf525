"""Snapshot before + broadcasts = fresh snapshot, for every topic that any room registers.

Random commands by random people, through the registered commands themselves. A reader holds of each state topic what
the engine would have published last; at every moment that must equal a fresh snapshot. Of each log topic, what was
published must be, in number and order, what a replay gives.
"""

from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from apps.core.errors import Refused
from apps.live import outbox, seq, wire
from apps.live.registry import Call, LogTopic, StateTopic, Who, name_of, registry, resolve
from apps.polls import services as polls
from tests.access import world as worlds
from tests.factories.events import EventFactory
from tests.factories.polls import OptionFactory

MOST_ROWS = 1000
pytestmark = pytest.mark.django_db

THINGS = {
    "room": "chat.room",
    "message": "chat.message",
    "poll": "polls.poll",
    "question": "questions.question",
    "option": "polls.option",
    "session": "tracks.session",
    "booth": "exhibitors.booth",
    "asset": "media.asset",
}
"""What ids in bodies and in topics' names mean: `room`, `reply_to` apart, and `room_id`."""
ALSO = {"reply_to": "message", "after": "question"}
DESK = ("close", "open", "lock", "unlock", "reveal", "hide", "extend", "reset", "change")


def bodies(world, body):
    """A strategy for a command's body: ids lead into the world or nowhere, the rest is by the declared type."""
    hints = get_type_hints(body, include_extras=True)
    required = {field.encode_name for field in msgspec.structs.fields(body) if field.required}
    fields = {name: values(world, name, hint) for name, hint in hints.items()}
    return some.fixed_dictionaries(
        {name: field for name, field in fields.items() if name in required},
        optional={name: field for name, field in fields.items() if name not in required},
    )


def values(world, name, hint):
    if (thing := THINGS.get(ALSO.get(name, name).removesuffix("_id"))) is not None:
        row = {model._meta.label_lower: row for model, row in world.things.items()}[thing]
        return some.sampled_from([row.pk, row.pk, row.pk, 2**40])
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return bounded(world, name, arguments[0], [one for one in arguments[1:] if isinstance(one, msgspec.Meta)])
    if origin is Literal:
        return some.sampled_from(arguments)
    if type(None) in arguments or origin in (Union, UnionType):
        return some.none() | some.one_of(*(values(world, name, one) for one in arguments if one is not type(None)))
    return bounded(world, name, hint, [])


def bounded(world, name, kind, metas):
    bounds = {
        key: value
        for meta in metas
        for key in ("ge", "le", "lt", "max_length")
        if (value := getattr(meta, key)) is not None
    }
    if kind is bool:
        return some.booleans()
    if kind is int:
        least = bounds.get("ge", 0)
        return some.integers(least, min(bounds.get("le", bounds.get("lt", least + 11) - 1), least + 10))
    if kind is str:
        return some.text("abc <>&@:/.\n", min_size=0, max_size=min(40, bounds.get("max_length", 40)))
    if get_origin(kind) in (list, tuple, set):
        return some.lists(values(world, name.removesuffix("s"), get_args(kind)[0]), max_size=3)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return bodies(world, kind)
    if get_origin(kind) is Union or metas:
        return values(world, name, kind)
    raise AssertionError(f"Say here how a {kind} of the field {name} is made up.")


def topics_of(world, kind):
    """The names of all topics of that kind that the world has."""
    rows = {model._meta.label_lower: row for model, row in world.things.items()}
    found = []
    for topic in registry.topics():
        if not isinstance(topic, kind):
            continue
        params = resolve_parameters(topic)
        known = {
            name: rows[THINGS[name.removesuffix("_id")]].pk for name in params if name.removesuffix("_id") in THINGS
        }
        unknown = set(params) - set(known) - {"user_id"}
        assert not unknown, f"Say in THINGS what {sorted(unknown)} of {topic.pattern} means."
        if "user_id" in params:
            known["user_id"] = world.people["attendee"].pk
        found.append(name_of(type(topic), **known))
    return found


def resolve_parameters(topic):
    return next(pattern.convert for pattern in registry.patterns if pattern.topic is topic)


class Reader:
    """Holds what was published."""

    def __init__(self, world):
        self.event = world.event
        self.states = {name: self.fresh(name) for name in topics_of(world, StateTopic)}
        self.logs = {name: [] for name in topics_of(world, LogTopic)}
        self.heads = {name: max(self.replayed(name, 0), default=0) for name in self.logs}
        for name, head in self.heads.items():
            if head > seq.head(self.event.pk, name):  # the world's rows were numbered by hand
                seq.next_seqs(self.event.pk, name, count=head - seq.head(self.event.pk, name))

    def fresh(self, name):
        match = resolve(name)
        return wire.encode(match.topic.snapshot(self.event.pk, **match.params))

    def replayed(self, name, after):
        match = resolve(name)
        return [
            seq for seq, _payload in match.topic.replay(self.event.pk, after=after, limit=MOST_ROWS, **match.params)
        ]

    def hear_log(self, event_id, topic, item):
        if event_id == self.event.pk and topic in self.logs:
            self.logs[topic].append(item[0])

    def hear_state(self, event_id, topic, _interval):
        if event_id == self.event.pk and topic in self.states:
            self.states[topic] = self.fresh(topic)

    def check(self, deed):
        stale = [name for name, held in self.states.items() if held != self.fresh(name)]
        assert stale == [], f"{deed} changed these and told nobody"
        for name, seqs in self.logs.items():
            assert sorted(seqs) == self.replayed(name, self.heads[name]), f"{deed}: {name}"


def people(world):
    roles = {
        "attendee": {"attendee"},
        "speaker": {"attendee", "speaker"},
        "exhibitor": {"attendee", "exhibitor"},
        "moderator": {"attendee", "moderator"},
        "organiser": {"attendee", "moderator", "organiser"},
    }
    return [Who(user.pk, world.event.pk, user.name, frozenset(roles[role]), 1) for role, user in world.people.items()]


def at_the_desk(world, deed):
    """What organisers do beside the socket."""
    poll = next(row for model, row in world.things.items() if model._meta.label_lower == "polls.poll")
    poll.refresh_from_db()
    if deed == "change":
        polls.publish_changes(poll)
    else:
        polls.run_poll(poll, deed, ends=poll.round)


@given(data=some.data())
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_snapshot_before_and_broadcasts_give_the_fresh_snapshot(data, monkeypatch, django_capture_on_commit_callbacks):
    world = worlds.build(EventFactory())
    world.add(OptionFactory(poll=next(row for row in world.things.values() if row._meta.label_lower == "polls.poll")))
    reader = Reader(world)
    monkeypatch.setattr(outbox, "log", reader.hear_log)
    monkeypatch.setattr(outbox, "state", reader.hear_state)
    cast = people(world)
    names = [*sorted(registry.commands), *DESK]
    for step in range(data.draw(some.integers(1, 12), label="steps")):
        name = data.draw(some.sampled_from(names), label="deed")
        with django_capture_on_commit_callbacks(execute=True):
            if name in DESK:
                try:
                    at_the_desk(world, name)
                except Refused:
                    continue
            else:
                do(data, world, cast, registry.commands[name], step)
        reader.check(name)


def do(data, world, cast, command, step):
    calls = []
    for number in range(data.draw(some.integers(1, 3), label="calls")):
        who = data.draw(some.sampled_from(cast), label="who")
        body = data.draw(bodies(world, command.Body), label=command.name)
        try:
            words = msgspec.convert(body, command.Body)
        except msgspec.ValidationError:
            continue
        if who.may(command.access):
            calls.append(Call(who, words, f"{world.event.pk}-{step}-{number}"))
    if calls:
        answers = command.run(calls)
        assert len(answers) == len(calls)
