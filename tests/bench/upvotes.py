"""Everybody wants the same few questions answered at once: what a vote for a question costs, and whether each counts.

    python -m tests.bench.upvotes [--voters 2000] [--seconds 2] [--questions 1000] [--json]

The live role as it is deployed, on one core; everybody's page of questions is open, three topics a socket, in a room
with `--questions` of them. Everybody votes within `--seconds` for one of three, by the socket. What is acknowledged is
counted by the reader (`tests/bench/wsload.c`), what stands by SQL.

    accepted_per_s       votes acknowledged a second, from the first one sent to the last one acknowledged
    cpu_us_per_vote      the live process's CPU a vote, the broadcasts to all these sockets included
    ack_p99_ms           from sending to the acknowledgement
    broadcasts           of standings during the burst, to one person
    lost, duplicated     acknowledged voters without a row; rows beyond one a voter, or a counter that is not its rows
"""

import argparse
import json
import os
import sys
import threading

from tests.bench.hall import PATH, build, services
from tests.bench.load import Load
from tests.bench.serving import Application, cores

PATIENCE = 120
LANES = 3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voters", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=2.0, help="within which everybody votes")
    parser.add_argument("--questions", type=int, default=1000, help="in the room")
    parser.add_argument("--json", action="store_true", help="one line of JSON, last")
    asked = parser.parse_args()
    core, others = cores()
    os.sched_setaffinity(0, others)
    with services() as environ:
        figures = run(asked, environ, core)
    for name, value in figures.items():
        print(f"{name:<18} {value}")
    if asked.json:
        print(json.dumps(figures))


def run(asked, environ, core):
    hall = build(asked.voters + 1)
    topics, wanted = fill(hall, asked.questions)
    server = Application("ours", core, environ)
    try:
        text = json.dumps({"t": "join", "topics": topics})
        plan = [(protocols, text) for protocols, _text in hall.plan(asked.voters + 1)]
        load = Load(server.port, PATH, plan[:-1], ready=len(topics))
        load.open(asked.voters)
        print(f"{asked.voters} sockets are in", file=sys.stderr)
        observer = Observer(server.port, *plan[-1], standing=list(topics)[1])
        server.settle(pause=load.read)
        found = vote(load, server, wanted, asked)
        observer.end()
        load.end()
    finally:
        server.end()
    return found | {"broadcasts": observer.heard} | counted(wanted, asked.voters, found.pop("acknowledged"))


def fill(hall, count):
    """A room full of questions; the topics of its page, and the three that everybody wants."""
    from apps.live import seq, versions
    from apps.questions import broadcasts, services
    from apps.questions.models import Question
    from apps.tracks.models import Session

    session = Session.objects.filter(event=hall.event).order_by("pk").first()
    board = services.set_rules(session, wait_seconds=0)
    author = hall.people[-1]
    rows = [Question(board=board, author=author, text=f"Who keeps the key of sluice {n}?") for n in range(count)]
    Question.objects.bulk_create(rows)
    log, version = broadcasts.log_topic(session.pk), versions.read()
    topics = {log: seq.head(hall.event.pk, log)}
    topics |= {name(session.pk): version for name in (broadcasts.standing_topic, broadcasts.stage_topic)}
    return topics, rows[:LANES]


def vote(load, server, wanted, asked):
    every = asked.seconds * 1000 / asked.voters * LANES
    for question in wanted:
        body = {"question": question.pk, "on": True}
        load.order(f"every {every} {json.dumps({'t': 'do', 'name': 'question.vote', 'body': body, 'id': '%T'})}")
    # What a process does once is not part of a vote's cost; whoever is asked twice says the same.
    load.order(f"say 0 {json.dumps({'t': 'do', 'name': 'question.vote', 'body': body, 'id': '%T'})}")
    load.order(f"await 1 {PATIENCE}")
    server.settle(pause=load.read)
    load.order("latency")
    before = server.cpu()
    sent = load.order(f"run {asked.seconds + 2 * every / 1000}")
    answered = load.order(f"await {asked.voters - sent['marked']} {PATIENCE}")
    spent = server.cpu() - before
    found = {name: sent[name] + answered[name] for name in ("marked", "seconds", "errors", "closed")}
    if found["errors"] or found["closed"] or found["marked"] < asked.voters:
        raise RuntimeError(f"Not everybody was answered: {found}")
    return {
        "acknowledged": found["marked"] + 1,
        "accepted_per_s": round(found["marked"] / found["seconds"]),
        "cpu_us_per_vote": round(spent / found["marked"] * 1e6, 1),
        "ack_p99_ms": load.order("latency")["p99_ms"],
    }


def counted(wanted, voters, acknowledged):
    from apps.questions.models import Question, Vote

    rows = Vote.objects.filter(question__in=wanted)
    people, total = rows.values("user").distinct().count(), rows.count()
    counters = sum(Question.objects.filter(pk__in=[row.pk for row in wanted]).values_list("votes", flat=True))
    # Whoever comes round again in the last lanes may want a second question: that was acknowledged too.
    return {"lost": voters - people, "duplicated": max(0, total - acknowledged) + abs(counters - total)}


class Observer:
    """One more person, who counts how often the standings come."""

    def __init__(self, port, protocols, text, *, standing):
        self.port, self.protocols, self.text, self.standing = port, protocols, text, standing
        self.heard = 0
        self.is_in = threading.Event()
        threading.Thread(target=self.listen, daemon=True).start()
        self.is_in.wait(PATIENCE)

    def listen(self):
        from websockets.exceptions import ConnectionClosed
        from websockets.sync.client import connect

        address, origin = f"ws://127.0.0.1:{self.port}{PATH}", f"http://127.0.0.1:{self.port}"
        with connect(address, subprotocols=self.protocols.split(", "), origin=origin, compression=None) as self.socket:
            self.socket.send(self.text)
            try:
                for words in self.socket:
                    message = json.loads(words)
                    self.is_in.set()
                    self.heard += message["t"] == "state" and message["topic"] == self.standing
            except ConnectionClosed:
                pass

    def end(self):
        self.socket.close()


if __name__ == "__main__":
    main()
