"""The world of the rooms' tests, which takes longer to make than to ask: once for each file."""

import pytest

from tests.access import world
from tests.factories.events import EventFactory


@pytest.fixture(scope="module")
def built(made_once):
    """`built()` is an event with an object of each kind, as it was made."""
    return made_once(
        lambda: world.build(EventFactory(name=f"{world.SECRET} days", slug="there", organisation__name=world.SECRET))
    )
