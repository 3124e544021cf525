"""Where the time of a chat message goes: the server notes when each marked one passes the stations on its way.

A message is known by the time that `wsload` wrote into its text (`@nanoseconds^`), which is of the machine's monotonic
clock, as are the notes. `tests.bench.serve` notes them where BENCH_STAGES is set, and gives them at `/bench/stages`.
"""

import re
import statistics
import time
from collections import defaultdict

MARK = re.compile(rb"@(\d+)\^")
STATIONS = ("sent", "heard", "thread", "stored", "done", "published", "back", "pass", "told")
"""Written by the person's socket; heard by the process; begun in a thread; committed; the thread has ended; handed to
Redis; come back from Redis; a pass has begun that says it; written to the last socket."""
_notes: dict[int, dict[str, float]] = defaultdict(dict)


def note(station, data):
    now = time.monotonic()
    for mark in MARK.findall(data if isinstance(data, bytes) else str(data).encode()):
        if station == STATIONS[-1]:
            _notes[int(mark)][station] = now  # the last of several groups
        else:
            _notes[int(mark)].setdefault(station, now)


def between():
    """By station: how many milliseconds after the one before it was reached, the median and the slowest hundredth."""
    whole = [{"sent": sent * 1e-9} | notes for sent, notes in _notes.items() if len(notes) == len(STATIONS) - 1]
    _notes.clear()
    found = {"messages": len(whole)}
    for number, station in enumerate(STATIONS[1:]):
        took = sorted(1000 * (one[station] - one[STATIONS[number]]) for one in whole)
        if took:
            found[station] = [round(statistics.median(took), 1), round(took[int(0.99 * (len(took) - 1))], 1)]
    return found


def observe():
    """Puts the notes around the engine's own steps."""
    from apps.live import commands, outbox
    from apps.live.delivery import Delivery
    from apps.live.hub import Hub

    def before(owner, name, station, data):
        inner = getattr(owner, name)

        def noted(*words, **named):
            note(station, data(*words))
            return inner(*words, **named)

        setattr(owner, name, noted)

    before(commands.Commands, "submit", "heard", lambda self, connection, said: bytes(said.body))
    before(outbox, "log", "stored", lambda event, topic, item: item[1])
    before(Hub, "_deliver", "back", lambda self, message: b"".join(data for _seq, data in message.get("items", ())))
    attempt, write, send_log = commands.attempt, Delivery._write, outbox.layer.send_log

    def in_thread(command, calls):
        texts = " ".join(getattr(call.body, "text", "") for call in calls)
        note("thread", texts)
        answers = attempt(command, calls)
        note("done", texts)
        return answers

    async def publish(event, topic, items):
        note("published", b"".join(data for _seq, data in items))
        await send_log(event, topic, items)

    async def told(self, group):
        note("pass", group.frames)
        reached = await write(self, group)
        note("told", group.frames)
        return reached

    commands.attempt, Delivery._write, outbox.layer.send_log = in_thread, told, publish
