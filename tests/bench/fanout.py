"""What a delivered message costs the server, beside stock Channels and beside the least that is possible.

    python -m tests.bench.fanout [--sockets 2000] [--messages 20] [--no-steer] [--json]

One server at a time works, pinned to one core; load, database and Redis are on the others. Every server has the same
number of sockets and writes frames of the same length. A figure is the server's CPU time (user and system, all its
threads) while it delivers, through the frames that arrived. The kinds take turns message by message, each round in
another order, so that a noisy moment of the machine hits all of them and none profits from what ran before it; the
median message counts. A ratio of two kinds is the median of the ratios that each round has: the machine may be half as
quick from one second to the next, and then two medians can be of different seconds.

    ours_us         a lone message in a room: the live role as it is deployed
    busy_us         the same with 100 messages a second into the room, where ticks join them
    fallback_us     a lone message through the server's own `send`
    stock_core_us, stock_pubsub_us   an ordinary consumer on RedisChannelLayer, on RedisPubSubChannelLayer
    floor_us        a C program that writes one prebuilt frame to every socket
    kb_per_socket, stock_kb_per_socket   growth of the resident memory from a warm server to one with all sockets
    connect_ms      handshake, ticket, guards and first join of the seventeen topics of a session page, two of them
                    one's own; presence and attendance
    bare_connect_ms, connect_over_bare   a handshake with an ASGI application that accepts and does nothing, on
                    uvicorn's own protocol: the least that this machine takes for a connect, and ours beside it
    stock_connect_ms   the same with the ordinary consumer on the pub/sub layer, which joins its one group
    rejoin_ms       the same person coming back with a resume ticket; it must not make one query
    load_share      how busy the load was while lone messages were delivered: below 1 it waited for the server
    spread          of each kind's lone messages, the quartiles around the median
    steered         whether packets were received on the other cores

The server pays for what it sends. What its readers' machines would do with it, the loopback would have it pay as well,
and does not where Linux lets us say so, which takes root (`steering.py`; for every kind alike). `--no-steer` measures
without.

It ends with 1 where a return made a query.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time

from tests.bench.hall import PATH, build, services
from tests.bench.load import Load
from tests.bench.serving import Application, Floor, cores
from tests.bench.steering import steered

FRAME_BYTES = 226
WARM = 50
PER_SECOND = 100
PATIENCE = 60
BUSY_TURNS = 3
BUSY_FLOORS = 5
"""Lone messages of the floor in each round of these."""
BUSY_SECONDS = 2.0
QUIET = {"sweep_seconds": 3600.0}
"""The keep-alive is not part of a message's cost."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=2000)
    parser.add_argument("--messages", type=int, default=20, help="lone messages of each kind")
    parser.add_argument("--only", choices=["ours", "send", "stock_core", "stock_pubsub"], nargs="*", default=None)
    parser.add_argument("--steer", action=argparse.BooleanOptionalAction, default=True, help="see above")
    parser.add_argument("--json", action="store_true", help="one line of JSON, last")
    asked = parser.parse_args()
    server_core, others = cores()
    os.sched_setaffinity(0, others)
    with services() as environ, steered(others, asked.steer and server_core.isdisjoint(others)) as is_steered:
        figures = Fanout(asked, environ, server_core).run() | {"steered": is_steered}
    for name, value in figures.items():
        print(f"{name:<22} {value}")
    if asked.json:
        print(json.dumps(figures))
    if figures.get("rejoin_queries"):
        raise SystemExit(f"Coming back made {figures['rejoin_queries']} queries; it must not make one.")


class Fanout:
    def __init__(self, asked, environ, core):
        self.sockets, self.messages = asked.sockets, asked.messages
        self.only = asked.only
        self.environ, self.core = environ, core
        self.hall = build(asked.sockets)
        self.figures = {}
        self.contestants = []

    def run(self):
        kinds = {"ours": Ours, "send": Fallback, "stock_core": StockCore, "stock_pubsub": StockPubSub}
        try:
            bare = Bare(self)
            bare.end()
            for name, kind in kinds.items():
                if self.only is None or name in self.only:
                    self.contestants.append(kind(self))
                    print(f"{name}: {self.sockets} sockets are in", file=sys.stderr)
            self.contestants.append(Lowest(self))
            self.take_turns()
            return self.sum_up() | self.beside(bare)
        finally:
            for contestant in self.contestants:
                contestant.end()

    def beside(self, bare):
        found = {"bare_connect_ms": round(bare.connect_ms, 2)}
        for contestant in self.contestants:
            if contestant.name == "ours":
                found["connect_over_bare"] = round(contestant.connect_ms / bare.connect_ms, 1)
        return found

    def take_turns(self):
        for contestant in self.contestants:
            contestant.lone()
            contestant.forget()  # the first finds everything cold
        shuffle = random.Random(1).shuffle
        for _message in range(self.messages):
            order = list(self.contestants)
            shuffle(order)
            for contestant in order:
                contestant.lone()
        for _turn in range(BUSY_TURNS):
            order = list(self.contestants)
            shuffle(order)
            for contestant in order:
                contestant.busy()

    def sum_up(self):
        found = {}
        for contestant in self.contestants:
            found |= contestant.figures()
        found["spread"] = {contestant.name: contestant.spread() for contestant in self.contestants}
        known = {contestant.name: contestant for contestant in self.contestants}
        floor, ours = known.get("floor"), known.get("ours")
        stock = [known[name] for name in ("stock_core", "stock_pubsub") if name in known]
        if floor and ours:
            found["ours_over_floor"] = round(ours.over(floor), 2)
            found["busy_over_floor"] = round(median_ratio(ours.busy_turns, floor.busy_turns), 2)
        if stock and ours:
            found["stock_over_ours"] = round(min(kind.over(ours) for kind in stock), 1)
        return found


class Contestant:
    """A server with all its sockets, and the load that holds them."""

    name = ""
    flavour = ""
    hello = False
    ready = 0

    def __init__(self, bench):
        self.bench = bench
        self.turns = []
        self.shares = []
        self.start()
        self.load = self.load_for(self.plan())
        self.load.open(WARM)
        self.server.settle()
        self.before = self.server.rss_kb(), self.server.cpu()
        self.load.open(bench.sockets - WARM)
        self.server.settle()
        opened = bench.sockets - WARM
        self.kb = (self.server.rss_kb() - self.before[0]) / opened
        self.connect_ms = (self.server.cpu() - self.before[1]) / opened * 1000

    def start(self):
        self.server = Application(self.flavour, self.bench.core, self.bench.environ)

    def plan(self):
        return [("", "")] * self.bench.sockets

    def load_for(self, plan):
        return Load(self.server.port, PATH, plan, hello=self.hello, ready=self.ready)

    def publish(self):
        raise NotImplementedError

    def lone(self):
        """A message after a silence: it is a write of its own to every socket."""
        time.sleep(0.1)
        before = self.server.cpu()
        self.publish()
        found = self.load.order(f"await {self.bench.sockets} {PATIENCE}")
        spent = self.server.cpu() - before
        self.turns.append(spent / self.complete(found, 1) * 1_000_000)
        self.shares.append(found["cpu"] / found["seconds"])

    def forget(self):
        self.turns.clear()
        self.shares.clear()

    def complete(self, found, messages):
        if found["marked"] != self.bench.sockets * messages or found["closed"]:
            raise RuntimeError(f"{self.name} did not deliver everything: {found}")
        return found["marked"]

    def busy(self):
        """Only ours is asked, and the floor."""

    def figures(self):
        return {f"{self.name}_us": round(statistics.median(self.turns), 2)}

    def over(self, other):
        """The median of the rounds: within one the machine is as quick for both, and from one to the next it need not
        be."""
        return median_ratio(self.turns, other.turns)

    def spread(self):
        if len(self.turns) < 2:
            return []
        low, _median, high = statistics.quantiles(self.turns, n=4)
        return [round(low, 2), round(high, 2)]

    def end(self):
        self.server.end()
        self.load.end()


class Bare(Contestant):
    """Is only connected to."""

    name = flavour = "bare"


class Ours(Contestant):
    name = flavour = "ours"
    hello = True

    def __init__(self, bench):
        self.ready = bench.hall.ready
        self.busy_turns = []
        super().__init__(bench)
        self.come_back()

    def start(self):
        # Few come at a time (`IN_FLIGHT`), so that thousands take longer to be back than one person may.
        super_numbers = QUIET | {"leave_seconds": max(6.0, self.bench.sockets / 100)}
        self.server = Application(self.flavour, self.bench.core, self.bench.environ, **super_numbers)

    @property
    def hall(self):
        return self.bench.hall

    def plan(self):
        return self.hall.plan(self.bench.sockets)

    def come_back(self):
        """Everybody falls, and returns before they count as gone."""
        back = self.load_for(self.bench.hall.plan(self.bench.sockets, resume=True))
        self.load.order("shut")
        self.server.settle(seconds=0.3, most=1)
        before, queries = self.server.cpu(), self.server.queries()
        back.open(self.bench.sockets)
        self.server.settle()
        self.rejoin_ms = (self.server.cpu() - before) / self.bench.sockets * 1000
        self.rejoin_queries = self.server.queries() - queries
        self.load.end()
        self.load = back

    def publish(self):
        from django.db import transaction

        from apps.live import publish, seq

        hall = self.hall
        with transaction.atomic():
            number = seq.next_seq(hall.event.pk, hall.chat)
            publish.log(hall.event.pk, hall.chat, seq=number, payload=self.payload(number))

    def payload(self, number):
        return {"text": "^" + "x" * (FRAME_BYTES - len(framed(self.hall.chat, number, {"text": "^"})))}

    def busy(self):
        count = int(BUSY_SECONDS * PER_SECOND)
        before = self.server.cpu()
        thread = threading.Thread(target=self.publish_many, args=(count,))
        thread.start()
        found = self.load.order(f"await {self.bench.sockets * count} {PATIENCE}")
        thread.join()
        spent = self.server.cpu() - before
        self.busy_turns.append(spent / self.complete(found, count) * 1_000_000)

    def publish_many(self, count):
        from django.db import connection

        begun = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, begun + number / PER_SECOND - time.monotonic()))
            self.publish()
        connection.close()

    def figures(self):
        return {
            **super().figures(),
            "busy_us": round(statistics.median(self.busy_turns), 2),
            "kb_per_socket": round(self.kb, 1),
            "connect_ms": round(self.connect_ms, 2),
            "rejoin_ms": round(self.rejoin_ms, 2),
            "rejoin_queries": self.rejoin_queries,
            "load_share": round(statistics.median(self.shares), 2),
        }


class Fallback(Ours):
    name, flavour = "fallback", "send"

    @property
    def hall(self):
        """It belongs to the same platform: in the same room it would work whenever ours does."""
        return self.bench.hall.other()

    def come_back(self):
        """Only the deployed way is asked."""

    def busy(self):
        """Neither."""

    def figures(self):
        return Contestant.figures(self)


class Stock(Contestant):
    def __init__(self, bench):
        from django.utils.module_loading import import_string

        from tests.bench.stock import layer_settings

        words = layer_settings(self.flavour)["default"]
        self.layer = import_string(words["BACKEND"])(**words["CONFIG"])
        super().__init__(bench)

    def plan(self):
        return [("", "")] * self.bench.sockets

    def publish(self):
        from asgiref.sync import async_to_sync

        async_to_sync(self.send)()

    async def send(self):
        from tests.bench.stock import ROOM

        text = "^" + "x" * (FRAME_BYTES - len(framed_bytes(b'{"text":"^"}')))
        await self.layer.group_send(ROOM, {"type": "chat.message", "message": {"text": text}})
        await self.layer.close_pools() if hasattr(self.layer, "close_pools") else await self.layer.flush()


class StockCore(Stock):
    name = flavour = "stock_core"

    def figures(self):
        return {**super().figures(), "stock_kb_per_socket": round(self.kb, 1)}


class StockPubSub(Stock):
    name = flavour = "stock_pubsub"

    def figures(self):
        return {**super().figures(), "stock_connect_ms": round(self.connect_ms, 2)}


class Lowest(Contestant):
    name = "floor"

    def start(self):
        with tempfile.NamedTemporaryFile("wb", delete=False) as file:
            file.write(framed_bytes(b"^" + b"x" * (FRAME_BYTES - 5)))
        self.server = Floor(file.name, self.bench.core)

    def __init__(self, bench):
        self.busy_turns = []
        super().__init__(bench)

    def publish(self):
        self.load.order("say 0 now")

    def busy(self):
        """It has nothing to join: what a few of its lone messages take in the same round."""
        turns, shares = self.turns, self.shares
        self.turns, self.shares = [], []
        for _message in range(BUSY_FLOORS):
            self.lone()
        self.busy_turns.append(statistics.median(self.turns))
        self.turns, self.shares = turns, shares


def median_ratio(ours, others):
    return statistics.median(own / its for own, its in zip(ours, others, strict=True))


def framed(topic, number, payload):
    from apps.live import wire

    return wire.log_message(topic, number, wire.encode(payload))


def framed_bytes(payload):
    from apps.live import wire

    return wire.frame(payload)


if __name__ == "__main__":
    main()
