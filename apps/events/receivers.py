"""Ends what a person has open in events when their sessions end."""

from typing import Any

from django.dispatch import receiver

from apps.accounts.models import User
from apps.accounts.signals import sessions_ended
from apps.events.services import end_sockets


@receiver(sessions_ended)
def end_sockets_of_ended_sessions(user: User, **_: Any) -> None:
    end_sockets(user)
