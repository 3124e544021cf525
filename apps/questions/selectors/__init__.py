"""What is read of questions: where they are asked (`boards`), what everybody sees (`shown`), one reader's pages of them
(`lists`), what resembles what somebody types (`similar`)."""

from apps.questions.selectors.boards import (
    RULES,
    board_of,
    get_question,
    get_session,
    may_run,
    own_numbers,
    unknown,
    unknown_session,
)
from apps.questions.selectors.clock import Moment, on_clock
from apps.questions.selectors.exporting import table, table_of
from apps.questions.selectors.lists import (
    ANSWER_MAIL,
    MOST_SEARCHED,
    PAGE,
    SORTS,
    Row,
    Shown,
    across,
    everything,
    held,
    just_answered,
    listed,
    mine,
    questions_of,
    rows_of,
    tags_of,
    up_next,
)
from apps.questions.selectors.shown import desk, on_stage, replay, stage, standing
from apps.questions.selectors.similar import CONFIGS, config_of, similar
from apps.questions.selectors.work import needs

__all__ = [
    "ANSWER_MAIL",
    "CONFIGS",
    "MOST_SEARCHED",
    "PAGE",
    "RULES",
    "SORTS",
    "Moment",
    "Row",
    "Shown",
    "across",
    "board_of",
    "config_of",
    "desk",
    "everything",
    "get_question",
    "get_session",
    "held",
    "just_answered",
    "listed",
    "may_run",
    "mine",
    "needs",
    "on_clock",
    "on_stage",
    "own_numbers",
    "questions_of",
    "replay",
    "rows_of",
    "similar",
    "stage",
    "standing",
    "table",
    "table_of",
    "tags_of",
    "unknown",
    "unknown_session",
    "up_next",
]
