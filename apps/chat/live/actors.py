"""Who acts, as a command's sender."""

from typing import Any

from apps.chat import services
from apps.live.registry import Call


def actor_of(call: Call[Any]) -> services.Actor:
    return services.Actor(call.who.event_id, call.who.user_id, call.who.roles, call.id)
