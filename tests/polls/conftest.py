"""A poll of a running session, open, and a person's wish to answer it; polls of every kind to ask."""

import pytest

from apps.polls import kinds, services
from apps.polls.models import Kind
from tests.factories.media import AssetFactory
from tests.factories.tracks import SessionFactory
from tests.plugins.told import told  # noqa: F401

OPTIONS = ["The towns", "The valley", "The state"]


@pytest.fixture
def session(event):
    return SessionFactory(event=event)


@pytest.fixture
def draft(event, session):
    return services.create_poll(event=event, session=session, question="Who should pay?", options=OPTIONS)


@pytest.fixture
def poll(draft):
    return services.open_poll(draft)


@pytest.fixture
def vote(poll):
    """`vote(person, 1)`: for the second option of the poll (or of `of=…`)."""

    def make(person, place=0, *, of=None, **changes):
        chosen = of or poll
        fields = {
            "event_id": chosen.event_id,
            "poll_id": chosen.pk,
            "user_id": person.pk,
            "said": kinds.Said(option=list(chosen.options.all())[place].pk),
        }
        return services.Vote(**fields | changes)

    return make


@pytest.fixture
def cast(vote):
    return lambda *args, **changes: services.cast_votes([vote(*args, **changes)])[0]


@pytest.fixture
def ask(event, session):
    def make(kind=Kind.SINGLE, **changes):
        has_options = kind not in (Kind.SCALE, Kind.WORDS, Kind.TEXT)
        wish = {"event": event, "session": session, "question": f"{kind}?", "options": OPTIONS if has_options else ()}
        if kind == Kind.IMAGE:
            wish["pictures"] = [AssetFactory(event=event, kind="image") for _ in OPTIONS]
        return services.open_poll(services.create_poll(kind=kind, **wish | changes))

    return make
