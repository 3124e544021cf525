"""What a page costs: queries, CPU time in the server, and bytes over the wire.

    python -m tests.bench.pages [--runs 9] [--sessions 883] [--json]

Landing, lobby, agenda and a running session of a conference of 883 sessions, as an attendee's browser asks for
them (gzip and brotli accepted, no validator sent). A made-up schedule of that size stands in for the real one where
that file is not at hand, or where `--sessions` asks for another size. The database is a throwaway one, on private
services where no others are named, and the static files are collected for the time of the bench. `cold` is the first
answer with an empty cache, `warm` the median of those after it, `again` the answer to a browser that has the page
already. Time is CPU time of the process around the WSGI handler: the client's and the database's own are not in it.
"""

import argparse
import io
import json
import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench.hall import services
from tests.plugins.services import collect_static_files

FOSDEM = Path(__file__).parents[3] / "shared" / "data" / "fosdem-2026.xml"
SESSIONS, ROOMS, TRACKS = 883, 30, 62
ACCEPTED = "gzip, deflate, br"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--sessions", type=int, default=None, help="of a made-up schedule, not the real one")
    parser.add_argument("--json", action="store_true", help="one line of JSON, last")
    asked = parser.parse_args()

    with services():
        collect_static_files()
        figures = Bench(asked.runs, asked.sessions).run()
    for name, value in figures.items():
        print(f"{name:<20} {value}")
    if asked.json:
        print(json.dumps(figures))


class Bench:
    def __init__(self, runs: int, sessions: int | None) -> None:
        from django.core.wsgi import get_wsgi_application

        self.runs, self.sessions = runs, sessions
        self.application = get_wsgi_application()

    def run(self) -> dict[str, Any]:
        event = conference(self.sessions)
        session = settle(event)
        cookie = attendee(event)
        paths = {
            "landing": (f"/e/{event.slug}/", ""),
            "lobby": (f"/e/{event.slug}/lobby/", cookie),
            "agenda": (f"/e/{event.slug}/agenda/", cookie),
            "session": (session.get_absolute_url(), cookie),
        }
        self.ask("/healthz", "")
        figures: dict[str, Any] = {"sessions": event.sessions.count()}
        for name, (path, who) in paths.items():
            figures |= self.measure(name, path, who)
        return figures

    def measure(self, name: str, path: str, cookie: str) -> dict[str, Any]:
        from django.core.cache import cache

        # Templates are compiled once in a process's life: that belongs to its start, not to a page.
        self.ask(path, cookie)
        cache.clear()
        cold = self.ask(path, cookie)
        warm = [self.ask(path, cookie) for _run in range(self.runs)]
        etag = warm[-1].headers.get("ETag", "")
        figures = {
            f"{name}_queries": warm[-1].queries,
            f"{name}_cold_ms": round(cold.ms, 1),
            f"{name}_warm_ms": round(statistics.median(answer.ms for answer in warm), 1),
            f"{name}_kb": round(len(warm[-1].body) / 1024, 1),
        }
        if etag:
            again = [self.ask(path, cookie, etag=etag) for _run in range(self.runs)]
            assert {answer.status for answer in again} == {304}, f"{path} did not answer 304"
            figures[f"{name}_again_ms"] = round(statistics.median(answer.ms for answer in again), 1)
        return figures

    def ask(self, path: str, cookie: str, *, etag: str = "") -> "Answer":
        from django.db import connection

        told: dict[str, Any] = {}
        queries = 0

        def count(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
            nonlocal queries
            queries += 1
            return execute(sql, params, many, context)

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            told["status"], told["headers"] = int(status.split()[0]), dict(headers)

        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_COOKIE": cookie,
            "HTTP_ACCEPT_ENCODING": ACCEPTED, "HTTP_IF_NONE_MATCH": etag, "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        with connection.execute_wrapper(count):
            began = time.process_time()
            response = self.application(environ, start_response)
            body = b"".join(response)
            took = time.process_time() - began
            response.close()
        assert told["status"] in (200, 304), f"{path} answered {told['status']}"
        return Answer(told["status"], told["headers"], body, queries, took * 1000)


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes, queries: int, ms: float) -> None:
        self.status, self.headers, self.body, self.queries, self.ms = status, headers, body, queries, ms


def conference(sessions: int | None) -> Any:
    """The real schedule where it is at hand and no size is asked for, else a made-up one."""
    from django.core.management import call_command

    from apps.events.models import Event

    if sessions is None and FOSDEM.exists():
        call_command("import_schedule", str(FOSDEM), event="bench", create=True, stdout=io.StringIO())
        return Event.objects.get(slug="bench")
    return made_up(sessions or SESSIONS)


def made_up(sessions: int) -> Any:
    from django.utils import timezone

    from tests.factories.events import EventFactory
    from tests.factories.tracks import RoomFactory, SessionFactory, SessionSpeakerFactory, SpeakerFactory, TrackFactory

    start = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0)
    event = EventFactory(slug="bench", name="Bench", starts_at=start, ends_at=start + timedelta(days=2))
    halls = max(1, ROOMS * sessions // SESSIONS)
    rooms = [RoomFactory(event=event, name=f"Room {number}") for number in range(halls)]
    tracks = [
        TrackFactory(event=event, name=f"Track {number}", colour=number % 12 + 1, shape=number % 7 + 1)
        for number in range(TRACKS)
    ]
    for number in range(sessions):
        turn, room = divmod(number, halls)
        day, slot = divmod(turn, 15)
        begins = start + timedelta(days=day, minutes=35 * slot)
        session = SessionFactory(
            event=event,
            room=rooms[room],
            track=tracks[number % TRACKS],
            title=f"What we learned from {number} rivers",
            abstract="Water goes where it went before. " * 12,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=30),
        )
        SessionSpeakerFactory(session=session, speaker=SpeakerFactory(event=event, name=f"Person {number}"))
    return event


def settle(event: Any) -> Any:
    """Publishes the event and moves its programme, so that it is in the middle of its first day; a running session."""
    from django.db.models import F

    from apps.core import clock
    from apps.events.models import Event
    from apps.tracks import selectors

    first = event.sessions.earliest("starts_at").starts_at
    shift = clock.now() - first - timedelta(hours=3, minutes=10)
    event.sessions.update(starts_at=F("starts_at") + shift, ends_at=F("ends_at") + shift)
    Event.objects.filter(pk=event.pk).update(
        state=Event.State.LIVE, starts_at=F("starts_at") + shift, ends_at=F("ends_at") + shift
    )
    event.refresh_from_db()
    return selectors.sessions_now(event)[0]


def attendee(event: Any) -> str:
    """Somebody with a place and some stars; the cookie they are signed in by."""
    from django.conf import settings
    from django.test import Client

    from tests.factories.events import RegistrationFactory
    from tests.factories.tracks import StarFactory

    user = RegistrationFactory(event=event).user
    for session in event.sessions.order_by("starts_at")[:200:9]:
        StarFactory(session=session, user=user)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


if __name__ == "__main__":
    main()
