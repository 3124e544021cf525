"""What a page shows of a quiz to one person, and which quiz belongs on the page of a session."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from apps.core import clock
from apps.quizzes import broadcasts
from apps.quizzes.models import Game, Quiz
from apps.quizzes.selectors.games import newest_game
from apps.quizzes.selectors.places import own_place
from apps.quizzes.selectors.stage import hall, stage
from apps.tracks.models import Session

PODIUM_STAYS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """The newest game of a quiz. Read `versions` before it."""

    quiz: Quiz
    game: Game
    stage: broadcasts.Stage
    hall: broadcasts.Hall
    mine: broadcasts.Mine | None
    now: datetime
    own_topic: str
    """Of whoever looks at it."""

    @property
    def stage_topic(self) -> str:
        return broadcasts.stage_topic(self.game.pk)

    @property
    def hall_topic(self) -> str:
        return broadcasts.hall_topic(self.game.pk)

    @property
    def desk_topic(self) -> str:
        return broadcasts.desk_topic(self.game.pk)

    @property
    def is_over(self) -> bool:
        return self.stage.phase == Game.Phase.OVER


def shown(quiz: Quiz, user_id: int | None) -> Shown | None:
    """None while it was never played."""
    game = newest_game(quiz)
    if game is None:
        return None
    event_id = quiz.event_id
    return Shown(
        quiz=quiz,
        game=game,
        stage=stage(event_id, game.pk),
        hall=hall(event_id, game.pk),
        mine=own_place(game, user_id),
        now=clock.now(),
        own_topic=broadcasts.own_topic(user_id or 0, game.pk),
    )


def session_quiz(session: Session) -> Quiz | None:
    """The one that is played in this session now, or whose podium was just seen."""
    stands = ~Q(phase=Game.Phase.OVER) | Q(ended_at__gt=clock.now() - PODIUM_STAYS)
    found = Game.objects.filter(stands, quiz__session=session).select_related("quiz__event", "quiz__session")
    game = found.order_by("-opened_at", "-pk").first()
    return game.quiz if game else None
