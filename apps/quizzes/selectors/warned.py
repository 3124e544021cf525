"""What whoever sets up a quiz should know before it is played."""

from django.utils.translation import gettext as _

from apps.quizzes.models import Quiz
from apps.quizzes.models.banks import MOST_ASKED
from apps.quizzes.selectors.spoilers import spoilers


def warnings(quiz: Quiz) -> list[str]:
    """Sentences: what of its bank is left out, and where its right answers are told before."""
    return [*_left_out(quiz), *spoilers(quiz)]


def _left_out(quiz: Quiz) -> list[str]:
    held = quiz.bank.questions.count()
    if quiz.draws or held <= MOST_ASKED:
        return []
    words = _(
        "Its bank holds %(held)d questions, and the first %(most)d of them are asked. Give a number of questions, and "
        "they are drawn from all of the bank."
    )
    return [words % {"held": held, "most": MOST_ASKED}]
