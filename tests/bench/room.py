"""One process, one room, everybody in it: how long a chat message takes from one person to all the others.

    python -m tests.bench.room [--sockets 8000] [--seconds 30] [--per-second 5] [--gather 500]
                                  [--stages] [--json]

The live role as it is deployed, with everything on: people chat through their sockets, 5 messages a second, and
applaud, twice a second; presence, attendance and the keep-alive go on. Each message carries the time at which its
sender's socket wrote it, by the machine's monotonic clock; every other socket takes the time when it reads it. So a
figure holds the command, the database, Redis, the tick and the delivery to the last socket.
With `--stages` the server notes what a message waits for on its way (`stages.py`): each
station's time after the one before it, median and slowest hundredth.

    p50_ms, p99_ms, p999_ms   over all deliveries (messages x sockets)
    cpu_share                 of one core, the server's, while they chat
    rss_mb                    the process's growth above idle, with everybody in and chatting
    loop_lag_ms, tick_lag_ms  the worst that the process said of itself, every other second (`apps/live/shedding.py`)
    level                     the highest step of the shedding ladder that it took
    refused                   reactions that the process had rest because it fell behind its ticks; 0 where it keeps up
    load_share                how busy the reader was: below 1 it was not what took the time

The reader takes what has come every half millisecond, as a network card gathers frames before it interrupts. On the
same machine it would otherwise be woken by nearly every single frame, and who wakes another core pays for it: the
server, whose writes to a network would wake nobody. What is read later is timed later. `--gather 0` measures without.
"""

import argparse
import json
import os
import sys
import threading
from contextlib import contextmanager

from tests.bench.hall import PATH, build, services
from tests.bench.load import Load
from tests.bench.serving import Application, cores

WARM_SECONDS = 5
LOOK_SECONDS = 2.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=8000)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--per-second", type=float, default=5, help="chat messages")
    parser.add_argument("--gather", type=int, default=500, help="microseconds, see above")
    parser.add_argument("--stages", action="store_true", help="say where a message's time goes")
    parser.add_argument("--json", action="store_true", help="one line of JSON, last")
    asked = parser.parse_args()
    server_core, others = cores()
    os.sched_setaffinity(0, others)
    with services() as environ:
        if asked.stages:
            environ["BENCH_STAGES"] = "1"
        figures = measure(asked, environ, server_core)
    for name, value in figures.items():
        print(f"{name:<12} {value}")
    if asked.json:
        print(json.dumps(figures))


def measure(asked, environ, core):
    sockets, seconds, per_second = asked.sockets, asked.seconds, asked.per_second
    hall = build(sockets)
    hall.room.display_rate = max(hall.room.display_rate, 2 * int(per_second))  # everything is to be shown
    hall.room.save()
    server = Application("ours", core, environ)
    try:
        server.settle()
        idle = server.rss_kb()
        load = Load(server.port, PATH, hall.plan(sockets), ready=hall.ready)
        load.open(sockets)
        print(f"{sockets} sockets are in", file=sys.stderr)
        server.settle(pause=load.read)
        say = {"t": "do", "name": "chat.send", "body": {"room": hall.room.pk, "text": "Does it flood? %T"}}
        cheer = {"t": "do", "name": "chat.react", "body": {"room": hall.room.pk, "kind": "applause"}}
        load.order(f"every {1000 / per_second} {json.dumps(say)}")
        load.order(f"every 500 {json.dumps(cheer)}")
        load.order(f"gather {asked.gather}")
        load.order(f"run {WARM_SECONDS}")
        load.order("latency")
        noted = "BENCH_STAGES" in environ
        if noted:
            server.stages()
        before = server.cpu()
        with looking(server) as reports:
            found = load.order(f"run {seconds}")
        spent = server.cpu() - before
        latency = load.order("latency")
        memory = server.rss_kb() - idle
        stages = {"stages_ms": server.stages()} if noted else {}
        load.end()
    finally:
        server.end()
    figures = {
        "p50_ms": latency["p50_ms"],
        "p99_ms": latency["p99_ms"],
        "p999_ms": latency["p999_ms"],
        "cpu_share": round(spent / found["seconds"], 3),
        "rss_mb": round(memory / 1024, 1),
        "deliveries": latency["count"],
        **{name: max(report[name] for report in reports) for name in ("loop_lag_ms", "tick_lag_ms", "level")},
        "refused": found["errors"],
        "load_share": round(found["cpu"] / found["seconds"], 3),
        **stages,
    }
    if found["closed"] or found["marked"] < 0.95 * sockets * per_second * seconds:
        raise RuntimeError(f"Not everybody heard everything: {found}, {figures}")
    return figures


@contextmanager
def looking(server):
    """What the process says of itself meanwhile."""
    reports, over = [], threading.Event()

    def look():
        while not reports or not over.wait(LOOK_SECONDS):
            reports.append(server.report())

    looks = threading.Thread(target=look)
    looks.start()
    try:
        yield reports
    finally:
        over.set()
        looks.join()


if __name__ == "__main__":
    main()
