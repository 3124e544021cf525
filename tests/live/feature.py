"""A feature that exists only in tests: rooms to talk in, a tally, and something that belongs to one person.

Room, tally and desk n belong to event n // 1000. Its rows live in a table of their own, so that several processes
see them.
"""

import asyncio
import json
import os
import signal
import time
from typing import Annotated

import msgspec
from django.db import connection, transaction
from msgspec import Meta

from apps.core.access import Access
from apps.core.errors import Refused
from apps.live import counters, presence, publish, seq
from apps.live.registry import Command, LogTopic, Rate, Shed, StateTopic

TABLES = """
CREATE TABLE IF NOT EXISTS live_test_message (
    event_id bigint, topic text, seq bigint, payload jsonb, call_id text UNIQUE, PRIMARY KEY (event_id, topic, seq));
CREATE TABLE IF NOT EXISTS live_test_tally (tally_id bigint PRIMARY KEY, votes bigint);
CREATE TABLE IF NOT EXISTS live_test_presence (id serial, topic text, what text, people text);
"""


def query(sql, *words):
    with connection.cursor() as cursor:
        cursor.execute(sql, words)
        return cursor.fetchall() if cursor.description else []


def belongs(thing_id, event_id):
    if thing_id // 1000 != event_id:
        raise Refused("not_found", "No such thing.", status=404)


def stored(event_id, topic, after, limit):
    rows = query(
        "SELECT seq, payload FROM live_test_message WHERE event_id = %s AND topic = %s AND seq > %s"
        " ORDER BY seq LIMIT %s",
        event_id,
        topic,
        after,
        limit,
    )
    return [(number, json.loads(payload)) for number, payload in rows]


class RoomTopic(LogTopic):
    pattern = "room/{room_id:int}"
    access = Access.ATTENDEE
    presence = True
    replay_most = 100

    def guard(self, who, room_id):
        belongs(room_id, who.event_id)

    def revision(self, event_id, room_id):
        [(newest,)] = query(
            "SELECT coalesce(max(seq), 0) FROM live_test_message WHERE event_id = %s AND topic = %s"
            " AND payload->>'text' = 'I take it back'",
            event_id,
            f"room/{room_id}",
        )
        return newest

    def replay(self, event_id, room_id, after, limit):
        return stored(event_id, f"room/{room_id}", after, limit)

    def joined(self, people, at, room_id):
        note(f"room/{room_id}", "joined", people)

    def left(self, people, at, room_id):
        note(f"room/{room_id}", "left", people)


class PersonTopic(LogTopic):
    pattern = "person/{user_id:int}"
    access = Access.ATTENDEE
    feed = False

    def guard(self, who, user_id):
        if who.user_id != user_id:
            raise Refused("not_found", "No such thing.", status=404)

    def replay(self, event_id, user_id, after, limit):
        return stored(event_id, f"person/{user_id}", after, limit)


class TallyTopic(StateTopic):
    pattern = "tally/{tally_id:int}"
    access = Access.PUBLIC
    interval_ms = 100

    def guard(self, who, tally_id):
        belongs(tally_id, who.event_id)

    def snapshot(self, event_id, tally_id):
        rows = query("SELECT votes FROM live_test_tally WHERE tally_id = %s", tally_id)
        if rows and rows[0][0] < 0:
            raise Refused("not_found", "It was deleted.", status=404)
        return {"votes": rows[0][0] if rows else 0}


class DeskTopic(StateTopic):
    pattern = "desk/{desk_id:int}"
    access = Access.MODERATOR

    def guard(self, who, desk_id):
        belongs(desk_id, who.event_id)

    def snapshot(self, event_id, desk_id):
        return {"here": presence.count(event_id, f"room/{desk_id}")}


class Say(Command):
    name = "room.say"
    access = Access.ATTENDEE
    rate = Rate(per_second=100, burst=100)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        room: int
        text: Annotated[str, Meta(max_length=40)]

    def run(self, calls):
        answers = crowded(calls) or say_many(calls)
        if any(call.body.text == "die" and not answer["again"] for call, answer in zip(calls, answers, strict=True)):
            # Committed, and neither published nor answered.
            os.kill(os.getpid(), signal.SIGKILL)
        return answers


class Close(Command):
    name = "room.close"
    access = Access.MODERATOR
    rate = Rate(per_second=1, burst=2)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        room: int

    def run(self, calls):
        return [{"closed": call.body.room} for call in calls]


class MoodTopic(StateTopic):
    """What an audience feels: the first to rest."""

    pattern = "mood/{mood_id:int}"
    access = Access.PUBLIC
    interval_ms = 100
    shed = Shed.REACTIONS

    def guard(self, who, mood_id):
        belongs(mood_id, who.event_id)

    def snapshot(self, event_id, mood_id):
        return counters.read(event_id, f"mood/{mood_id}")


class CrowdTopic(MoodTopic):
    """How many there are: the second to rest."""

    pattern = "crowd/{mood_id:int}"
    shed = Shed.PRESENCE


class Cheer(Command):
    name = "mood.cheer"
    access = Access.ATTENDEE
    rate = Rate(per_second=100, burst=100)
    place_rate = Rate(per_second=1, burst=5)
    shed = Shed.REACTIONS

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        mood: int

    def place(self, body):
        return body.mood

    def run(self, calls):
        return [cheer(call.who.event_id, call.body.mood) for call in calls]


class Freeze(Command):
    """Holds up the process that runs it, as a part that blocks the loop would."""

    name = "room.freeze"
    access = Access.MODERATOR

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        seconds: float

    def run(self, calls):
        freezing.append(time.monotonic() + calls[0].body.seconds)
        return [{} for _ in calls]


freezing = []
TOPICS = (RoomTopic, PersonTopic, TallyTopic, DeskTopic, MoodTopic, CrowdTopic)
COMMANDS = (Say, Close, Cheer, Freeze)


def cheer(event_id, mood_id):
    counters.add(event_id, {f"mood/{mood_id}": {"cheers": 1}})
    with transaction.atomic():
        publish.state(event_id, f"mood/{mood_id}")
    return {}


def gather(event_id, mood_id):
    """One more is there, and whoever may be told is."""
    counters.add(event_id, {f"mood/{mood_id}": {"cheers": 1}})
    with transaction.atomic():
        publish.state(event_id, f"crowd/{mood_id}")


async def freeze():
    """Runs in a live process under test: as long as somebody wants it, the loop does nothing else for a while."""
    while True:
        await asyncio.sleep(0.01)
        if freezing and freezing[-1] > time.monotonic():
            time.sleep(0.2)  # noqa: ASYNC251 - that is the point


refused_once = set()


def crowded(calls):
    """Who says so finds the intake too full, the first time."""
    if not any(call.body.text == "crowded" and call.id not in refused_once for call in calls):
        return None
    refused_once.update(call.id for call in calls)
    return [Refused("intake.busy", "Too much.", retry_after=1.0, status=503) for _call in calls]


def say_many(calls):
    answers = []
    with transaction.atomic():
        for call in calls:
            if call.body.text == "explode":
                raise ZeroDivisionError
            if call.body.room // 1000 != call.who.event_id:
                answers.append(Refused("not_found", "No such room.", status=404))
                continue
            known = query("SELECT seq FROM live_test_message WHERE call_id = %s", call.id) if call.id else []
            number = known[0][0] if known else say(call.who.event_id, call.body.room, call.body.text, call.id)
            answers.append({"seq": number, "batch": len(calls), "again": bool(known)})
    return answers


def say(event_id, room_id, text, call_id=None):
    """Stores and publishes one message, as a service would."""
    return say_in(event_id, f"room/{room_id}", text, call_id)


def say_in(event_id, topic, text, call_id=None):
    with transaction.atomic():
        number = seq.next_seq(event_id, topic)
        store(event_id, topic, number, text, call_id)
        publish.log(event_id, topic, seq=number, payload={"text": text})
    return number


def store(event_id, topic, number, text, call_id=None):
    query(
        "INSERT INTO live_test_message VALUES (%s, %s, %s, %s, %s)",
        event_id,
        topic,
        number,
        json.dumps({"text": text}),
        call_id,
    )


def say_unheard(event_id, room_id, text):
    """As if the process had died between the commit and the publishing."""
    with transaction.atomic():
        number = seq.next_seq(event_id, f"room/{room_id}")
        store(event_id, f"room/{room_id}", number, text)
    return number


def vote(event_id, tally_id, votes=1):
    with transaction.atomic():
        query(
            "INSERT INTO live_test_tally VALUES (%s, %s)"
            " ON CONFLICT (tally_id) DO UPDATE SET votes = live_test_tally.votes + excluded.votes",
            tally_id,
            votes,
        )
        publish.state(event_id, f"tally/{tally_id}")


def note(topic, what, people):
    """Waits for a test that holds the topic's lock."""
    query("SELECT pg_advisory_lock_shared(hashtext(%s)), pg_advisory_unlock_shared(hashtext(%s))", topic, topic)
    for who in people:
        query("INSERT INTO live_test_presence (topic, what, people) VALUES (%s, %s, %s)", topic, what, str(who.user_id))


def noted(topic):
    rows = query("SELECT what, people FROM live_test_presence WHERE topic = %s ORDER BY id", topic)
    return [f"{what} {who}" for what, who in rows]
