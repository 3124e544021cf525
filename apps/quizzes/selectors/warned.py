"""What whoever sets up a quiz should know before it is played."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.quizzes.models import Quiz
from apps.quizzes.models.banks import MOST_ASKED
from apps.quizzes.selectors.spoilers import MOST_NAMED, spoilers
from apps.quizzes.selectors.unfinished import what_is_missing


def warnings(quiz: Quiz) -> list[str]:
    """Sentences: what of its bank is left out or not finished, and where its right answers are told before."""
    return [*_left_out(quiz), *_unfinished(quiz), *spoilers(quiz)]


def _left_out(quiz: Quiz) -> list[str]:
    held = quiz.bank.questions.count()
    if quiz.draws or held <= MOST_ASKED:
        return []
    words = _(
        "Its bank holds %(held)d questions, and the first %(most)d of them are asked. Give a number of questions, and "
        "they are drawn from all of the bank."
    )
    return [words % {"held": held, "most": MOST_ASKED}]


def _unfinished(quiz: Quiz) -> list[str]:
    """Of those that may be asked: the first by name, and how many more there are."""
    rows = quiz.bank.questions.prefetch_related("choices").order_by("position", "pk")
    found = [
        _("Question %(number)d (“%(text)s”) is not finished. %(why)s")
        % {"number": number, "text": str(question)[:60], "why": why}
        for number, question in enumerate(rows if quiz.draws else rows[:MOST_ASKED], 1)
        if (why := what_is_missing(question)) is not None
    ]
    more = len(found) - MOST_NAMED
    if more <= 0:
        return found
    words = ngettext("%(count)d more question is not finished.", "%(count)d more questions are not finished.", more)
    return [*found[:MOST_NAMED], words % {"count": more}]
