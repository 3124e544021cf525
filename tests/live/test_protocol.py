"""The protocol's description: that it is what the code says, and that what is really said is what it describes."""

import asyncio
import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.live import asyncapi, registry, wire
from apps.live.client import CommandError as CommandRefused
from apps.live.registry import LogTopic, StateTopic
from tests.access import world
from tests.access.test_live import parameters
from tests.factories.events import EventFactory
from tests.live import feature
from tests.live.conftest import open_client, thread, until_async

WRITTEN = Path(settings.BASE_DIR) / "docs" / "protocol.yaml"


@pytest.fixture(scope="module")
def document():
    return asyncapi.document()


def validator(document, schema):
    return jsonschema.Draft202012Validator({"components": document["components"]} | schema)


def references(part):
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from references(one)


def test_document_is_what_the_code_says():
    assert WRITTEN.read_text() == asyncapi.text(), "Run `make protocol`."


def test_every_topic_and_command_says_what_it_carries():
    assert sorted(asyncapi.untyped()) == []


def test_topic_that_says_nothing_of_its_payload_is_named(live):
    """The test feature's hooks carry no annotations."""
    assert "room/{room_id}" in set(asyncapi.untyped())
    with pytest.raises(CommandError, match=r"room/\{room_id\}"):
        call_command("protocol", "--check")


def test_every_reference_leads_somewhere(document):
    found = set(references(document))

    assert len(found) > 50
    for reference in found:
        part = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]


def test_every_registered_topic_and_command_is_described(document):
    patterns = {pattern.template for pattern in registry.registry.patterns}
    described = {channel["address"] for name, channel in document["channels"].items() if name != "socket"}

    assert described == patterns
    assert {f"do.{name}" for name in registry.registry.commands} <= set(document["operations"])


def test_version_of_the_document_is_the_protocol_s():
    assert wire.VERSION.split(".")[0] == wire.PROTOCOL.rpartition(".")[2]


def test_document_is_served_to_anybody_and_cacheable(client):
    answer = client.get("/api/asyncapi/")
    again = client.get("/api/asyncapi/", headers={"if-none-match": answer["etag"]})

    assert yaml.safe_load(answer.content) == yaml.safe_load(WRITTEN.read_text())
    assert answer["content-type"] == "application/yaml; charset=utf-8"
    assert "max-age=3600" in answer["cache-control"]
    assert (again.status_code, again.content) == (304, b"")


# What is really said


def test_every_kind_of_frame_of_a_real_socket_is_as_described(server, event_id):
    document = asyncapi.document()
    any_of = {"anyOf": [message["payload"] for message in document["components"]["messages"].values()]}
    frames = validator(document, any_of)
    thing = event_id * 1000
    asked, heard = [], []

    async def scene():
        async with open_client(server, event_id) as client:
            say, take = client.say, client._take

            async def saying(**words):
                asked.append(words)
                await say(**words)

            def taking(message):
                heard.append(message)
                take(message)

            client.say, client._take = saying, taking
            await client.join({f"room/{thing}": 0, f"tally/{thing}": None, f"mood/{thing}": None})
            await thread(feature.say, event_id, thing, "one")
            await client.do("room.say", {"room": thing, "text": "two"})
            for name, body in (("room.say", {"room": thing}), ("room.close", {"room": 1})):
                with pytest.raises(CommandRefused):
                    await client.do(name, body)
            with pytest.raises(CommandRefused):
                await client.join({f"desk/{thing}": None})
            await client.say(t="ping")
            for number in range(120):
                await thread(feature.say_unheard, event_id, thing + 1, str(number))
            await client.join({f"room/{thing + 1}": 0})
            await client.leave(f"tally/{thing}")
            wanted = {"joined", "log", "state", "reply", "error", "pong", "reset", "heads"}
            await until_async(lambda: wanted <= {message["t"] for message in heard})

    asyncio.run(scene())

    for message in [*heard, *(words for words in asked if words["t"] != "do")]:
        frames.validate(message)
    with pytest.raises(jsonschema.ValidationError):
        frames.validate(heard[0] | {"more": 1})


@pytest.mark.parametrize(
    ("kind", "words", "is_understood"),
    [
        ("ping", {}, True),
        ("ping", {"more": 1}, False),
        ("join", {"topics": {"chat/7": 118, "poll/9/results": None}}, True),
        ("join", {}, False),
        ("join", {"topics": {"chat/7": -1}}, False),
        ("join", {"topics": {"x" * 81: None}}, False),
        ("join", {"topics": dict.fromkeys(map(str, range(wire.MOST_TOPICS + 1)))}, False),
        ("leave", {"topics": ["chat/7"]}, True),
        ("leave", {"topics": ["x" * 81]}, False),
        ("leave", {"topics": ["x"] * (wire.MOST_TOPICS + 1)}, False),
        ("do.chat.send", {"body": {"room": 7, "text": "Hello"}}, True),
        ("do.chat.send", {"body": {"room": 7, "text": "Hello"}, "id": None}, True),
        ("do.chat.send", {"body": {"room": 7, "text": "Hello"}, "id": "!~"}, True),
        ("do.chat.send", {"body": {"room": 7, "text": "Hello"}, "id": ""}, False),
        ("do.chat.send", {"body": {"room": 7, "text": "Hello"}, "id": "x" * 41}, False),
        ("do.chat.send", {"body": {"room": 7, "text": "Hello"}, "id": "a b"}, False),
        ("do.chat.send", {"body": {"room": 7, "text": "Hello"}, "id": "é"}, False),
        ("do.chat.send", {"body": {"room": 7, "text": "Hello"}, "more": 1}, False),
    ],
)
def test_what_a_client_may_say_is_what_is_understood(document, kind, words, is_understood):
    t, _, name = kind.partition(".")
    said = {"t": t} | ({"name": name} if name else {}) | words
    described = validator(document, document["components"]["messages"][kind]["payload"])

    def understood():
        try:
            return bool(wire.decode(json.dumps(said)))
        except msgspec.DecodeError:
            return False

    assert (described.is_valid(said), understood()) == (is_understood, is_understood)


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", registry.registry.patterns, ids=lambda pattern: pattern.template)
def test_what_a_topic_really_carries_is_as_described(pattern, document):
    """The snapshot, which is what a broadcast carries, and the replay, of an event with an object of each kind."""
    place = world.build(EventFactory())
    words = parameters(pattern, place)
    frame = document["components"]["messages"][asyncapi.identifier(pattern)]["payload"]
    topic = pattern.topic
    if isinstance(topic, StateTopic):
        carried = [topic.snapshot(place.event.pk, **words)]
    else:
        assert isinstance(topic, LogTopic)
        carried = [payload for _, payload in topic.replay(place.event.pk, after=0, limit=100, **words)]

    for payload in carried:
        data = wire.encode(payload)
        name = type(topic).name(**words)
        said = wire.log_message(name, 1, data) if isinstance(topic, LogTopic) else wire.state_value(name, 1, data)
        validator(document, frame).validate(json.loads(next(wire.texts(said))))
