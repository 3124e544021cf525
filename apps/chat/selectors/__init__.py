"""Reads of chat: rooms and their logs (`rooms`)."""

from apps.chat.selectors.rooms import (
    MOST_PAGE,
    PAGE,
    earlier_messages,
    get_room,
    own_numbers,
    reactions,
    replay,
    room_snapshot,
    unknown,
)

__all__ = [
    "MOST_PAGE",
    "PAGE",
    "earlier_messages",
    "get_room",
    "own_numbers",
    "reactions",
    "replay",
    "room_snapshot",
    "unknown",
]
