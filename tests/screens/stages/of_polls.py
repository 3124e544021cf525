"""A poll of each kind: to be answered, with one's own answer, on the shared screen; and what waits or is withheld."""

from random import Random
from typing import TYPE_CHECKING, Any

from tests.screens.shots import ON_SCREEN, ONE_EACH, Shot
from tests.screens.stages.scene import LONG, WRITTEN, Scene, words

if TYPE_CHECKING:
    from apps.polls.models import Poll

ASKED = {kind: words(row) for kind, row in WRITTEN["poll"].items()}
OPTIONS = [words(row) for row in WRITTEN["options"]]
WITH_OPTIONS = ("single", "multiple", "image", "ranking", "points")
ALONE = "?beside=0"
SMELLS = ["Mud", "mud", "Mud", "Diesel", "diesel", "wet plaster", "River", "Iron", LONG[:32], "طين", "hay", "cellar"]
SAYINGS = [
    "Open the sluice an hour before you think you must.",
    "Call us. Not the ministry, us.",
    "We read your gauge every night. Thank you for keeping it.",
    f"Ask the {LONG}.",
    "تعالوا في أبريل وقفوا فيه معنا.",
]


def shots(scene: Scene) -> dict[str, Shot]:
    found = {}
    for kind in ASKED:
        fresh, answered = (
            _opened(scene, kind),
            _opened(scene, kind, votes=len(SAYINGS) - 1 if kind == "text" else 30, with_reader=True),
        )
        found[f"poll-open-{kind}"] = scene.shot("polls:poll", poll=fresh.pk, views=ONE_EACH)
        found[f"poll-own-{kind}"] = scene.shot("polls:poll", poll=answered.pk, views=ONE_EACH)
        found[f"poll-screen-{kind}"] = scene.shot(
            "polls:screen", "organiser", poll=answered.pk, at=ALONE, views=ON_SCREEN
        )
    return found | _withheld(scene) | _in_session(scene)


def _withheld(scene: Scene) -> dict[str, Shot]:
    from apps.polls import services

    waits = _opened(scene, "single", votes=9, with_reader=True, results="close")
    locked = services.lock_poll(_opened(scene, "single", votes=9))
    nameless = _opened(scene, "scale", anonymous=True, results="answered")
    moderated = _opened(scene, "words", votes=9, moderated=True)
    unused = _opened(scene, "single")
    twelve = _opened(scene, "multiple", votes=30, options=[*OPTIONS, *OPTIONS, *OPTIONS])
    found = {
        f"poll-{name}": scene.shot("polls:poll", poll=poll.pk, views=ONE_EACH)
        for name, poll in (("waits", waits), ("locked", locked), ("anonymous", nameless))
    }
    for name, poll in (("hidden", waits), ("moderated", moderated), ("unused", unused), ("twelve", twelve)):
        found[f"poll-screen-{name}"] = scene.shot("polls:screen", "organiser", poll=poll.pk, at=ALONE, views=ON_SCREEN)
    beside = {"poll": waits.pk, "at": f"?beside={twelve.pk}", "views": ON_SCREEN}
    found["poll-screen-two"] = scene.shot("polls:screen", "organiser", **beside)
    return found


def _in_session(scene: Scene) -> dict[str, Shot]:
    """Over the conversation, in its own tab, and at the desk of who runs it."""
    _opened(scene, "multiple", votes=12, in_session=True)
    slug, empty = scene.session.slug, scene.empty.slug
    return {
        "poll-rises": scene.shot("venue:session", slug=slug, views=ONE_EACH, whole=False),
        "polls-beside": scene.shot("venue:session", slug=slug, at="#polls", views=ONE_EACH, whole=False),
        "polls-beside-none": scene.shot("venue:session", slug=empty, at="#polls", views=ONE_EACH, whole=False),
        "polls-run": scene.shot("polls:run_session", "organiser", slug=slug, views=ONE_EACH),
        "polls-run-none": scene.shot("polls:run_session", "organiser", slug=empty, views=ONE_EACH),
    }  # fmt: skip


def _opened(
    scene: Scene,
    kind: str,
    *,
    votes: int = 0,
    with_reader: bool = False,
    in_session: bool = False,
    options: list[Any] | None = None,
    **fields: Any,
) -> "Poll":
    from apps.polls import services

    poll = services.create_poll(
        event=scene.event,
        session=scene.session if in_session else None,
        question=ASKED[kind],
        kind=kind,
        options=(options or OPTIONS) if kind in WITH_OPTIONS else (),
        pictures=scene.pictures if kind == "image" else (),
        low_words=words(WRITTEN["said"]["low"]) if kind == "scale" else "",
        high_words=words(WRITTEN["said"]["high"]) if kind == "scale" else "",
        **fields,
    )
    poll = services.open_poll(poll)
    people = [*([scene.reader] if with_reader else []), *scene.crowd[:votes]]
    chance = Random(len(people))
    services.cast_votes(
        [
            services.Vote(scene.event.pk, poll.pk, user.pk, _said(poll, place, chance))
            for place, user in enumerate(people)
        ]
    )
    return poll


def _said(poll: "Poll", place: int, chance: Random) -> Any:
    """The earlier an option, the likelier."""
    from apps.polls import kinds

    numbers = [option.pk for option in poll.options.all()]
    weights = range(len(numbers) + 1, 1, -1)
    match poll.kind:
        case "single" | "image":
            return kinds.Said(option=chance.choices(numbers, weights)[0])
        case "multiple":
            return kinds.Said(options=sorted(chance.sample(numbers, 2)))
        case "scale":
            return kinds.Said(value=chance.choices(range(1, 6), (2, 3, 5, 4, 2))[0])
        case "ranking":
            return kinds.Said(order=sorted(numbers, key=lambda number: 2 * chance.random() + number - numbers[0]))
        case "points":
            shares = [60, 30, 10] if place % 2 else [50, 50]
            chosen = chance.sample(numbers, len(shares))
            return kinds.Said(points=[kinds.Share(*pair) for pair in zip(chosen, shares, strict=True)])
        case "words":
            return kinds.Said(words=[SMELLS[place % len(SMELLS)]])
    return kinds.Said(text=SAYINGS[place % len(SAYINGS)])
