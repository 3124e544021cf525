"""Questions that cannot be asked as they are written."""

from typing import TYPE_CHECKING

from apps.quizzes.models import Question
from apps.quizzes.registry import Incomplete, kind_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def what_is_missing(question: Question) -> "str | _StrPromise | None":
    """None where it can be asked. Needs `choices`."""
    try:
        kind_of(question.kind).check(question, list(question.choices.all()))
    except Incomplete as why:
        return why.message
    return None
