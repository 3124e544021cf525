"""Who may read a topic: asked of its feature once, at joining, and of many at a time.

What the feed serves is decided for an audience: an event and a set of roles, nobody by name. So a guard's yes to
the nameless holder of some roles is a yes to everybody who holds them, and is kept for a moment: when a session
begins and thousands join the same topics, a handful of questions reach the database. Where the audience is refused,
and for topics of one person, the person is asked for, each time; and so is whom a topic excepts from its audience
(`Topic.excepted`: who is banned). Who that is, is one question an event, kept as long as an answer is. A guard that
looks at the ticket alone (`Topic.by_ticket`) is asked at once.

A revocation forgets what was kept of its event, and what was asked before it. A process that has not heard of it yet
learns of it from the ticket of whoever comes back, which carries the event's new epoch.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist

from apps.core.errors import Refused
from apps.live import refusals
from apps.live.away import DATABASE, is_lost
from apps.live.registry import Excepts, Match, Who, registry

if TYPE_CHECKING:
    from apps.live.hub import Hub

logger = logging.getLogger(__name__)

KEPT_SECONDS = 2.0
MOST_KEPT = 2000
MOST_BATCH = 300
MOST_AT_ONCE = 2
"""Batches under way, so that a slow guard does not hold up all others."""

Answer = Refused | None
Audience = tuple[frozenset[str], str]
Question = tuple[Who, Match]


class _Event:
    """What is known and being asked of one event."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        self.kept: dict[Audience, tuple[float, Answer]] = {}
        self.excepted: dict[Excepts, tuple[float, asyncio.Future[frozenset[int] | None]]] = {}
        self.asked: dict[tuple[Who, str], asyncio.Future[Answer]] = {}


class Guards:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._events: dict[int, _Event] = {}
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._at_work = 0

    def forget(self, event_id: int) -> None:
        """What is kept here, and what features keep of their own."""
        self._events.pop(event_id, None)
        for forget in registry.forget:
            forget(event_id)

    def forget_all_but(self, events: set[int]) -> None:
        self._events = {event_id: known for event_id, known in self._events.items() if event_id in events}

    async def ask(self, who: Who, matches: Sequence[Match]) -> list[Answer]:
        """For each of these topics None, or why this person may not read it."""
        answers = {match.name: ask_guard(who, match) for match in matches if match.topic.by_ticket}
        answers |= await self._ask(who, [match for match in matches if match.name not in answers])
        return [answers[match.name] for match in matches]

    async def _ask(self, who: Who, matches: Sequence[Match]) -> dict[str, Answer]:
        if not matches:
            return {}
        event = self._events.get(who.event_id)
        if event is None or event.epoch < who.epoch:
            self.forget(who.event_id)
            event = self._events[who.event_id] = _Event(who.epoch)
        answers: dict[str, Answer] = {}
        by_name = await self._excepting(event, who, matches)
        own = [
            match
            for match in matches
            if match.topic.excepted not in by_name and not self._recall(event, who, match, answers)
        ]
        audience = Who(None, who.event_id, "", who.roles, 0)
        shared = [match for match in own if match.topic.feed]
        for match, answer in zip(shared, await self._all(event, audience, shared), strict=True):
            self._keep(event, (who.roles, match.name), answer)
            answers[match.name] = answer
        # The audience's no is not the person's.
        left = [match for match in matches if match.name not in answers or (answers[match.name] and who.user_id)]
        for match, answer in zip(left, await self._all(event, who, left), strict=True):
            answers[match.name] = answer
        return answers

    async def _excepting(self, event: _Event, who: Who, matches: Sequence[Match]) -> set[Excepts | None]:
        """Which of these topics' exceptions this person is among; all of them where it cannot be found out."""
        found: set[Excepts | None] = set()
        for excepted in {match.topic.excepted for match in matches} - {None}:
            if who.user_id is not None and excepted is not None:
                people = await asyncio.shield(self._people(event, excepted, who.event_id))
                if people is None or who.user_id in people:
                    found.add(excepted)
        return found

    def _people(self, event: _Event, excepted: Excepts, event_id: int) -> "asyncio.Future[frozenset[int] | None]":
        kept = event.excepted.get(excepted)
        if kept is None or kept[0] < self._hub.loop.time():
            people: asyncio.Future[frozenset[int] | None] = self._hub.loop.create_future()
            kept = event.excepted[excepted] = (self._hub.loop.time() + KEPT_SECONDS, people)
            self._hub.tasks.spawn(self._look_up(excepted, event_id, people))
        return kept[1]

    async def _look_up(self, excepted: Excepts, event_id: int, people: "asyncio.Future[frozenset[int] | None]") -> None:
        found = None
        try:
            found = await self._hub.executor.run(excepted, event_id)
        except Exception:
            logger.exception("Who is excepted in the event %s could not be found out.", event_id)
        finally:
            if not people.done():
                people.set_result(found)

    def _recall(self, event: _Event, who: Who, match: Match, answers: dict[str, Answer]) -> bool:
        kept = event.kept.get((who.roles, match.name))
        if kept is None or kept[0] < self._hub.loop.time():
            return False
        answers[match.name] = kept[1]
        return True

    def _keep(self, event: _Event, audience: Audience, answer: Answer) -> None:
        if len(event.kept) >= MOST_KEPT:
            event.kept.clear()
        event.kept[audience] = (self._hub.loop.time() + KEPT_SECONDS, answer)

    async def _all(self, event: _Event, who: Who, matches: list[Match]) -> list[Answer]:
        # Shielded: who goes away must not take the answer from the others.
        return [await asyncio.shield(one) for one in [self._one(event, who, match) for match in matches]]

    def _one(self, event: _Event, who: Who, match: Match) -> "asyncio.Future[Answer]":
        """Whoever asks the same while it is being asked waits for the same answer."""
        key = (who, match.name)
        answer = event.asked.get(key)
        if answer is None:
            answer = event.asked[key] = self._hub.loop.create_future()
            answer.add_done_callback(lambda _done: event.asked.pop(key, None))
            self._waiting.append(((who, match), answer))
            if self._at_work < MOST_AT_ONCE:
                self._at_work += 1
                self._hub.tasks.spawn(self._work())
        return answer

    async def _work(self) -> None:
        """Puts what waits to the features, as one batch after the other."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST_BATCH], self._waiting[MOST_BATCH:]
                try:
                    answers = await self._hub.executor.run(ask_guards, [question for question, _ in batch])
                except DATABASE as away:
                    logger.warning("The guards could not be asked: %r", away)
                    answers = [refusals.unavailable()] * len(batch)
                except Exception:
                    logger.exception("The guards could not be asked.")
                    answers = [refusals.failed()] * len(batch)
                for (_, future), answer in zip(batch, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)
        finally:
            self._at_work -= 1


# In a thread


def ask_guards(questions: Sequence[Question]) -> list[Answer]:
    """Where the database is away, it is not waited for once more by each of them."""
    answers: list[Answer] = []
    try:
        for who, match in questions:
            answers.append(_put(who, match))
    except DATABASE as away:
        logger.warning("The guards could not be asked: %r", away)
    return answers + [refusals.unavailable()] * (len(questions) - len(answers))


def ask_guard(who: Who, match: Match) -> Answer:
    return ask_guards([(who, match)])[0]


def _put(who: Who, match: Match) -> Answer:
    try:
        match.topic.guard(who, **match.params)
    except Refused as refusal:
        return refusal
    except ObjectDoesNotExist:
        return refusals.topic_unknown()
    except DATABASE as error:
        if is_lost(error):
            raise
        logger.warning("The guard of %s failed: %r", match.name, error)
        return refusals.unavailable()
    except Exception:
        logger.exception("The guard of %s failed.", match.name)
        return refusals.failed()
    return None
