"""Asking for more time over REST, for oneself; who runs the quiz gives it (`playing`)."""

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.doors import answer
from apps.core.schemas import documented
from apps.quizzes import broadcasts, selectors, serializers, services
from apps.quizzes.api.playing import SHUT, TOO_FAST, UNKNOWN, QuizCall
from apps.quizzes.permissions import TIME_RATE


class TimeWishAPI(QuizCall):
    @documented(
        "quiz_ask_time",
        takes=serializers.TimeIn,
        gives=broadcasts.Mine,
        example=serializers.MINE,
        refuses={400: ["invalid"], **UNKNOWN, 403: ["quiz.not_joined", *SHUT], **TOO_FAST},
    )
    def put(self, request: Request, event: str, quiz: int) -> Response:
        """Asks for more time for yourself. It changes nothing until who runs the quiz gives it; 0 takes the wish
        back."""
        given = serializers.TimeIn(data=request.data)
        given.is_valid(raise_exception=True)
        game = self.game()
        self.spend_at(TIME_RATE, "quiz.time")
        services.ask_for_time(game, user_id=self.user_id, **given.validated_data)
        return answer(selectors.own_place(game, self.user_id))
