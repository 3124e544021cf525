"""Commands: understood by their schema, counted, and handed to their feature as one list per kind and tick."""

import asyncio
import logging
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from django.contrib.auth import get_user_model

from apps.audit import context
from apps.core.errors import Refused
from apps.live import answers, refusals, tickets, wire
from apps.live.away import AWAY, DATABASE, is_lost
from apps.live.connection import Connection
from apps.live.joining import error
from apps.live.limits import Bucket
from apps.live.registry import Call, Command, Who, registry

if TYPE_CHECKING:
    from apps.live.hub import Hub

logger = logging.getLogger(__name__)

FIELD = re.compile(r"`\$\.(\w+)")
UNKNOWN_FIELD = re.compile(r"unknown field `(\w+)`")


@dataclass(slots=True)
class Asked:
    """One command under way. `key` names its answer, where the client gave an id; who sends the same id while it
    is under way waits beside the first."""

    connections: list[Connection]
    call: Call[Any]
    key: str | None
    refusal: Refused | None = None
    """Why it is not done, unless it was answered before: then it is answered so again."""


class Commands:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._waiting: dict[str, list[Asked]] = {}
        self._running: set[str] = set()
        self._under_way: dict[str, Asked] = {}
        self._buckets: dict[tuple[int, str, str], Bucket] = {}

    def submit(self, connection: Connection, said: wire.Do) -> None:
        """Takes a command; its answer, or why not, comes as a frame of its own."""
        who = connection.who
        try:
            command = self._find(who, said.name)
            key = answers.key_of(who.event_id, who.user_id, said.name, said.id) if command.remembers else None
            if key is not None and (same := self._under_way.get(key)) is not None:
                if connection not in same.connections:
                    same.connections.append(connection)
                return
            if self._hub.shedding.rests(command.shed):
                raise refusals.resting()
            refusal = self._take(connection, command)
            if refusal is not None and key is None:
                raise refusal
            body = understand(command, said.body)
        except Refused as why:
            self._hub.tell(connection, error(who, why, call_id=said.id))
            return
        asked = Asked([connection], Call(who, body, said.id, connection.address), key, refusal)
        if key is not None:
            self._under_way[key] = asked
        self._waiting.setdefault(command.name, []).append(asked)
        if command.name not in self._running:
            self._running.add(command.name)
            self._hub.tasks.spawn(self._run(command))

    @staticmethod
    def _find(who: Who, name: str) -> Command:
        command = registry.commands.get(name)
        if command is None:
            raise refusals.command_unknown()
        if tickets.PREVIEW in who.roles or not who.may(command.access):
            raise refusals.access_refused()
        return command

    def _take(self, connection: Connection, command: Command) -> Refused | None:
        """Takes one from this process' own bucket of this person, or says that it is empty."""
        now = self._hub.loop.time()
        key = (connection.who.event_id, connection.person, command.name)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(command.rate, now)
        wait = bucket.take(command.rate, now)
        return refusals.too_fast(wait) if wait else None

    def forget_idle(self) -> None:
        """Drops the buckets that are full again, so that memory follows those who are here."""
        now = self._hub.loop.time()
        for key, bucket in list(self._buckets.items()):
            command = registry.commands.get(key[2])
            if command is None or bucket.is_full(command.rate, now):
                del self._buckets[key]

    # Batches

    async def _run(self, command: Command) -> None:
        """Works off what waits for one command: at once after a silence, then once a tick."""
        hub = self._hub
        try:
            while batch := self._waiting.pop(command.name, None):
                begun = hub.loop.time()
                if len(batch) > hub.conf.most_batch:
                    self._waiting[command.name] = batch[hub.conf.most_batch :]
                    batch = batch[: hub.conf.most_batch]
                await self._answer(command, batch)
                pause = begun + hub.conf.tick_seconds - hub.loop.time()
                if pause > 0:
                    await asyncio.sleep(pause)
        finally:
            self._running.discard(command.name)

    async def _answer(self, command: Command, batch: list[Asked]) -> None:
        try:
            await self._do(command, await self._fresh(command, batch))
        except Exception as failure:
            logger.exception("A batch of %s failed.", command.name)
            refusal = refusals.undecided() if isinstance(failure, AWAY) else refusals.failed()
            for asked in batch:
                self._refuse(asked, refusal)
        finally:
            for asked in batch:
                if asked.key:
                    self._under_way.pop(asked.key, None)

    async def _fresh(self, command: Command, batch: list[Asked]) -> list[Asked]:
        """Those that are to be done; the others are answered as before, or refused because they are too many."""
        known = await answers.look_up(command, batch)
        fresh = []
        for asked, refusal in zip(batch, known.refusals, strict=True):
            if asked.key in known.answers:
                self._reply(asked, known.answers[asked.key])
            elif refusal is not None:
                self._refuse(asked, refusal)
            else:
                fresh.append(asked)
        return fresh

    async def _do(self, command: Command, fresh: list[Asked]) -> None:
        if not fresh:
            return
        found = await self._hub.executor.run(attempt, command, [asked.call for asked in fresh])
        done = {}
        for asked, answer in zip(fresh, found, strict=True):
            if isinstance(answer, Refused):
                self._refuse(asked, answer)
            else:
                self._reply(asked, answer)
                if asked.key:
                    done[asked.key] = answer
        await answers.remember(done)

    def _reply(self, asked: Asked, data: bytes) -> None:
        for connection in asked.connections:
            self._hub.tell(connection, wire.reply(asked.call.id, data))

    def _refuse(self, asked: Asked, refusal: Refused) -> None:
        for connection in asked.connections:
            self._hub.tell(connection, error(connection.who, refusal, call_id=asked.call.id))


def understand(command: Command, words: msgspec.Raw) -> msgspec.Struct:
    try:
        body: msgspec.Struct = decoder(command.Body).decode(words)
    except msgspec.ValidationError as failure:
        raise invalid(str(failure)) from None
    except msgspec.DecodeError:
        raise refusals.frame_malformed() from None
    return body


@cache
def decoder(body: type[msgspec.Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(body)


def invalid(problem: str) -> Refused:
    """msgspec's words for developers, as a code and a field."""
    unknown = UNKNOWN_FIELD.search(problem)
    if unknown:
        return refusals.command_invalid("command.unknown_field", unknown[1])
    field = FIELD.search(problem)
    code = "command.too_long" if "length <=" in problem else "command.wrong_type"
    return refusals.command_invalid(code, field[1] if field else None)


# In a thread


def attempt(command: Command, calls: list[Call[Any]]) -> list[bytes | Refused]:
    """The command's answers, encoded. What those do who have a role goes apart, by person, so that the audit log can
    say who it was."""
    by_person: dict[int | None, list[int]] = {}
    for place, call in enumerate(calls):
        has_name = command.is_kept and call.who.has_role
        by_person.setdefault(call.who.user_id if has_name else None, []).append(place)
    answers: dict[int, bytes | Refused] = {}
    try:
        for user_id, places in by_person.items():
            done = by_one(command, user_id, [calls[place] for place in places])
            answers.update(zip(places, done, strict=True))
    except DATABASE:
        # Whoever is left would wait for it once more, and longest where it does not even answer.
        logger.exception("The command %s failed.", command.name)
    return [answers.get(place) or refusals.undecided() for place in range(len(calls))]


def by_one(command: Command, user_id: int | None, calls: list[Call[Any]]) -> list[bytes | Refused]:
    """What one person does who has a role, or (None) all do who have none. Raises where the database is lost."""
    if user_id is None:
        return together(command, calls)
    # By their address: what they call themselves is theirs to write, and may be another's.
    account = get_user_model().objects.filter(pk=user_id).first()
    who, address = str(getattr(account, "email", user_id)), calls[0].address
    with context.acting(door="live", who=who, who_id=user_id, address=address, place=command.name):
        return together(command, calls)


def together(command: Command, calls: list[Call[Any]]) -> list[bytes | Refused]:
    """If the whole batch fails, each call is tried alone, so that one bad call fails only its own sender. Raises where
    the database is lost, which is no call's fault."""
    try:
        answers = command.run(calls)
        if len(answers) != len(calls):
            raise RuntimeError(f"{command.name} gave {len(answers)} answers to {len(calls)} calls.")
        return [answer if isinstance(answer, Refused) else wire.encode(answer) for answer in answers]
    except Refused as refusal:
        if len(calls) == 1:
            return [refusal]
    except Exception as error:
        if is_lost(error):
            raise
        logger.exception("The command %s failed.", command.name)
        if len(calls) == 1:
            return [refusals.failed()]
    alone: list[bytes | Refused] = []
    try:
        for call in calls:
            alone += together(command, [call])
    except DATABASE:
        logger.exception("The database was lost in the middle of a batch of %s.", command.name)
    return [*alone, *(refusals.undecided() for _ in calls[len(alone) :])]
