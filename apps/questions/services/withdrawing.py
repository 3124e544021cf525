"""Taking one's own question back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.questions import selectors
from apps.questions.models import Question
from apps.questions.services.joining import free_joined
from apps.questions.services.running import lock_board
from apps.questions.services.telling import tell, tell_desk, tell_standing


@transaction.atomic
def withdraw_question(*, event_id: int, question_id: int, user_id: int) -> None:
    """Takes one's own question back, before it is on stage or answered. What others asked and was joined with it stays:
    each stands by itself again as it was, with its own votes. Asked again it is done already: no answer is kept for a
    retry, since that would say whose it is."""
    question = selectors.get_question(event_id, question_id)
    if not question.is_of(user_id):
        raise Refused("question.not_yours", _("Only whoever asked it can take it back."), status=403)
    board = lock_board(question.board)
    question.refresh_from_db(fields=["state"])
    if question.state == Question.State.WITHDRAWN:
        return
    was = question.state
    gone = Question.objects.filter(pk=question.pk, state__in=Question.WITHDRAWABLE)
    if not gone.update(state=Question.State.WITHDRAWN):
        raise Refused("question.settled", _("It is too late to take this question back: it was taken up, or is gone."))
    question.state = Question.State.WITHDRAWN
    freed = free_joined(question)
    tell(question.board, [question, *freed])
    tell_standing([board])
    if Question.State.HELD in (was, *(row.state for row in freed)):
        tell_desk(board)
