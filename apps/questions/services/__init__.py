"""What is done with questions: asked, voted for, followed; moved on, replied to, joined; and their rules set."""

from apps.questions.services.asking import Asking, ask_questions
from apps.questions.services.copying import copy_rules
from apps.questions.services.joining import merge_question, split_question
from apps.questions.services.noticing import owe_notice, tell_due
from apps.questions.services.rules import board_for, set_rules, set_usual_rules
from apps.questions.services.running import (
    advance,
    clean_tags,
    move_question,
    reply_to_question,
    tag_question,
    tags_refused,
)
from apps.questions.services.voting import Wish, cast_votes, follow_questions
from apps.questions.services.withdrawing import withdraw_question

__all__ = [
    "Asking",
    "Wish",
    "advance",
    "ask_questions",
    "board_for",
    "cast_votes",
    "clean_tags",
    "copy_rules",
    "follow_questions",
    "merge_question",
    "move_question",
    "owe_notice",
    "reply_to_question",
    "set_rules",
    "set_usual_rules",
    "split_question",
    "tag_question",
    "tags_refused",
    "tell_due",
    "withdraw_question",
]
