"""Everybody votes at once: what a vote costs, how many a second one process takes, and whether each counts once.

    python -m tests.bench.votes [--voters 10000] [--seconds 1.5] [--naive 500] [--backend redis] [--kind words] [--json]

The live role as it is deployed, on one core, with everybody's session page open: seventeen topics a socket, the poll's
results among them. Everybody votes within `--seconds`, by the socket and with a command id, as a page does. Nothing is
drained meanwhile; then one drain, as `manage.py drain` runs it, on the same core, writes all of it. What is
acknowledged is counted by the reader (`tests/bench/wsload.c`), what stands by SQL, what was told by one more socket.
PostgreSQL and Redis write to the disk before they answer (append-only file, `appendfsync always`). `--backend` chooses
what takes the votes: Redis, SQS (moto's server over HTTP, in a process of its own on the other cores, which keeps what
it has in memory: what a call costs us is measured, not the service), or the caller's own transaction (`direct`), where
nothing is left to drain. With `--kind words` they say words to a cloud, in which a thousand others have left three
thousand words before: what a cloud costs a tick shows in `burst_us_per_vote`.

It ends with 1 where a vote was lost or counted twice, or where more was told than the ticks allow.

    accepted_per_s       votes acknowledged a second, from the first one sent to the last one acknowledged
    cpu_us_per_vote      the live process's CPU a vote, with 500 sockets, its broadcasts to them included
    burst_us_per_vote    the same with all sockets, in the burst
    naive_cpu_us_per_vote   a usual consumer with the same 500: one ORM insert and one group broadcast a vote
    naive_over_ours      the one by the other
    drain_rows_per_s     answers written a second by one drain; null where there is nothing to drain
    copied_rows_per_s, copied_over_drained   the same rows by COPY, as many a transaction, into an empty table like
                         theirs: the most that this PostgreSQL takes from one connection, and how much more that is
    lost, duplicated     acknowledged voters without a row; rows or counts beyond one a voter
    tally_lag_p99_ms     from a vote's acknowledgement to the first broadcast of results that holds as many
    broadcasts           of results during the burst
    most_broadcasts      as many as there were ticks in it
"""

import argparse
import bisect
import io
import json
import os
import sys
import threading
import time

from tests.bench.backends import BACKENDS, backend
from tests.bench.hall import PATH, build, services
from tests.bench.load import Load
from tests.bench.serving import Application, cores

PATIENCE = 120
SLACK = 2
"""Rounds of sending beyond the last voter, so that rounding leaves nobody out; who is asked twice says the same."""
LANES = 3
EARLIER, WORDS_EACH = 1000, 3
"""Who has said words before the burst, and how many each."""
WARM = {"t": "do", "name": "poll.vote", "id": "%T"}
"""One vote before the others: what a process does once is not part of a vote's cost."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voters", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=1.5, help="within which everybody votes")
    parser.add_argument("--naive", type=int, default=500, help="voters of the comparison")
    parser.add_argument("--backend", choices=BACKENDS, default="redis", help="which takes the votes")
    parser.add_argument("--kind", choices=("single", "words"), default="single", help="of the poll")
    parser.add_argument("--json", action="store_true", help="one line of JSON, last")
    asked = parser.parse_args()
    server_core, others = cores()
    os.sched_setaffinity(0, others)
    with backend(asked.backend) as chosen:
        os.environ.update(chosen)  # before Django reads its settings; the measured processes inherit it
        with services(durable=True) as environ:
            figures = Votes(asked, environ, server_core, others).run()
    for name, value in figures.items():
        print(f"{name:<22} {value}")
    if asked.json:
        print(json.dumps(figures))
    wrong = faults(figures)
    for fault in wrong:
        print(fault, file=sys.stderr)
    sys.exit(1 if wrong else 0)


def faults(figures):
    """What must not be, however fast it was."""
    found = [f"{figures[name]} votes were {name}." for name in ("lost", "duplicated") if figures[name]]
    if figures["broadcasts"] > figures["most_broadcasts"]:
        found.append(f"Results were told {figures['broadcasts']} times in {figures['most_broadcasts']} ticks.")
    return found


class Votes:
    def __init__(self, asked, environ, core, others):
        self.asked, self.environ, self.core, self.others = asked, environ, core, others
        self.earlier = EARLIER if asked.kind == "words" else 0
        self.hall = build(asked.voters + self.earlier + 1, kind=asked.kind)

    def run(self):
        from apps.polls.models import Poll

        poll = Poll.objects.get(event=self.hall.event)
        if self.earlier:
            self.say_words(poll)
        found = self.burst(poll) | self.drained(poll)
        found |= self.compared()
        return found

    def say_words(self, poll):
        """No two alike, nor one the plural of another."""
        from apps.polls import kinds
        from apps.polls import services as polls

        wishes = []
        for number, person in enumerate(self.hall.people[self.asked.voters : -1]):
            said = kinds.Said(words=[f"{place}{number}" for place in ("ebb", "weir", "lock")[:WORDS_EACH]])
            wishes.append(polls.Vote(poll.event_id, poll.pk, person.pk, said, 1, frozenset({"attendee"})))
        polls.cast_votes(wishes)

    # The burst ----------------------------------------------------------------------------------------------------

    def burst(self, poll):
        voters = self.asked.voters
        server = Application("ours", self.core, self.environ)
        try:
            load = Load(server.port, PATH, self.hall.plan(voters), ready=self.hall.ready)
            load.open(voters)
            print(f"{voters} sockets are in", file=sys.stderr)
            observer = Observer(server.port, self.hall, poll)
            server.settle(pause=load.read)
            found = self.vote(load, server, poll, voters, self.asked.seconds)
            observer.wait_for(voters + self.earlier)
            broadcasts = observer.heard_until(time.monotonic(), above=self.earlier)
            pace = load.order("pace")
            load.end()
            observer.end()
        finally:
            server.end()
        return {
            "accepted_per_s": round(found["marked"] / found["seconds"]),
            "burst_us_per_vote": round(found["spent"] / found["marked"] * 1e6, 1),
            "tally_lag_p99_ms": lag(pace, broadcasts),
            "broadcasts": len(broadcasts),
            "most_broadcasts": ticks(broadcasts),
            "ack_p99_ms": found["ack_p99_ms"],
            "load_share": round(found["cpu"] / found["seconds"], 2),
        }

    def vote(self, load, server, poll, voters, seconds):
        """Everybody once, each lane for another option; until the last one is answered."""
        every = seconds * 1000 / voters * LANES
        for said in self.answers(poll):
            body = {"poll": poll.pk, **said, "revision": 1}
            load.order(f"every {every} {json.dumps({'t': 'do', 'name': 'poll.vote', 'body': body, 'id': '%T'})}")
        load.order(f"say 0 {json.dumps(WARM | {'body': body})}")
        load.order(f"await 1 {PATIENCE}")
        server.settle(pause=load.read)
        load.order("latency")
        load.order("pace")
        before = server.cpu()
        sent = load.order(f"run {seconds + SLACK * every / 1000}")
        answered = load.order(f"await {voters - sent['marked']} {PATIENCE}")
        spent = server.cpu() - before
        found = {name: sent[name] + answered[name] for name in ("marked", "seconds", "cpu", "errors", "closed")}
        if found["errors"] or found["closed"] or found["marked"] < voters:
            raise RuntimeError(f"Not everybody was answered: {found}")
        return found | {"spent": spent, "ack_p99_ms": load.order("latency")["p99_ms"]}

    def answers(self, poll):
        """One for each lane."""
        if poll.kind == "words":
            return [{"words": [word]} for word in ("reeds", "meadow", "sluice")]
        return [{"option": option.pk} for option in poll.options.all()]

    # The drain ----------------------------------------------------------------------------------------------------

    def drained(self, poll):
        from django.db import connection

        from apps.core.collector import calm_collector
        from apps.intake import drain
        from apps.polls import selectors
        from apps.polls.models import Answer

        os.sched_setaffinity(0, self.core)
        calm_collector()  # as `manage.py drain` begins
        brought, began, took = 0, time.monotonic(), 0.0
        while count := drain.Crew().until_empty():
            brought, took = brought + count, time.monotonic() - began
        os.sched_setaffinity(0, self.others)
        rows = Answer.objects.filter(poll=poll).count()
        persons = Answer.objects.filter(poll=poll).values("user").distinct().count()
        live = selectors.counted([poll])[poll.pk]
        by_rows = selectors.counted_rows([(poll.pk, poll.round, False)])[poll.pk, poll.round, False]
        copied = self.copied(Answer._meta.db_table, poll, drain.MOST_A_BATCH)
        connection.close()
        everybody = self.asked.voters + self.earlier
        sums = [one.keys for one in (live, by_rows)]
        if poll.kind == "single":
            sums += [sum(one.counts.values()) for one in (live, by_rows)]
        return {
            "drain_rows_per_s": round(rows / took) if brought else None,
            "copied_rows_per_s": round(copied),
            "copied_over_drained": round(copied * took / rows, 1) if brought else None,
            "lost": everybody - min(persons, *sums),
            "duplicated": max(rows, *sums) - everybody,
        }

    def copied(self, table, poll, most):
        """Rows a second, from the text of the rows to their commit."""
        from django.db import connection

        with connection.cursor() as cursor:
            text = io.StringIO()
            cursor.copy_expert(f"COPY (SELECT * FROM {table} WHERE poll_id = {poll.pk}) TO STDOUT", text)
            cursor.execute(f"CREATE TABLE bench_copied (LIKE {table} INCLUDING ALL)")
            lines = text.getvalue().splitlines(keepends=True)
            batches = [io.StringIO("".join(lines[at : at + most])) for at in range(0, len(lines), most)]
            os.sched_setaffinity(0, self.core)
            began = time.monotonic()
            for batch in batches:
                cursor.copy_expert("COPY bench_copied FROM STDIN", batch)
            took = time.monotonic() - began
            os.sched_setaffinity(0, self.others)
            cursor.execute("DROP TABLE bench_copied")
        return len(lines) / took

    # Beside the usual way -----------------------------------------------------------------------------------------

    def compared(self):
        ours, naive = self.ours_again(), self.naive()
        return {
            "cpu_us_per_vote": round(ours, 1),
            "naive_cpu_us_per_vote": round(naive, 1),
            "naive_over_ours": round(naive / ours, 1),
        }

    def fresh_poll(self):
        from apps.polls import services as polls

        poll = polls.create_poll(event=self.hall.event, question="Again?", options=["One", "Two", "Three"])
        return polls.open_poll(poll)

    def ours_again(self):
        """The same as the naive way's people and pace, with one topic: the results."""
        voters, poll = self.asked.naive, self.fresh_poll()
        server = Application("ours", self.core, self.environ)
        try:
            text = json.dumps({"t": "join", "topics": {f"poll/{poll.pk}/results": None}})
            plan = [(protocols, text) for protocols, _text in self.hall.plan(voters)]
            load = Load(server.port, PATH, plan, ready=1)
            load.open(voters)
            server.settle(pause=load.read)
            found = self.vote(load, server, poll, voters, self.asked.seconds)
            load.end()
        finally:
            server.end()
        return found["spent"] / found["marked"] * 1e6

    def naive(self):
        voters, poll = self.asked.naive, self.fresh_poll()
        server = Application("stock_votes", self.core, self.environ | {"BENCH_POLL": str(poll.pk)})
        try:
            load = Load(server.port, PATH, [("", "")] * voters, hello=False, ready=0)
            load.open(voters)
            server.settle(pause=load.read)
            option = poll.options.first().pk
            before = server.cpu()
            for number in range(voters):
                load.send(f"say {number} {json.dumps({'option': option})}")
            for _number in range(voters):
                load.answer()
            left = voters * voters
            end = time.monotonic() + 2 * PATIENCE
            while left > 0 and time.monotonic() < end:
                left -= load.order(f"await {left} 10")["marked"]
            spent = server.cpu() - before
            load.end()
        finally:
            server.end()
        if left > 0:
            raise RuntimeError(f"The naive way left {left} of {voters * voters} frames undelivered.")
        return spent / voters * 1e6


class Observer:
    """One more person, who only hears the results, and when."""

    def __init__(self, port, hall, poll):
        [(self.protocols, _text)] = hall.plan(len(hall.people))[-1:]
        self.port, self.topic = port, f"poll/{poll.pk}/results"
        self.heard = []
        self.is_in = threading.Event()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        self.is_in.wait(PATIENCE)

    def listen(self):
        from websockets.exceptions import ConnectionClosed
        from websockets.sync.client import connect

        address, origin = f"ws://127.0.0.1:{self.port}{PATH}", f"http://127.0.0.1:{self.port}"
        protocols = self.protocols.split(", ")
        with connect(address, subprotocols=protocols, origin=origin, compression=None) as self.socket:
            self.socket.send(json.dumps({"t": "join", "topics": {self.topic: None}}))
            try:
                for text in self.socket:
                    self.hear(json.loads(text))
            except ConnectionClosed:
                pass

    def hear(self, message):
        if message["t"] == "joined":
            self.is_in.set()
        if message["t"] == "state" and message["topic"] == self.topic:
            self.heard.append((time.monotonic(), message["d"]["total"]))

    def wait_for(self, total):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not (self.heard and self.heard[-1][1] >= total):
            time.sleep(0.01)

    def heard_until(self, moment, *, above=0):
        return [(at, total - above) for at, total in self.heard if at <= moment and total > above]

    def end(self):
        self.socket.close()


def ticks(broadcasts):
    """Between the first of them and the last; with the first, one that was owed, and that of the warming vote."""
    from apps.polls.live import ResultsTopic

    if not broadcasts:
        return 0
    return int((broadcasts[-1][0] - broadcasts[0][0]) * 1000 / ResultsTopic.interval_ms) + 3


def lag(pace, broadcasts):
    """The 99th percentile, over votes, of the time from acknowledgement to the first broadcast that counts as many."""
    totals = [total for _at, total in broadcasts]
    lags, acknowledged = [], 0
    for number, count in enumerate(pace["counts"]):
        acknowledged += count
        place = bisect.bisect_left(totals, min(acknowledged, totals[-1]))
        took = broadcasts[place][0] - (pace["began"] + (number + 1) / 100)
        lags.extend([max(0.0, took)] * count)
    return round(sorted(lags)[int(0.99 * (len(lags) - 1))] * 1000, 1)


if __name__ == "__main__":
    main()
