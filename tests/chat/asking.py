"""What tests of chat ask again and again."""

import pytest

from apps.chat import services
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions


def refused(call, *args, **kwargs):
    """The code with which it was refused."""
    with pytest.raises(Refused) as found:
        call(*args, **kwargs)
    return found.value.code


def refused_with(code):
    return pytest.raises(Refused, match=code.replace(".", r"\."))


def at(monkeypatch, moment):
    monkeypatch.setattr(clock, "now", lambda: moment)


def actor(person, event):
    return services.Actor(event.pk, person.pk, permissions.roles_of(person, event))


def edit(room, message, person, text):
    return services.edit_message(actor(person, room.event), room_id=room.pk, message_id=message.id, text=text)


def report(by, said, room, **changes):
    return services.report(by, **{"room_id": room.pk, "message_id": said.id, "reason": "spam"} | changes)
