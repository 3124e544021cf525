"""Who may moderate, and take words back; who may read and write, the place of a room decides (`registry`)."""

from apps.chat.models import Attachment, Message
from apps.core.access import May, may

BADGES = ("organiser", "moderator", "speaker", "exhibitor")
"""The roles that are shown beside a name, the weightiest first."""

STAFF_BADGES = frozenset({"organiser", "moderator"})


def can_moderate(roles: frozenset[str]) -> bool:
    return may(roles, May.MODERATE)


def can_remove(message: Message, user_id: int | None, roles: frozenset[str]) -> bool:
    """One's own words, or anybody's for a moderator."""
    return can_moderate(roles) or (user_id is not None and message.author_id == user_id)


def can_open(file: Attachment, user_id: int | None, roles: frozenset[str]) -> bool:
    """Beside the room's guard: what is unsent or waits is its owner's and the moderators', what was removed, theirs."""
    if can_moderate(roles):
        return True
    message = file.message
    if message is None or message.held:
        return user_id is not None and file.by_id == user_id
    return not message.removed


def badge(roles: frozenset[str]) -> str:
    return next((role for role in BADGES if role in roles), "")
