"""What events do when somebody's sessions end, their rights come and go, or their account does; and what they hold
of a person."""

from typing import Any

from django.dispatch import receiver

from apps.accounts.models import User
from apps.accounts.registry import own_data
from apps.accounts.signals import account_leaving, second_factor_changed, sessions_ended
from apps.events import selectors, services
from apps.events.services import end_sockets

own_data.register("places")(selectors.places_of)
own_data.register("roles")(selectors.roles_held)


@receiver([sessions_ended, second_factor_changed])
def end_sockets_of_a_person(user: User, **_: Any) -> None:
    end_sockets(user)


@receiver(account_leaving)
def give_places_back(user: User, **_: Any) -> None:
    """Whoever waits for a place moves up."""
    services.leave_all(user)
