"""The doors beside Django's routes: sockets, the feed and commands over HTTP, each with the tests that cover it.

They are found where the live role dispatches: a door that is added there and not named here fails.
"""

import ast
import importlib
import inspect

import pytest

from apps.live import doors

# What `apps.live.doors` matches addresses with: the module and function of a test that shows strangers refused there.
COVERED = {
    "SOCKET": ("tests.access.test_live", "test_topic_of_another_event_is_refused"),
    "ADDRESS": ("tests.live.test_feed", "test_what_an_audience_may_not_read_is_refused"),
    "asking.ADDRESS": ("tests.live.test_asking", "test_what_is_no_command_of_a_holder_is_refused"),
}


def matched():
    """Every pattern whose `fullmatch` decides where a request goes."""
    tree = ast.parse(inspect.getsource(doors))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        ast.unparse(call.value)
        for call in calls
        if isinstance(call, ast.Attribute) and call.attr in ("fullmatch", "match", "search")
    }


def test_every_door_of_the_live_role_is_named():
    assert matched() == set(COVERED)


@pytest.mark.parametrize("door", COVERED)
def test_named_test_is_there(door):
    module, name = COVERED[door]
    assert callable(getattr(importlib.import_module(module), name))
