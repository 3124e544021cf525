"""Where a training shows right answers that a game is still to ask: told to who sets them up, never forbidden."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import zones
from apps.quizzes.models import Game, Quiz

MOST_NAMED = 5


def spoilers(quiz: Quiz) -> list[str]:
    """Sentences, of a game for each training that tells of its bank, and of such a training for each game to come."""
    return _of_training(quiz) if quiz.mode == Quiz.Mode.ALONE else _of_game(quiz)


def _of_game(quiz: Quiz) -> list[str]:
    over = Q(attempts__finished_at__isnull=False)
    trainings = (
        Quiz.objects.filter(bank=quiz.bank_id, mode=Quiz.Mode.ALONE, reviews=True)
        .annotate(people=Count("attempts__user", filter=over, distinct=True), since=Min("attempts__finished_at"))
        .filter(Q(is_published=True) | Q(people__gt=0))
        .order_by("pk")
    )
    return [_of_one(quiz, training) for training in trainings[:MOST_NAMED]]


def _of_one(quiz: Quiz, training: Any) -> str:
    said = {"training": training, "people": training.people, "day": ""}
    if training.since is None:
        return (
            _(
                "The training “%(training)s” asks the same bank and shows the right answers to whoever hands it in. "
                "Nobody has yet."
            )
            % said
        )
    said["day"] = _day(quiz, training.since)
    return (
        ngettext(
            "The training “%(training)s” asks the same bank and shows the right answers: %(people)d person has seen "
            "them, since %(day)s.",
            "The training “%(training)s” asks the same bank and shows the right answers: %(people)d people have seen "
            "them, the first on %(day)s.",
            training.people,
        )
        % said
    )


def _of_training(quiz: Quiz) -> list[str]:
    if not quiz.reviews:
        return []
    games = Quiz.objects.filter(bank=quiz.bank_id, mode=Quiz.Mode.LIVE).exclude(games__phase=Game.Phase.OVER)
    found = []
    for game in games.select_related("session", "event").order_by("session__starts_at", "pk")[:MOST_NAMED]:
        if game.session is None:
            sentence = _("The quiz “%(game)s” asks the same bank and was not played yet.")
        else:
            sentence = _("The quiz “%(game)s” asks the same bank on %(day)s and was not played yet.")
        day = _day(game, game.session.starts_at) if game.session else ""
        hint = _("Whoever hands in this training knows its right answers before.")
        found.append(f"{sentence % {'game': game, 'day': day}} {hint}")
    return found


def _day(quiz: Quiz, moment: datetime) -> str:
    """In the event's zone, wherever its organisers sit."""
    return date_format(moment.astimezone(zones.find(quiz.event.time_zone)), "j F Y, H:i")
