"""What announcements are tried with."""

import pytest

from apps.live import publish
from tests.factories.events import RegistrationFactory, TicketKindFactory


@pytest.fixture
def published(monkeypatch):
    """What goes out on which topic."""
    found = []
    monkeypatch.setattr(publish, "log", lambda event_id, topic, *, seq, payload: found.append((topic, seq, payload)))
    return found


@pytest.fixture
def people(event, attendee, speaker, exhibitor, moderator, organiser):
    """By role, and somebody with a ticket of their own."""
    ticket = TicketKindFactory(event=event, name="Day pass")
    holder = RegistrationFactory(event=event, ticket=ticket, user__name="Holda").user
    found = {"attendee": attendee, "speaker": speaker, "exhibitor": exhibitor, "moderator": moderator}
    return found | {"organiser": organiser, "holder": holder, "ticket": ticket}
