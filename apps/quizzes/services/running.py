"""Running a game: its lobby opens, questions are asked and their answers revealed, until the podium."""

import random
from datetime import datetime, timedelta

from celery import current_app
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import queue
from apps.live import publish
from apps.quizzes import broadcasts, selectors, signals
from apps.quizzes.models import Game, Question, Quiz, Turn
from apps.quizzes.models.banks import MOST_ASKED
from apps.quizzes.models.games import GRACE
from apps.quizzes.registry import kind_of
from apps.quizzes.registry.words import in_languages
from apps.quizzes.services.answers import ANSWER
from apps.quizzes.services.holding import hold
from apps.quizzes.services.keeping import keep
from apps.quizzes.services.scoring import score_if_complete
from apps.quizzes.services.times import set_times

LEAD = timedelta(seconds=4)
"""A question is shown so long before its answers are: time to read it, and for it to arrive everywhere."""
EXTEND_SECONDS = (10, 30, 60)


def drawn_questions(quiz: Quiz) -> list[Question]:
    """The questions of one playing, in their order. Refused where one of them cannot be asked as it stands; where they
    are drawn, only where too few can."""
    every = list(Question.objects.filter(bank=quiz.bank_id).order_by("position", "pk").values_list("pk", flat=True))
    if 0 < quiz.draws < len(every):
        found, unfinished = _draw(every, quiz.draws)
        is_enough = len(found) == quiz.draws
    else:
        found, unfinished = _read(every[:MOST_ASKED])
        is_enough = not unfinished
    if unfinished and not is_enough:
        first = min(unfinished, key=_place)
        raise Refused(
            "quiz.question_incomplete",
            _("Question %(number)d (“%(text)s”) is not finished. %(why)s"),
            values={
                "number": every.index(first.pk) + 1,
                "text": str(first)[:60],
                "why": selectors.what_is_missing(first),
            },
        )
    if not found:
        raise Refused("quiz.empty", _("Its question bank is empty. Write a question first."))
    if quiz.shuffles:
        random.shuffle(found)
    return found


def _draw(every: list[int], count: int) -> tuple[list[Question], list[Question]]:
    """So many of them, of those that can be asked; and those that it met and cannot. Drawn from the whole bank,
    whatever its size; only what was drawn is read, and further ones for those that are not finished."""
    found: list[Question] = []
    unfinished: list[Question] = []
    left, at_once = every, count
    while left and len(found) < count:
        tried = random.sample(left, min(at_once, len(left)))
        finished, others = _read(tried)
        # In the order of the draw: of more than are needed, all have the same chance.
        found += sorted(finished, key=lambda question: tried.index(question.pk))[: count - len(found)]
        unfinished += others
        left, at_once = sorted(set(left).difference(tried)), MOST_ASKED
    return sorted(found, key=_place), unfinished


def _read(ids: list[int]) -> tuple[list[Question], list[Question]]:
    """In their order: those that can be asked, and those that are not finished."""
    rows = (
        Question.objects.filter(pk__in=ids)
        .select_related("bank__event", "media__event")
        .prefetch_related("choices")
        .order_by("position", "pk")
    )
    finished: list[Question] = []
    unfinished: list[Question] = []
    for question in rows:
        (finished if selectors.what_is_missing(question) is None else unfinished).append(question)
    return finished, unfinished


def _place(question: Question) -> tuple[int, int]:
    return question.position, question.pk


@transaction.atomic
def open_lobby(quiz: Quiz) -> Game:
    """Begins a game: people can join it. Its questions are those of the bank as it is written now."""
    if quiz.mode != Quiz.Mode.LIVE:
        raise Refused("quiz.alone", _("This one is a training: each works through it by themselves."))
    questions = drawn_questions(quiz)
    try:
        with transaction.atomic():
            game = Game.objects.create(quiz=quiz, teams=quiz.teams, talk_seconds=quiz.talk_seconds * quiz.teams)
    except IntegrityError as error:
        raise Refused("quiz.runs_already", _("This quiz is being played already.")) from error
    Turn.objects.bulk_create(_turn(game, place, question) for place, question in enumerate(questions, 1))
    signals.lobby_opened.send(Game, game=game)
    _tell(game)
    return game


def sheet_of(question: Question) -> dict[str, object]:
    """What every kind shows."""
    main = question.bank.event.default_language
    return {
        "text": in_languages(question.text, main),
        "media": question.media_id,
        "media_words": in_languages(question.media_words, main),
    }


def _turn(game: Game, place: int, question: Question) -> Turn:
    drawn = kind_of(question.kind).draw(question, list(question.choices.all()))
    main = question.bank.event.default_language
    return Turn(
        game=game,
        question=question,
        position=place,
        kind=question.kind,
        sheet=drawn.sheet | sheet_of(question),
        key=drawn.key | {"explanation": in_languages(question.explanation, main)},
        seconds=question.seconds,
        worth=question.worth,
    )


@transaction.atomic
def ask_next(game: Game) -> Game:
    """Shows the next question; after the last one, the podium."""
    game = hold(game.pk)
    if game.phase == Game.Phase.ASKED:
        raise Refused("quiz.not_revealed", _("Reveal the answer of this question first."))
    if game.phase == Game.Phase.OVER:
        raise over()
    before = game.turns.filter(position=game.position).first()
    if before is not None and not _count_up(before):
        raise Refused(
            "quiz.counting",
            _("The last answers are still being counted. Try again in a moment."),
            retry_after=1,
            status=503,
        )
    turn = game.turns.filter(position=game.position + 1).first()
    if turn is None:
        return _finish(game)
    set_times(game)
    # The queue's own clock, since it will stamp the answers.
    now = max(queue.close_gate(ANSWER, gate) for gate in turn.gates)
    turn.opens_at = now + LEAD + timedelta(seconds=game.talk_seconds)
    turn.closes_at = turn.opens_at + timedelta(seconds=turn.seconds)
    turn.save(update_fields=["opens_at", "closes_at"])
    game.phase, game.position = Game.Phase.ASKED, turn.position
    game.save(update_fields=["phase", "position"])
    _open(game, turn)
    return game


@transaction.atomic
def extend(game: Game, *, seconds: int, closes_at: datetime | None = None) -> Game:
    """More time for everybody; the points for being quick stay those of the time it had. Refused where the question no
    longer closes at `closes_at`, which who asks has seen: a wish that comes twice gives time once."""
    game = hold(game.pk)
    turn = selectors.current_turn(game)
    if seconds not in EXTEND_SECONDS:
        raise Refused("quiz.seconds", _("Choose one of the offered times."), field="seconds", status=400)
    if turn is None or turn.closes_at is None or game.phase != Game.Phase.ASKED:
        raise not_asked()
    if closes_at is not None and closes_at != turn.closes_at:
        raise moved_on()
    before = turn.closes_at
    turn.closes_at = max(before, clock.now()) + timedelta(seconds=seconds)
    turn.save(update_fields=["closes_at"])
    sides = {"before": {"closes_at": before.isoformat()}, "after": {"closes_at": turn.closes_at.isoformat()}}
    keep(game, turn, words=f"{game.quiz} · {turn.position}", **sides)
    _open(game, turn)
    return game


@transaction.atomic
def reveal(game: Game) -> Game:
    """Nobody can answer any more, and everybody sees what was right. What was acknowledged before counts."""
    return _reveal(hold(game.pk))


@transaction.atomic
def reveal_due(game_id: int, position: int) -> bool:
    """Reveals when the time of everybody is over, also of those who have more of it, and so is the grace for what was
    on its way by then."""
    game = Game.objects.filter(pk=game_id, phase=Game.Phase.ASKED, position=position).first()
    if game is None:
        return False
    game = hold(game.pk)
    turn = selectors.current_turn(game)
    due = _due(turn) if turn else None
    if game.phase != Game.Phase.ASKED or game.position != position or due is None or clock.now() < due:
        return False
    _reveal(game)
    return True


def reveal_all_due() -> int:
    """What beat asks for: reveals what a lost task has left, and counts what was left uncounted."""
    waiting = Game.objects.filter(phase=Game.Phase.ASKED).values_list("pk", "position")
    revealed = sum(reveal_due(game_id, position) for game_id, position in waiting)
    for turn in Turn.objects.filter(closed_at__isnull=False, is_scored=False).select_related("game__quiz"):
        score_if_complete(turn)
    return revealed


@transaction.atomic
def end(game: Game) -> Game:
    """Breaks the game off, with the podium as it stands."""
    game = hold(game.pk)
    if game.phase == Game.Phase.OVER:
        raise over()
    if game.phase == Game.Phase.ASKED:
        game = _reveal(game)
    last = selectors.current_turn(game)
    if last is not None:
        _count_up(last)
    return _finish(game)


def step(game: Game, *, do: str, position: int, seconds: int = 0, closes_at: datetime | None = None) -> Game:
    """One press of who runs it, who saw the game stand at `position` and the question close at `closes_at`: a press
    that comes late or twice does nothing."""
    if position != game.position:
        raise moved_on()
    if do == "next":
        return ask_next(game)
    if do == "reveal":
        return reveal(game)
    if do == "extend":
        return extend(game, seconds=seconds, closes_at=closes_at)
    return end(game)


def moved_on() -> Refused:
    return Refused("quiz.moved_on", _("The quiz has moved on meanwhile. Look where it stands, and press again."))


def not_asked() -> Refused:
    return Refused("quiz.not_asked", _("No question is open."))


def over() -> Refused:
    return Refused("quiz.over", _("This quiz is over."))


def _count_up(turn: Turn) -> bool:
    """Whether the points of a closed turn are in: also without what was set aside, once nothing is on its way."""
    if score_if_complete(turn):
        return True
    waits = any(found.ahead for found in queue.tallies(turn.gates).values())
    return not waits and score_if_complete(turn, anyway=True)


def _open(game: Game, turn: Turn) -> None:
    queue.refresh_gates(ANSWER, turn.gates)
    _tell(game)
    due = _due(turn)
    if due is not None:
        arguments = [game.pk, game.position]
        transaction.on_commit(lambda: current_app.send_task("quizzes.reveal_due", args=arguments, eta=due), robust=True)


def _due(turn: Turn) -> datetime | None:
    last = selectors.last_moment(turn)
    return last + GRACE if last is not None else None


def _reveal(game: Game) -> Game:
    turn = selectors.current_turn(game)
    if game.phase != Game.Phase.ASKED or turn is None:
        raise not_asked()
    # By the queue's clock, and while we hold the game: nobody can open it again from what its row said before.
    turn.closed_at = max(queue.close_gate(ANSWER, gate) for gate in turn.gates)
    counted = selectors.taken(turn)
    turn.answers, turn.bars = counted.keys, dict(counted.tally)
    turn.save(update_fields=["closed_at", "answers", "bars"])
    game.phase = Game.Phase.REVEALED
    game.save(update_fields=["phase"])
    score_if_complete(turn)
    _tell(game)
    return game


def _finish(game: Game) -> Game:
    game.phase, game.ended_at = Game.Phase.OVER, clock.now()
    game.save(update_fields=["phase", "ended_at"])
    signals.game_over.send(Game, game=game)
    _tell(game)
    return game


def _tell(game: Game) -> None:
    """Those who play, and those who see in the list how far it is."""
    publish.state(game.quiz.event_id, broadcasts.list_topic())
    publish.state(game.quiz.event_id, broadcasts.stage_topic(game.pk))
    publish.state(game.quiz.event_id, broadcasts.hall_topic(game.pk))
