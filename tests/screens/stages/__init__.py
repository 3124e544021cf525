"""States that the demo is not in by itself, in an event of their own that stands only while they are photographed."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.screens.shots import Shot

PREFIX = "state-"


@contextmanager
def staged() -> Iterator[dict[str, Shot]]:
    """The shots of every state, while they last: a question of a quiz is open for some minutes only."""
    from tests.screens.stages import (
        of_media,
        of_polls,
        of_questions,
        of_quizzes,
        of_registration,
        of_seats,
        of_sign_in,
        scene,
    )

    here = scene.set_up()
    try:
        rooms = (of_quizzes, of_media, of_polls, of_questions, of_registration, of_seats, of_sign_in) if here else ()
        found = {name: shot for room in rooms for name, shot in room.shots(here).items()}
        yield {f"{PREFIX}{name}": shot for name, shot in found.items()}
    finally:
        scene.take_down()
