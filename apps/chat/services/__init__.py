"""What people do in rooms: say something, take it back, react; and what moderators do to keep order."""

from apps.chat.services.deciding import decide
from apps.chat.services.reacting import Reacting, react
from apps.chat.services.recording import Actor, may_be_barred
from apps.chat.services.removing import purge, remove_message, remove_messages
from apps.chat.services.reporting import handle_reports, report
from apps.chat.services.rooms import BOUNDS as ROOM_BOUNDS
from apps.chat.services.rooms import MOST_SLOW_SECONDS, RULES, room_for, set_rules
from apps.chat.services.rules import judge_change
from apps.chat.services.sanctioning import MUTE_MINUTES, ban_from_chat, bar, expel, lift, mute
from apps.chat.services.sending import MOST_CHARS, Saying, send_messages
from apps.chat.services.undoing import UNDO_FOR, undo
from apps.chat.services.wordlist import add_words, remove_words, words_in

__all__ = [
    "MOST_CHARS",
    "MOST_SLOW_SECONDS",
    "MUTE_MINUTES",
    "ROOM_BOUNDS",
    "RULES",
    "UNDO_FOR",
    "Actor",
    "Reacting",
    "Saying",
    "add_words",
    "ban_from_chat",
    "bar",
    "decide",
    "expel",
    "handle_reports",
    "judge_change",
    "lift",
    "may_be_barred",
    "mute",
    "purge",
    "react",
    "remove_message",
    "remove_messages",
    "remove_words",
    "report",
    "room_for",
    "send_messages",
    "set_rules",
    "undo",
    "words_in",
]
