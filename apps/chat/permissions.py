"""Who may read, write and moderate in a room."""

from apps.chat import registry
from apps.chat.models import Message, Room
from apps.core.access import ROLES_FOR, Access

BADGES = ("organiser", "moderator", "speaker", "exhibitor")
"""The roles that are shown beside a name, the weightiest first."""


def can_read(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    return registry.kind_of(room).may_read(room, user_id, roles) or can_moderate(roles)


def can_write(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    return user_id is not None and (registry.kind_of(room).may_write(room, user_id, roles) or can_moderate(roles))


def can_moderate(roles: frozenset[str]) -> bool:
    return not roles.isdisjoint(ROLES_FOR[Access.MODERATOR])


def can_remove(message: Message, user_id: int | None, roles: frozenset[str]) -> bool:
    """One's own words, or anybody's for a moderator."""
    return can_moderate(roles) or (user_id is not None and message.author_id == user_id)


def badge(roles: frozenset[str]) -> str:
    return next((role for role in BADGES if role in roles), "")
