"""What the pages of one quiz share: the quiz of the address, its game, and what a page shows of it."""

from typing import Any, ClassVar

from django.http import Http404, HttpResponse

from apps.core.access import Access
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.events.doors.paced import Paced
from apps.live import versions
from apps.quizzes import broadcasts, selectors
from apps.quizzes.models import Game, Quiz
from apps.tracks import selectors as tracks


class QuizDoor(Paced, EventView):
    access = Access.ATTENDEE
    place = "lobby"
    reads_primary: ClassVar[bool] = True
    template = "quizzes/play.html"

    def any_quiz(self) -> Quiz:
        try:
            quiz = selectors.get_quiz(self.event.pk, self.kwargs["quiz"])
        except Refused as refused:
            raise Http404 from refused
        tracks.check_enters(self.event.pk, quiz.session_id, user_id=self.user_id, roles=self.roles)
        return quiz

    def quiz(self) -> Quiz:
        """One that is played together. One that was never played is there for those who run it only."""
        quiz = self.any_quiz()
        if quiz.mode != Quiz.Mode.LIVE:
            raise Http404
        if not quiz.games.exists() and not selectors.can_run(quiz, self.roles, self.user_id):
            raise Http404
        return quiz

    def game(self, quiz: Quiz, game_id: int) -> Game:
        """The game that a form was filled in for: it may have ended meanwhile."""
        game = selectors.get_game(self.event.pk, game_id)
        if game.quiz_id != quiz.pk:
            raise selectors.unknown()
        return game

    @property
    def user_id(self) -> int:
        return self.person.pk if self.person else 0

    def page(self, quiz: Quiz, *, status: int = 200, **context: Any) -> HttpResponse:
        version = versions.read()
        shown = selectors.shown(quiz, self.user_id)
        # The page waits for its game, or for the next one, and hears of it by the list of those that are on.
        context["topic"] = broadcasts.list_topic()
        if shown is None:
            context["listed"] = selectors.listed(self.event.pk)
        return self.render(
            self.template,
            status=status,
            quiz=quiz,
            shown=shown,
            version=version,
            can_run=selectors.can_run(quiz, self.roles, self.user_id),
            **context,
        )
