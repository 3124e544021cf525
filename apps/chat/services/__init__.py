"""What people do in rooms: say something, take it back, react; and what moderators do."""

from apps.chat.services.reacting import Reacting, react
from apps.chat.services.removing import remove_message
from apps.chat.services.rooms import MOST_SLOW_SECONDS, room_for, set_rules
from apps.chat.services.sending import MOST_CHARS, Saying, send_messages

__all__ = [
    "MOST_CHARS",
    "MOST_SLOW_SECONDS",
    "Reacting",
    "Saying",
    "react",
    "remove_message",
    "room_for",
    "send_messages",
    "set_rules",
]
