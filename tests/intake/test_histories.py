"""Over any order of casts, changes, closes, reopens, redeliveries, losses and replays, the tally equals a recount."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from tests.factories.events import RegistrationFactory
from tests.intake.histories import PEOPLE, play, steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(event):
    return [RegistrationFactory(event=event).user for _ in range(PEOPLE)]


# What was set aside stood for its person before, and must not be overtaken by an older word, or by another first one.
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=[("cast", 0, 0, 2), ("poison",), ("cast", 0, 1, 1)], may_change=True)
@example(steps=[("cast", 0, 0, 2), ("poison",), ("lose",), ("cast", 0, 1, 1)], may_change=True)
@example(steps=[("cast", 0, 0, 2), ("poison",), ("cast", 0, 1, None)], may_change=True)
@example(steps=[("cast", 0, 0, 1), ("poison",), ("cast", 0, 1, 1)], may_change=False)
@example(steps=[("cast", 0, 0, 1), ("cast", 0, 1, 2), ("poison",), ("cast", 0, 2, 3)], may_change=True)
@example(steps=[("cast", 0, 0, 1), ("drain",), ("cast", 0, 1, 2), ("poison",), ("cast", 0, 2, 3)], may_change=True)
# An acknowledgement was lost, and the poll is closed: the same answer comes again.
@example(steps=[("cast", 0, 0, 1), ("close",), ("cast", 0, 0, 1), ("cast", 0, 1, 1)], may_change=True)
@example(steps=[("cast", 0, 0, 1), ("close",), ("drain",), ("lose",), ("cast", 0, 0, 1)], may_change=False)
@example(steps=[("cast", 0, 0, 1), ("poison",), ("close",), ("lose",), ("cast", 0, 0, 1)], may_change=True)
@given(steps=steps(), may_change=some.booleans())
def test_tally_equals_recount_on_redis(event, people, steps, may_change):
    assert play(event, people, steps, may_change=may_change) == []


# What was taken three times by drains that died, SQS gives up: it is set aside, and comes by replay.
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=[("cast", 0, 0, 1), ("drain",), ("cast", 0, 1, 2), ("poison",), ("cast", 0, 2, 3), ("replay",)])
@example(steps=[("cast", 0, 0, 1), ("die",), ("cast", 0, 1, 2), ("redeliver",), ("drain",)])
@example(steps=[("cast", 0, 0, 1), ("die",), ("die",), ("die",), ("cast", 0, 1, 2), ("lose",), ("cast", 0, 2, 3)])
@example(steps=[("cast", 0, 0, 2), ("poison",), ("lose",), ("cast", 0, 1, 1)])
@example(steps=[("cast", 0, 0, 1), ("close",), ("cast", 0, 0, 1), ("drain",), ("cast", 0, 0, 1)])
@given(steps=steps(most=14))
def test_tally_equals_recount_on_sqs(sqs_queue, event, people, steps):
    assert play(event, people, steps, stream=False) == []
