"""What people do in rooms: say something, take it back, react; and what moderators do to keep order."""

from apps.chat.services.attaching import MOST_FILES, Wanted, attach, sweep
from apps.chat.services.copying import copy_rules
from apps.chat.services.deciding import decide
from apps.chat.services.editing import EDIT_FOR, edit_message, pin_message
from apps.chat.services.groups import MOST_INVITED, answer_invitation, create_group, invite, leave_group
from apps.chat.services.marking import Marked, Marking, mark_messages
from apps.chat.services.mentioning import place_shuts
from apps.chat.services.plain import MOST_CHARS
from apps.chat.services.reacting import Reacting, react
from apps.chat.services.reading import HasRead, mark_read
from apps.chat.services.recording import Actor, done_before, may_be_barred
from apps.chat.services.removing import purge, remove_message, remove_messages
from apps.chat.services.reporting import handle_reports, report
from apps.chat.services.rooms import BOUNDS as ROOM_BOUNDS
from apps.chat.services.rooms import (
    MOST_DISPLAY_RATE,
    MOST_HIDE_AFTER,
    MOST_NEWCOMER_MINUTES,
    MOST_SLOW_SECONDS,
    RULES,
    begin_room,
    room_for,
    set_rules,
)
from apps.chat.services.rules import judge_change
from apps.chat.services.sanctioning import (
    MUTE_MINUTES,
    ban_from_chat,
    bar,
    expel,
    keep_sanctions,
    lift,
    mute,
    restore_sanctions,
)
from apps.chat.services.sending import Saying, send_messages
from apps.chat.services.undoing import UNDO_FOR, can_be_undone, undo
from apps.chat.services.wordlist import MOST_CHARS as MOST_WORD_CHARS
from apps.chat.services.wordlist import MOST_LINES, add_word, add_words, remove_words, words_in

__all__ = [
    "EDIT_FOR",
    "MOST_CHARS",
    "MOST_DISPLAY_RATE",
    "MOST_FILES",
    "MOST_HIDE_AFTER",
    "MOST_INVITED",
    "MOST_LINES",
    "MOST_NEWCOMER_MINUTES",
    "MOST_SLOW_SECONDS",
    "MOST_WORD_CHARS",
    "MUTE_MINUTES",
    "ROOM_BOUNDS",
    "RULES",
    "UNDO_FOR",
    "Actor",
    "HasRead",
    "Marked",
    "Marking",
    "Reacting",
    "Saying",
    "Wanted",
    "add_word",
    "add_words",
    "answer_invitation",
    "attach",
    "ban_from_chat",
    "bar",
    "begin_room",
    "can_be_undone",
    "copy_rules",
    "create_group",
    "decide",
    "done_before",
    "edit_message",
    "expel",
    "handle_reports",
    "invite",
    "judge_change",
    "keep_sanctions",
    "leave_group",
    "lift",
    "mark_messages",
    "mark_read",
    "may_be_barred",
    "mute",
    "pin_message",
    "place_shuts",
    "purge",
    "react",
    "remove_message",
    "remove_messages",
    "remove_words",
    "report",
    "restore_sanctions",
    "room_for",
    "send_messages",
    "set_rules",
    "sweep",
    "undo",
    "words_in",
]
