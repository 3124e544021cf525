"""Every kind of poll, over any history: the tally equals one that is recounted by hand from what stands in the rows."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from apps.polls.models import Kind
from tests.factories.events import RegistrationFactory
from tests.intake.histories import PEOPLE, play, steps

pytestmark = pytest.mark.django_db

# What becomes of the queue over any history is told by tests/intake/test_histories.py; here, how each kind is counted.
QUICK = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def people(event):
    return [RegistrationFactory(event=event).user for _ in range(PEOPLE)]


@pytest.mark.parametrize("kind", Kind.values)
@QUICK
@example(
    steps=[("cast", 0, 0, 1), ("cast", 1, 1, 1), ("cast", 2, 2, 1), ("drain",), ("cast", 0, 1, 2), ("cast", 1, 2, 2)]
)
@example(steps=[("cast", 0, 0, 1), ("cast", 1, 1, 1), ("cast", 2, 2, 1), ("die",), ("cast", 0, 2, 2), ("redeliver",)])
@given(steps=steps(most=24))
def test_tally_of_each_kind_equals_a_recount(event, people, kind, steps):
    assert play(event, people, steps, kind=kind) == []


# Who took part in an anonymous round is known after its close, though not by what: they cannot answer twice, whatever
# was set aside meanwhile.
@settings(QUICK, max_examples=25)
@example(steps=[("cast", 0, 0, 1), ("poison",), ("close",), ("open",), ("cast", 0, 1, 1)], may_change=True)
@example(steps=[("cast", 0, 0, 1), ("close",), ("open",), ("cast", 0, 1, 1)], may_change=True)
@given(steps=steps(), may_change=some.booleans())
def test_anonymous_answers_count_once_over_every_history(event, people, steps, may_change):
    assert play(event, people, steps, may_change=may_change, anonymous=True) == []
