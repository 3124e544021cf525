"""The hall that live benches fill: a running session with its chat, its reactions and an open poll, and its people."""

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.plugins.platform import database_url

PATH = "/ws/bench/"
OWN = ("chat", "mentions")


@contextmanager
def services(*, durable=False):
    """The PostgreSQL and Redis of DATABASE_URL and REDIS_URL, or private ones for as long as the bench runs; Django on
    a throwaway database there, and an empty place for static files. Gives what other processes need to work on it.
    Private ones that are `durable` write to the disk before they answer, as deployed ones do."""
    home = Path(tempfile.mkdtemp(prefix="plenary-bench-")).resolve()
    home.chmod(0o711)  # PostgreSQL runs as another user where we are root
    os.environ["PLENARY_HOME"] = str(home)
    os.environ["STATIC_ROOT"] = str(home / "static")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "events_platform.settings")
    from events_platform.embedded.services import in_use
    from tests.plugins import beginning

    found = {name: name in os.environ for name in ("DATABASE_URL", "REDIS_URL")}
    begun = not found["DATABASE_URL"] and beginning.copy_if_known(home)
    with in_use(home, postgres=not found["DATABASE_URL"], redis=not found["REDIS_URL"], throwaway=not durable):
        import django

        django.setup(set_prefix=False)
        from django.conf import settings
        from django.db import connections
        from django.test.runner import DiscoverRunner

        from apps.live import outbox

        if begun:
            beginning.use_copy()
        runner = DiscoverRunner(verbosity=0, interactive=False)
        databases = runner.setup_databases()
        try:
            yield {"DATABASE_URL": database_url(), "SECRET_KEY": settings.SECRET_KEY, "REDIS_URL": settings.REDIS_URL}
        finally:
            outbox.close()
            connections.close_all()
            runner.teardown_databases(databases)
    shutil.rmtree(home, ignore_errors=True)


@dataclass(frozen=True)
class Hall:
    event: Any
    room: Any
    other_room: Any
    people: list[Any]
    session: Any
    shared: tuple[str, ...]
    """What static/venue/session-page.js and the elements in its page subscribe to, beside one's own topics."""

    @property
    def chat(self):
        return f"chat/{self.room.pk}"

    def topics(self, person):
        """tests/venue/test_hall.py holds it against what a browser joins."""
        return (*self.shared, *(f"person/{person.pk}/{topic}" for topic in OWN))

    @property
    def ready(self):
        """How many topics everybody joins."""
        return len(self.shared) + len(OWN)

    def other(self):
        """The same people in a conversation of their own."""
        shared = tuple(topic.replace(self.chat, f"chat/{self.other_room.pk}") for topic in self.shared)
        return replace(self, room=self.other_room, shared=shared)

    def plan(self, count, *, resume=False):
        """The first `count` people, each with a ticket (or, coming back, what the server gave them) and a joining."""
        from apps.live import seq, tickets, versions
        from apps.live.registry import Who

        version = versions.read()
        positions = dict.fromkeys(self.shared, version)
        said = ("announcements", f"announcements/session/{self.session.pk}")
        logs = (self.chat, f"session/{self.session.pk}/questions", *said)
        positions |= {topic: seq.head(self.event.pk, topic) for topic in logs}
        # Of these the page shows no version; a socket that comes back has one.
        unknown = version if resume else None
        positions[f"{self.chat}/pace"] = unknown
        plan = []
        for person in self.people[:count]:
            text = json.dumps({"t": "join", "topics": dict.fromkeys(self.topics(person), unknown) | positions})
            who = Who(person.pk, self.event.pk, person.name, frozenset(["attendee"]), self.event.live_epoch, "en")
            if resume:
                ticket = tickets.issue_resume(who, self.topics(person))
            else:
                ticket = tickets.issue(
                    event_id=who.event_id, user_id=who.user_id, name=who.name, roles=who.roles, epoch=who.epoch
                )
            plan.append((f"plenary.1, {ticket}", text))
        return plan


def build(count, *, kind="single"):
    from apps.accounts.models import User
    from apps.chat import services as chat
    from apps.core import clock
    from apps.events.models import Event, Registration
    from apps.polls.models import Poll
    from tests.factories.accounts import UserFactory
    from tests.factories.events import EventFactory, RegistrationFactory
    from tests.factories.polls import OptionFactory, PollFactory
    from tests.factories.tracks import SessionFactory

    event = EventFactory(slug="bench", state=Event.State.LIVE)
    session = SessionFactory(event=event, starts_at=event.starts_at, ends_at=event.ends_at)
    room = chat.room_for(event, f"session/{session.pk}")
    other = SessionFactory(event=event, starts_at=event.starts_at, ends_at=event.ends_at)
    other_room = chat.room_for(event, f"session/{other.pk}")
    poll = PollFactory(event=event, session=session, opened_at=clock.now(), results=Poll.Results.LIVE, kind=kind)
    if kind == "single":
        OptionFactory.create_batch(3, poll=poll)
    people = User.objects.bulk_create(UserFactory.build_batch(count))
    Registration.objects.bulk_create([RegistrationFactory.build(event=event, user=person) for person in people])
    shared = (
        "here",
        "announcements",
        f"announcements/session/{session.pk}",
        "event/polls",
        "event/quizzes",
        f"session/{session.pk}/stage",
        f"session/{session.pk}/people",
        f"captions/session-{session.pk}",
        f"session/{session.pk}/polls",
        f"session/{session.pk}/questions",
        f"session/{session.pk}/questions/standing",
        f"session/{session.pk}/questions/stage",
        f"chat/{room.pk}",
        f"chat/{room.pk}/marks",
        f"chat/{room.pk}/pace",
        f"reactions/{room.pk}",
        f"poll/{poll.pk}/turnout",
        f"poll/{poll.pk}/results",
    )
    return Hall(event, room, other_room, people, session, shared)
