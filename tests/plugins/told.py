"""What a test's actions tell the world live: log entries and marks of state topics, as they leave for Redis.

    with told.after(): services.send_messages([...])
    assert told.entries("chat/1") == [...]

Import the fixture in the conftest of a room that publishes: `from tests.plugins.told import told`.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass
class Told:
    after: Any
    """A context whose end is the commit."""
    logs: list[tuple[int, str, int, Any]] = field(default_factory=list)
    """(event id, topic, seq, payload)"""
    states: list[tuple[int, str]] = field(default_factory=list)

    def entries(self, topic: str) -> list[Any]:
        return [payload for _event, name, _seq, payload in self.logs if name == topic]


@pytest.fixture
def told(monkeypatch, django_capture_on_commit_callbacks):
    from apps.live import outbox

    heard = Told(lambda: django_capture_on_commit_callbacks(execute=True))
    monkeypatch.setattr(
        outbox, "log", lambda event_id, topic, item: heard.logs.append((event_id, topic, item[0], json.loads(item[1])))
    )
    monkeypatch.setattr(outbox, "state", lambda event_id, topic, _interval: heard.states.append((event_id, topic)))
    return heard
