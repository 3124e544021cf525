"""Joining a game: a name, a team, more time for those who need it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.chat.services.wordlist import matcher_of
from apps.core.errors import Refused
from apps.live import publish
from apps.quizzes import broadcasts, selectors
from apps.quizzes.models import Game, Seat, Side
from apps.quizzes.models.games import EXTRAS
from apps.quizzes.services.running import over

MOST_NAME = 24
JOINER = "\u200d"
"""Holds the letters of some scripts together."""


@dataclass(frozen=True, slots=True)
class Joining:
    event_id: int
    game_id: int
    user_id: int
    name: str
    """One's own, or the team's where teams play: the first who names a team is its captain."""


def join(joinings: Sequence[Joining]) -> list[broadcasts.Mine | Refused]:
    """Seats all of these; who has a seat keeps it, with its name and points."""
    games = selectors.games_by_id(joinings)
    refused: dict[int, Refused] = {}
    for place, one in enumerate(joinings):
        try:
            _join(one, games)
        except Refused as refusal:
            refused[place] = refusal
    for game_id in {one.game_id for place, one in enumerate(joinings) if place not in refused}:
        publish.state(games[game_id].quiz.event_id, broadcasts.hall_topic(game_id))
    mine = selectors.own_places([(one.game_id, one.user_id) for one in joinings])
    return [refused.get(place) or mine[one.game_id, one.user_id] for place, one in enumerate(joinings)]


def _join(one: Joining, games: dict[int, Game]) -> None:
    game = games.get(one.game_id)
    if game is None or game.quiz.event_id != one.event_id:
        raise selectors.unknown()
    if Seat.objects.filter(game=game, user=one.user_id).exists():
        return
    if game.phase == Game.Phase.OVER:
        raise over()
    name = clean_name(one.event_id, one.name)
    try:
        with transaction.atomic():
            if game.teams:
                _sit_with(game, one.user_id, name)
            else:
                side = Side.objects.create(game=game, name=name, enters_at=game.position + 1)
                Seat.objects.create(game=game, side=side, user_id=one.user_id)
    except IntegrityError as error:
        if Seat.objects.filter(game=game, user=one.user_id).exists():
            return  # from another device, at the same moment
        raise Refused(
            "quiz.name_taken", _("Somebody here has this name already. Choose another one."), field="name"
        ) from error


def _sit_with(game: Game, user_id: int, name: str) -> None:
    """Locked by the team's row, so that two who come first are not both its captain."""
    found = Side.objects.select_for_update(no_key=True).filter(game=game, name__iexact=name).first()
    side = found or Side.objects.create(game=game, name=name, enters_at=game.position + 1)
    mate = Seat.objects.filter(side=side).first()
    extra = mate.extra if mate else 0
    Seat.objects.create(game=game, side=side, user_id=user_id, is_captain=mate is None, extra=extra)


def clean_name(event_id: int, name: str) -> str:
    """In one line, without what cannot be seen. Refused where nothing is left, or where it holds a listed word."""
    shown = (letter for letter in name if unicodedata.category(letter)[0] != "C" or letter in f"{JOINER} \t\n")
    seen = "".join(" " if letter.isspace() else letter for letter in shown)
    clean = " ".join(unicodedata.normalize("NFC", seen).split())
    if not clean or len(clean) > MOST_NAME:
        raise Refused(
            "quiz.name", _("A name has one to %(most)d letters.") % {"most": MOST_NAME}, field="name", status=400
        )
    if matcher_of(event_id).find(clean) is not None:
        raise Refused("quiz.name_refused", _("This name is not welcome here. Choose another one."), field="name")
    return clean


@transaction.atomic
def give_time(game: Game, *, user_id: int, extra: int) -> None:
    """More time for one person, from the next question on; by themselves before it begins, or by who runs it."""
    if extra not in EXTRAS:
        raise Refused("quiz.extra", _("Choose one of the offered times."), field="extra", status=400)
    locked = Game.objects.select_for_update(no_key=True).get(pk=game.pk)
    if locked.phase == Game.Phase.ASKED:
        raise Refused("quiz.wait", _("Not while a question is open. Change it before the next one."))
    # A team has one time, so that its answer has one gate.
    if not Seat.objects.filter(side__in=Side.objects.filter(game=game, seats__user=user_id)).update(extra=extra):
        raise Refused("quiz.not_joined", _("Join the quiz first; then your answers count."), status=403)


@transaction.atomic
def make_captain(game: Game, *, user_id: int) -> None:
    """Hands a team's word to another of its people."""
    seat = Seat.objects.select_related("side").filter(game=game, user=user_id).first()
    if seat is None or not game.teams:
        raise Refused("quiz.not_joined", _("Nobody of this name plays here."), status=404)
    Seat.objects.filter(side=seat.side_id).update(is_captain=False)
    Seat.objects.filter(pk=seat.pk).update(is_captain=True)


@transaction.atomic
def rename(game: Game, *, user_id: int) -> None:
    """Takes away a name that should not stand there; the points stay."""
    side = Side.objects.filter(game=game, seats__user=user_id).first()
    if side is None:
        raise selectors.unknown()
    side.name = f"{_('Player')} {side.pk}"[:MOST_NAME]
    side.save(update_fields=["name"])
    publish.state(game.quiz.event_id, broadcasts.hall_topic(game.pk))
    publish.state(game.quiz.event_id, broadcasts.stage_topic(game.pk))
