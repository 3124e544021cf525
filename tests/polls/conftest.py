"""A poll of a running session, open, and a person's wish to answer it."""

import pytest

from apps.polls import kinds, services
from tests.factories.tracks import SessionFactory
from tests.plugins.told import told  # noqa: F401


@pytest.fixture
def session(event):
    return SessionFactory(event=event)


@pytest.fixture
def draft(event, session):
    return services.create_poll(
        event=event, session=session, question="Who should pay?", options=["The towns", "The valley", "The state"]
    )


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
