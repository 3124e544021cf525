"""What everybody sees of a game; the right answer stands in it only once nobody can answer any more."""

from collections.abc import Iterable
from typing import Any

from apps.events.models import Event
from apps.media import selectors as media
from apps.media.models import Asset
from apps.quizzes import broadcasts, permissions
from apps.quizzes.models import Game, Seat, Side, Turn
from apps.quizzes.registry import kind_of
from apps.quizzes.selectors.games import current_turn, get_game, last_moment
from apps.quizzes.selectors.taken import taken_count
from apps.quizzes.selectors.words import spellings_of

Files = dict[int | None, Asset]
MOST_LEADERS = 5
ON_PODIUM = 10
MOST_NAMES = 60
MOST_BARS = 8


def stage(event_id: int, game_id: int) -> broadcasts.Stage:
    game = get_game(event_id, game_id)
    turn = current_turn(game)
    is_asked, is_over = game.phase == Game.Phase.ASKED, game.phase == Game.Phase.OVER
    revealed = turn is not None and permissions.shows_answer(game, turn)
    return broadcasts.Stage(
        game=game.pk,
        phase=game.phase,
        position=game.position,
        turns=game.turns.count(),
        teams=game.teams,
        sheet=sheet(turn, game.quiz.event) if turn and not is_over else None,
        opens_at=turn.opens_at if turn and is_asked else None,
        closes_at=turn.closes_at if turn and is_asked else None,
        last_at=last_moment(turn) if turn and is_asked else None,
        reveal=reveal(turn) if turn and revealed and not is_over else None,
        counted=turn.is_scored if turn else True,
        recounts=game.recounts,
        leaders=leaders(game, ON_PODIUM if is_over else MOST_LEADERS) if revealed or is_over else [],
    )


def hall(event_id: int, game_id: int) -> broadcasts.Hall:
    game = get_game(event_id, game_id)
    turn = current_turn(game)
    sides = Side.objects.filter(game=game)
    answers = 0
    if turn is not None:
        answers = taken_count(turn) if turn.closed_at is None else turn.answers
    return broadcasts.Hall(
        game=game.pk,
        players=Seat.objects.filter(game=game).count(),
        names=list(sides.order_by("-pk").values_list("name", flat=True)[:MOST_NAMES]),
        answers=answers,
    )


def sheet(turn: Turn, event: Event) -> broadcasts.Sheet:
    return sheet_from(turn.kind, turn.sheet, event, seconds=turn.seconds, worth=turn.worth)


def sheet_from(
    kind: str, content: dict[str, Any], event: Event, *, seconds: int, worth: int, files: Files | None = None
) -> broadcasts.Sheet:
    """`files` where many sheets are read at a time: those of all of them, by `files_of`."""
    return broadcasts.Sheet(
        kind=kind,
        text=content["text"],
        options=[broadcasts.Option(option["id"], option["text"]) for option in content.get("options", ())],
        unit=content.get("unit", ""),
        media=shown_with(content, event, files_of([content], event) if files is None else files),
        seconds=seconds,
        worth=worth,
    )


def files_of(contents: Iterable[dict[str, Any]], event: Event) -> Files:
    """What these sheets are shown with, in one query."""
    wanted = {content["media"] for content in contents if content["media"] is not None}
    if not wanted:
        return {}
    found = Asset.objects.filter(event=event, pk__in=wanted, state=Asset.State.READY).select_related("encoding")
    return {asset.pk: asset for asset in found}


def shown_with(content: dict[str, Any], event: Event, files: Files) -> broadcasts.Media | None:
    """The picture or clip of a sheet."""
    asset = files.get(content["media"])
    if asset is None:
        return None
    asset.event = event
    is_image = asset.kind == Asset.Kind.IMAGE
    url = media.image_url(asset) if is_image else media.stream_url(asset)
    if not url:
        return None
    return broadcasts.Media(
        kind=asset.kind,
        url=url,
        words=content["media_words"],
        poster="" if is_image else media.poster_url(asset),
        seconds=asset.seconds or 0,
        captions=[] if is_image else [broadcasts.Captions(**captions) for captions in media.captions_of(asset)],
    )


def reveal(turn: Turn) -> broadcasts.Reveal:
    right = turn.key["right"]
    chosen = right if isinstance(right, list) and turn.kind != "text" else []
    return broadcasts.Reveal(
        right=chosen,
        words=[] if isinstance(right, list) else [_word(right)],
        spellings=spellings_of(turn),
        tolerance=str(turn.key.get("tolerance", "")),
        bars=_bars(turn, chosen),
        answers=turn.answers,
        explanation=turn.key["explanation"],
    )


def _word(right: Any) -> str:
    return str(right).lower() if isinstance(right, bool) else str(right)


def _bars(turn: Turn, chosen: list[int]) -> list[broadcasts.Bar]:
    counts: dict[str, int] = turn.bars
    if turn.kind == "truth":
        return [
            broadcasts.Bar(None, name, counts.get(name, 0), name == _word(turn.key["right"]))
            for name in ("true", "false")
        ]
    if "options" in turn.sheet:
        # Of an order one sees what was put first.
        right = chosen[:1] if turn.kind == "order" else chosen
        return [
            broadcasts.Bar(option["id"], "", counts.get(str(option["id"]), 0), option["id"] in right)
            for option in turn.sheet["options"]
        ]
    if turn.kind == "text":
        return _typed_bars(turn, counts)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_BARS]
    return [broadcasts.Bar(None, name, count, kind_of(turn.kind).mark(turn.key, name) == 1) for name, count in ordered]


def _typed_bars(turn: Turn, counts: dict[str, int]) -> list[broadcasts.Bar]:
    """The accepted spellings that were used, and all else as one: nobody writes on the screen by answering."""
    accepted: dict[str, str] = {}
    for spelling in turn.key["right"]:
        for name in kind_of(turn.kind).bins(spelling):
            accepted.setdefault(name, spelling)
    right = [broadcasts.Bar(None, words, counts[name], True) for name, words in accepted.items() if name in counts]
    others = sum(count for name, count in counts.items() if name not in accepted)
    return [*sorted(right, key=lambda bar: -bar.count)[:MOST_BARS], broadcasts.Bar(None, "", others, False)]


def leaders(game: Game, most: int) -> list[broadcasts.Leader]:
    found = Side.objects.filter(game=game).order_by("-points", "pk")[:most]
    return [
        broadcasts.Leader(side.rank or place, side.name, side.points, side.gained, side.streak)
        for place, side in enumerate(found, 1)
    ]
