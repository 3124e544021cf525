"""What is done with quizzes: a game is opened, joined, asked, answered, revealed, ended."""

from apps.quizzes.services.answering import Given, give_answers
from apps.quizzes.services.answers import ANSWER, Answers, apply_answers
from apps.quizzes.services.banking import (
    check_room,
    csv_template,
    export_csv,
    export_qti,
    fill_bank,
    import_bank,
    read_bank,
)
from apps.quizzes.services.copying import copy_quizzes
from apps.quizzes.services.joining import hand_on, join, make_captain, rename
from apps.quizzes.services.lags import Traveller, arrive, depart
from apps.quizzes.services.leaving import put_away_with, why_sessions_stay
from apps.quizzes.services.making import bank_unknown, check_quizzes, remove_quiz, save_quiz, session_unknown
from apps.quizzes.services.running import (
    EXTEND_SECONDS,
    ask_next,
    end,
    extend,
    open_lobby,
    reveal,
    reveal_all_due,
    reveal_due,
    step,
)
from apps.quizzes.services.scoring import score_if_complete
from apps.quizzes.services.seating import MOST_NAME, Joining
from apps.quizzes.services.times import allow_time, ask_for_time, decline_time, give_time
from apps.quizzes.services.training import answer_task, begin, hand_in
from apps.quizzes.services.writing import (
    arrange_questions,
    check_banks,
    remove_bank,
    remove_question,
    save_bank,
    save_question,
)

__all__ = [
    "ANSWER",
    "EXTEND_SECONDS",
    "MOST_NAME",
    "Answers",
    "Given",
    "Joining",
    "Traveller",
    "allow_time",
    "answer_task",
    "apply_answers",
    "arrange_questions",
    "arrive",
    "ask_for_time",
    "ask_next",
    "bank_unknown",
    "begin",
    "check_banks",
    "check_quizzes",
    "check_room",
    "copy_quizzes",
    "csv_template",
    "decline_time",
    "depart",
    "end",
    "export_csv",
    "export_qti",
    "extend",
    "fill_bank",
    "give_answers",
    "give_time",
    "hand_in",
    "hand_on",
    "import_bank",
    "join",
    "make_captain",
    "open_lobby",
    "put_away_with",
    "read_bank",
    "remove_bank",
    "remove_question",
    "remove_quiz",
    "rename",
    "reveal",
    "reveal_all_due",
    "reveal_due",
    "save_bank",
    "save_question",
    "save_quiz",
    "score_if_complete",
    "session_unknown",
    "step",
    "why_sessions_stay",
]
