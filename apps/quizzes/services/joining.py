"""Joining a game, and what its host may change of those who play."""

import secrets
from collections import defaultdict
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.live import publish
from apps.quizzes import broadcasts, selectors
from apps.quizzes.models import Game, Seat, Side
from apps.quizzes.services import seating
from apps.quizzes.services.keeping import keep
from apps.quizzes.services.seating import MOST_NAME, Joining
from apps.tracks import selectors as tracks

MOST_TRIES = 5


def join(joinings: Sequence[Joining]) -> list[broadcasts.Mine | Refused]:
    """Seats all of these; who has a seat keeps it, with its name and points. Of any number in as many trips to the
    database, for everybody joins within the same few seconds."""
    games = selectors.games_by_id(joinings)
    here = [one.game_id in games and games[one.game_id].quiz.event_id == one.event_id for one in joinings]
    asked: dict[int, list[Joining]] = defaultdict(list)
    for one, is_here in zip(joinings, here, strict=True):
        if is_here:
            asked[one.game_id].append(one)
    refused: dict[tuple[int, int], Refused] = {}
    for game_id, everybody in list(asked.items()):
        wishes = everybody
        session_id = games[game_id].quiz.session_id
        if session_id is not None:
            people = {one.user_id: one.roles for one in wishes}
            shut = tracks.shut_out(games[game_id].quiz.event_id, session_id, people)
            refused |= {(game_id, user_id): why for user_id, why in shut.items()}
            wishes = asked[game_id] = [one for one in wishes if one.user_id not in shut]
        if not wishes:
            continue
        refused |= {(game_id, user_id): why for user_id, why in seating.seat(games[game_id], wishes).items()}
        publish.state(games[game_id].quiz.event_id, broadcasts.hall_topic(game_id))
    mine = selectors.own_places([(one.game_id, one.user_id) for wishes in asked.values() for one in wishes])
    for game_id, user_id in mine:  # also of somebody whose second wish was refused
        publish.state(games[game_id].quiz.event_id, broadcasts.own_topic(user_id, game_id))
    return [
        (mine.get((one.game_id, one.user_id)) or refused.get((one.game_id, one.user_id)) or seating.at_once())
        if is_here
        else selectors.unknown()
        for one, is_here in zip(joinings, here, strict=True)
    ]


@transaction.atomic
def make_captain(game: Game, *, user_id: int) -> None:
    """Hands a team's word to another of its people."""
    seat = Seat.objects.select_related("side").filter(game=game, user=user_id).first()
    if seat is None or not game.teams:
        raise Refused("quiz.not_joined", _("Nobody of this name plays here."), status=404)
    Seat.objects.filter(side=seat.side_id).update(is_captain=False)
    Seat.objects.filter(pk=seat.pk).update(is_captain=True)
    after = {"is_captain": True, "user_id": user_id}
    keep(game, seat, words=seat.side.name, before={"is_captain": seat.is_captain}, after=after)
    _tell_side(game, seat.side_id)


@transaction.atomic
def rename(game: Game, *, user_id: int) -> None:
    """Takes away a name that should not stand there; the points stay."""
    side = Side.objects.filter(game=game, seats__user=user_id).first()
    if side is None:
        raise selectors.unknown()
    before = side.name
    _give_name(side)
    keep(game, side, words=side.name, before={"name": before}, after={"name": side.name})
    _tell_side(game, side.pk)
    publish.state(game.quiz.event_id, broadcasts.hall_topic(game.pk))
    publish.state(game.quiz.event_id, broadcasts.stage_topic(game.pk))


def _give_name(side: Side) -> None:
    """One that nobody there has: somebody may have called themselves like it."""
    for turn in range(MOST_TRIES):
        number = f" {side.pk}" if not turn else f" {side.pk}-{secrets.randbelow(1000)}"
        side.name = str(_("Player"))[: MOST_NAME - len(number)] + number
        try:
            with transaction.atomic():
                side.save(update_fields=["name"])
        except IntegrityError:
            continue
        return
    raise seating.at_once()


@transaction.atomic
def hand_on(user_id: int) -> None:
    """Somebody's account goes: in each team whose word they have, the one who came next has it from now on."""
    sides = Side.objects.filter(game__in=Game.objects.filter(teams=True).exclude(phase=Game.Phase.OVER))
    theirs = Seat.objects.filter(user=user_id, side__in=sides).values("side")
    # Held, as by who joins a team: of two who go at once the second sees what became of the first.
    rows = Side.objects.select_for_update(no_key=True, of=("self",)).select_related("game__quiz")
    held = list(rows.filter(pk__in=theirs).order_by("pk"))
    for side in held:
        others = Seat.objects.filter(side=side).exclude(user=user_id).order_by("pk")
        following = others.first()
        if following is None or others.filter(is_captain=True).exists():
            continue
        Seat.objects.filter(side=side, user=user_id).update(is_captain=False)
        Seat.objects.filter(pk=following.pk).update(is_captain=True)
        _tell_side(side.game, side.pk)


def _tell_side(game: Game, side_id: int) -> None:
    """Each of its people."""
    for user_id in Seat.objects.filter(side=side_id).values_list("user", flat=True):
        publish.state(game.quiz.event_id, broadcasts.own_topic(user_id, game.pk))
