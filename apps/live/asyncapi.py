"""The wire protocol as an AsyncAPI 3 document, made of what is registered: every command, every topic, every frame.

Payloads are what the hooks' annotations say: `replay` and `snapshot` of a topic, `Body` and `run` of a command.
`manage.py protocol` writes it to `docs/protocol.yaml`; `/api/asyncapi/` serves it.
"""

import re
from collections.abc import Iterator
from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import yaml
from msgspec import Raw

from apps.core.errors import Refused
from apps.live import wire
from apps.live.registry import PARAMETER, Command, LogTopic, Pattern, Rate, StateTopic, Topic, registry

SCHEMAS = "#/components/schemas/{name}"
MESSAGES = "#/components/messages/"
SOCKET = {"$ref": "#/channels/socket"}
Words = dict[str, Any]

DESCRIPTION = (
    "What a page and Plenary say to each other while an event is live: JSON texts over one WebSocket, each an object "
    "whose `t` is its kind. The names of topics are relative to the event. docs/protocol.md tells the story: promises, "
    "limits, close codes, revocation, and the second door over plain HTTP, where topics with `x-feed` are read as "
    "small cacheable pages and `do` frames are posted."
)
TEXT: Words = {"type": "string"}
POSITION: Words = {"type": "integer", "minimum": 0}
POSITIONS: Words = {"type": "object", "additionalProperties": POSITION}


# What the hooks say of their payloads


def payload_of(topic: Topic) -> Any:
    """The type of a topic's payload: of one message of a log, of the value of a state."""
    if isinstance(topic, LogTopic):
        rows = _returned(topic, "replay")
        pair = get_args(rows)[0] if get_args(rows) else Any
        return get_args(pair)[1] if len(get_args(pair)) == 2 else Any
    return _returned(topic, "snapshot")


def answer_of(command: Command) -> Any:
    """The type of a command's answer; what is refused is no answer."""
    inside = get_args(_returned(command, "run"))
    if not inside:
        return Any
    answers = [one for one in _either(inside[0]) if one is not Refused]
    return reduce(or_, answers) if answers else Any


def _returned(declared: Topic | Command, hook: str) -> Any:
    function = getattr(type(declared), hook)
    return get_type_hints(function, localns=dict(vars(type(declared)))).get("return", Any)


def _either(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


# Frames


def _frame(kind: str, optional: Words | None = None, /, **fields: Words) -> Words:
    properties = {"t": {"const": kind}} | fields | (optional or {})
    return {
        "type": "object",
        "properties": properties,
        "required": ["t", *fields],
        "additionalProperties": False,
    }


def _tidy(part: Any) -> Any:
    """Without OpenAPI's discriminator, which AsyncAPI does not know; each kind names its tag's value besides. With
    descriptions in one line: from 3.13 on Python takes the indentation out of docstrings. And with patterns that end as
    in other languages, where Python alone writes \\Z."""
    if isinstance(part, dict):
        return {name: _worded(name, one) for name, one in part.items() if name != "discriminator"}
    return [_tidy(one) for one in part] if isinstance(part, list) else part


def _worded(name: str, part: Any) -> Any:
    if isinstance(part, str):
        return {"description": " ".join(part.split()), "pattern": part.replace(r"\Z", "$")}.get(name, part)
    return _tidy(part)


def _said(kind: type[msgspec.Struct]) -> Words:
    """What a client may say, by the very type by which it is understood."""
    fields = msgspec.structs.fields(kind)
    described, _components = msgspec.json.schema_components([field.type for field in fields if field.type is not Raw])
    schemas = iter(described)
    properties = {field.encode_name: {} if field.type is Raw else _tidy(next(schemas)) for field in fields}
    required = {field.encode_name: properties.pop(field.encode_name) for field in fields if field.required}
    return _frame(str(kind.__struct_config__.tag), properties, **required)


ASKED: dict[str, tuple[str, Words]] = {
    "join": (
        "Hear these topics, each after the seq or version that is known; null: from now on, a state with its value.",
        _said(wire.Join),
    ),
    "leave": ("Hear these topics no more.", _said(wire.Leave)),
    "ping": ("Is anybody there?", _said(wire.Ping)),
}
DO = _said(wire.Do)
CALL_ID: Words = next(one for one in DO["properties"]["id"]["anyOf"] if one["type"] != "null")
TOLD: dict[str, tuple[str, Words]] = {
    "hello": (
        "You are in. Something will be said at least every `sweep` seconds.",
        _frame("hello", sweep={"type": "number"}),
    ),
    "joined": (
        "You hear the topic, which stands at this seq or version. What you missed follows.",
        _frame("joined", topic=TEXT, kind={"enum": ["log", "state"]}, at=POSITION),
    ),
    "reset": (
        "You missed too much: load the topic's part of the page anew; the log goes on after `seq`.",
        _frame("reset", topic=TEXT, seq=POSITION),
    ),
    "heads": ("The keep-alive: where each topic that you hear stands.", _frame("heads", topics=POSITIONS)),
    "error": (
        "A command (`id`), a joining (`topic`) or a frame was refused. `message` is for people.",
        _frame(
            "error",
            {"id": TEXT, "topic": TEXT, "field": TEXT, "retry_after": {"type": "number", "minimum": 0}},
            code=TEXT,
            message=TEXT,
        ),
    ),
    "resume": (
        "A ticket to come back with, to what you hear now, within so many seconds.",
        _frame("resume", ticket=TEXT, seconds={"type": "integer"}),
    ),
    "pong": ("The answer to `ping`.", _frame("pong")),
    "move": ("This process stops: open another socket, join there, close this one.", _frame("move")),
}


# The document


def document() -> Words:
    topics = sorted(registry.patterns, key=lambda pattern: pattern.template)
    commands = sorted(registry.commands.items())
    schemas, components = _schemas(topics, [command for _, command in commands])
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Plenary, live",
            "version": wire.VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "live": {
                "host": "events.example.org",
                "protocol": "wss",
                "description": f"With the subprotocols `{wire.PROTOCOL}` and a ticket, and the Origin of the site.",
            }
        },
        "channels": _channels(topics, commands),
        "operations": _operations(topics, commands),
        "components": {"messages": _messages(topics, commands, schemas), "schemas": components},
    }


def _schemas(topics: list[Pattern], commands: list[Command]) -> tuple[dict[Any, Words], Words]:
    """The schema of each payload, body and answer, by what it belongs to, and the named ones that they refer to."""
    kinds: dict[Any, Any] = {pattern.topic: payload_of(pattern.topic) for pattern in topics}
    kinds |= {(command, "body"): command.Body for command in commands}
    kinds |= {(command, "answer"): answer_of(command) for command in commands}
    found, components = msgspec.json.schema_components(list(kinds.values()), ref_template=SCHEMAS)
    return dict(zip(kinds, map(_tidy, found), strict=True)), _tidy(components)


def _channels(topics: list[Pattern], commands: list[tuple[str, Command]]) -> Words:
    names = [*ASKED, *TOLD, *(f"{kind}.{name}" for name, _ in commands for kind in ("do", "reply"))]
    channels: Words = {
        "socket": {
            "address": "/ws/{event}/",
            "description": "The one socket of a page.",
            "parameters": {"event": {"description": "The event's short name in its addresses."}},
            "messages": _refs(names),
            "bindings": {"ws": {"method": "GET"}},
        }
    }
    for pattern in topics:
        channels[identifier(pattern)] = _topic_channel(pattern)
    return channels


def _topic_channel(pattern: Pattern) -> Words:
    topic = pattern.topic
    channel: Words = {
        "address": pattern.template,
        "description": _sentence(topic) or f"A {topic_kind(topic)} topic.",
        "messages": _refs([identifier(pattern)]),
        "x-kind": topic_kind(topic),
        "x-access": topic.access.value,
        "x-feed": topic.feed,
    }
    if isinstance(topic, StateTopic):
        channel["x-interval-ms"] = topic.interval_ms
    parameters = {name: {"description": f"A value of kind {kind}."} for name, kind in PARAMETER.findall(topic.pattern)}
    return channel | ({"parameters": parameters} if parameters else {})


def _operations(topics: list[Pattern], commands: list[tuple[str, Command]]) -> Words:
    operations: Words = {
        "join": _asked("join", ["joined", "error"]),
        "leave": _asked("leave"),
        "ping": _asked("ping", ["pong"]),
        "tell": {"action": "send", "channel": SOCKET, "messages": _listed(TOLD)},
    }
    for name, command in commands:
        operations[f"do.{name}"] = _asked(f"do.{name}", [f"reply.{name}", "error"]) | {
            "summary": _sentence(command) or f"The command {name}.",
            "x-access": command.access.value,
            "x-rate": _rate(command.rate),
        }
        if command.place_rate is not None:
            operations[f"do.{name}"]["x-place-rate"] = _rate(command.place_rate)
    for pattern in topics:
        own = identifier(pattern)
        operations[f"hear.{own}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{own}"},
            "messages": [{"$ref": f"#/channels/{own}/messages/{own}"}],
        }
    return operations


def _asked(message: str, answers: list[str] | None = None) -> Words:
    asked: Words = {"action": "receive", "channel": SOCKET, "messages": _listed([message])}
    return asked | ({"reply": {"channel": SOCKET, "messages": _listed(answers)}} if answers else {})


def _messages(topics: list[Pattern], commands: list[tuple[str, Command]], schemas: dict[Any, Words]) -> Words:
    messages = {
        name: {"name": name, "summary": told, "payload": payload} for name, (told, payload) in (ASKED | TOLD).items()
    }
    for name, command in commands:
        body, answer = schemas[command, "body"], schemas[command, "answer"]
        messages[f"do.{name}"] = {
            "name": f"do {name}",
            "payload": _do(name, command, body),
        }
        reply = _frame("reply", id={"anyOf": [CALL_ID, {"type": "null"}]}, d=answer)
        messages[f"reply.{name}"] = {"name": f"reply to {name}", "payload": reply}
    for pattern in topics:
        own, topic = identifier(pattern), pattern.topic
        # Python alone names groups so.
        expression = re.sub(r"\(\?P<\w+>", "(", pattern.regex.pattern)
        named: Words = {"type": "string", "pattern": f"^{expression}$"}
        at = {"seq": POSITION} if isinstance(topic, LogTopic) else {"version": POSITION}
        messages[own] = {
            "name": f"{topic_kind(topic)} {pattern.template}",
            "payload": _frame(topic_kind(topic), topic=named, **at, d=schemas[topic]),
        }
    return messages


def _do(name: str, command: Command, body: Words) -> Words:
    needs_body = any(field.required for field in msgspec.structs.fields(command.Body))
    return DO | {
        "properties": DO["properties"] | {"name": {"const": name}, "body": body},
        "required": [*DO["required"], *(["body"] if needs_body else [])],
    }


def identifier(pattern: Pattern) -> str:
    """The topic's name among channels and messages: `poll.poll_id.results`."""
    return pattern.template.replace("/", ".").replace("{", "").replace("}", "")


def topic_kind(topic: Topic) -> str:
    return "log" if isinstance(topic, LogTopic) else "state"


def _sentence(declared: Topic | Command) -> str:
    written = type(declared).__dict__.get("__doc__") or ""
    return " ".join(written.split())


def _rate(rate: Rate) -> Words:
    return {"per_second": rate.per_second, "burst": rate.burst}


def _refs(names: list[str]) -> Words:
    return {name: {"$ref": MESSAGES + name} for name in names}


def _listed(names: "list[str] | dict[str, Any]") -> list[Words]:
    return [{"$ref": f"#/channels/socket/messages/{name}"} for name in names]


def untyped() -> Iterator[str]:
    """Topics and commands whose annotations do not say what they carry."""
    for pattern in registry.patterns:
        if payload_of(pattern.topic) is Any:
            yield pattern.template
    for name, command in registry.commands.items():
        if answer_of(command) is Any:
            yield name


class _Plain(yaml.SafeDumper):
    """Without anchors: a document for people to read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def text() -> str:
    """The document as YAML."""
    written: str = yaml.dump(document(), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
    return f"# Written by `make protocol`; the test of it fails when this is stale.\n{written}"
