"""Doors that are as slow as the socket: what is posted by a form or over REST takes from the same buckets."""

from typing import Protocol

from apps.accounts.models import User
from apps.events.models import Event
from apps.live import rates
from apps.live.registry import Rate


class _Door(Protocol):
    @property
    def event(self) -> Event: ...
    @property
    def person(self) -> User | None: ...


class Paced:
    """A door whose writes take from the same buckets as the socket's commands of that name."""

    def spend(self: _Door, command: str, *, place: int | None = None) -> None:
        """Raises Refused where this person, or everybody in this place together, was too quick."""
        rates.spend(command, event_id=self.event.pk, user_id=self.person.pk if self.person else None, place=place)

    def spend_at(self: _Door, rate: Rate, name: str) -> None:
        """The same for what has no command."""
        rates.spend_at(rate, name, event_id=self.event.pk, user_id=self.person.pk if self.person else None)
