"""Ends what a person has open in events when their sessions end, or their rights come and go."""

from typing import Any

from django.dispatch import receiver

from apps.accounts.models import User
from apps.accounts.signals import second_factor_changed, sessions_ended
from apps.events.services import end_sockets


@receiver([sessions_ended, second_factor_changed])
def end_sockets_of_a_person(user: User, **_: Any) -> None:
    end_sockets(user)
