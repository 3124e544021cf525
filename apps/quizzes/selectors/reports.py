"""Reports of a game, for those who run it: a row for each question, for each person, for each answer."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from apps.quizzes.models import Answer, Game, Question, Seat
from apps.quizzes.selectors import figures
from apps.quizzes.selectors.words import right_words, words_of

Row = list[Any]


def questions_report(game: Game) -> Iterator[Row]:
    """How each question went: how many answered, how many of them rightly, how quickly."""
    yield [
        _("Number"), _("Question"), _("Kind"), _("Could answer"), _("Answered"), _("Wholly right"), _("Partly right"),
        _("Right, in percent"), _("Seconds on average"), _("Points on average"), _("Right answer"),
    ]  # fmt: skip
    kinds = dict(Question.Kind.choices)
    entered = figures.entered(game)
    for turn in figures.revealed_turns(game):
        yield [
            turn.position,
            str(LazyI18nString(turn.sheet["text"])),
            str(kinds[turn.kind]),
            sum(first <= turn.position for first in entered),
            turn.answered,
            turn.right,
            turn.partly,
            round(100 * turn.right / turn.answered) if turn.answered else "",
            round(turn.after / 1000, 1) if turn.after is not None else "",
            round(turn.base + turn.bonus) if turn.base is not None else "",
            " | ".join(right_words(turn)),
        ]


def people_report(game: Game) -> Iterator[Row]:
    """How each person did, the best first; of a team each of its people, with the team's points."""
    turns = list(game.turns.filter(closed_at__isnull=False).order_by("position"))
    head = [
        _("Place"), _("Name in the quiz"), _("Person"), _("Captain"), _("More time, in percent"), _("Points"),
        _("Wholly right"), _("Partly right"), _("Not right"), _("No answer"), _("Seconds on average"),
    ]  # fmt: skip
    yield [*head, *(_("Points of question %(number)d") % {"number": turn.position} for turn in turns)]
    answers: dict[int, dict[int, Answer]] = defaultdict(dict)
    for answer in Answer.objects.filter(turn__in=turns):
        answers[answer.side_id][answer.turn_id] = answer
    seats = Seat.objects.filter(game=game).select_related("side", "user").order_by("-side__points", "side", "pk")
    for seat in seats:
        yield _person(seat, {turn.position: answers[seat.side_id].get(turn.pk) for turn in turns})


def answers_report(game: Game) -> Iterator[Row]:
    """What each answered, in the order of the questions, the quickest first."""
    yield [
        _("Number"), _("Question"), _("Name in the quiz"), _("Answer"), _("Right, in percent"), _("Seconds"),
        _("More time, in percent"), _("Points"), _("Of these for a row of right ones"),
    ]  # fmt: skip
    turns = {turn.pk: turn for turn in game.turns.filter(closed_at__isnull=False)}
    found = Answer.objects.filter(turn__in=turns).select_related("side").order_by("turn__position", "after_ms", "pk")
    for answer in found.iterator():
        turn = turns[answer.turn_id]
        yield [
            turn.position,
            str(LazyI18nString(turn.sheet["text"])),
            answer.side.name,
            " | ".join(words_of(turn, answer.said)),
            round(100 * answer.share),
            round(answer.after_ms / 1000, 1),
            answer.extra,
            answer.base + answer.bonus,
            answer.bonus,
        ]


def _person(seat: Seat, answers: dict[int, Answer | None]) -> Row:
    """`answers` by the position of their questions. Those from before they came are none that they left out."""
    given = [answer for answer in answers.values() if answer is not None]
    could = sum(position >= seat.side.enters_at for position in answers)
    shares = [answer.share for answer in given]
    return [
        seat.side.rank or "",
        seat.side.name,
        seat.user.name,
        _("yes") if seat.is_captain else _("no"),
        seat.extra,
        seat.side.points,
        shares.count(1),
        sum(0 < share < 1 for share in shares),
        shares.count(0),
        could - len(given),
        round(sum(answer.after_ms for answer in given) / len(given) / 1000, 1) if given else "",
        *(answer.base + answer.bonus if answer else "" for answer in answers.values()),
    ]
