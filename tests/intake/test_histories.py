"""Over any order of casts, changes, closes, reopens, redeliveries, losses and replays, the tally equals a recount."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.core.errors import Refused
from apps.intake import applying, letters, store
from apps.intake.adapters.stream import Stream
from apps.intake.drain import Drain, source
from apps.intake.models import DeadLetter
from apps.polls import kinds, selectors, services
from apps.polls.models import Answer, Poll
from tests.factories.events import RegistrationFactory
from tests.factories.polls import OptionFactory, PollFactory

pytestmark = pytest.mark.django_db

PERSON, OPTION, REVISION = st.integers(0, 2), st.integers(0, 2), st.integers(1, 4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("cast"), PERSON, OPTION, REVISION),
        st.tuples(st.just("cast"), PERSON, OPTION, st.none()),
        st.tuples(st.sampled_from(["close", "open", "drain", "die", "redeliver", "poison", "replay", "lose"])),
    ),
    max_size=30,
)


class Undo(Exception):
    pass


class History:
    """One poll, the real services, and what a person who only reads the acknowledgements would believe."""

    def __init__(self, event, people, *, may_change):
        self.poll = PollFactory(event=event, may_change=may_change)
        self.options = [option.pk for option in OptionFactory.create_batch(3, poll=self.poll)]
        self.people = people
        self.believed = {}
        self.taken = []
        self.poisoned = False

    def cast(self, person, option, revision):
        wish = services.Vote(
            self.poll.event_id, self.poll.pk, self.people[person].pk, kinds.Said(option=self.options[option]), revision
        )
        [mine] = services.cast_votes([wish])
        if isinstance(mine, Refused):
            assert mine.code == "poll.closed" or (mine.code == "poll.answered" and person in self.believed)
            if mine.code == "poll.closed":
                assert Poll.objects.get(pk=self.poll.pk).state == Poll.State.CLOSED
        else:
            before = self.believed.get(person)
            assert before is None or before[0] <= mine.revision
            self.believed[person] = (mine.revision, mine.answer["option"])

    def close(self):
        if Poll.objects.get(pk=self.poll.pk).state == Poll.State.OPEN:
            services.close_poll(self.poll)

    def open(self):
        if Poll.objects.get(pk=self.poll.pk).state == Poll.State.CLOSED:
            services.open_poll(self.poll)

    def drain(self):
        Drain(Stream(stale_seconds=0) if self.stream else source()).until_empty()

    def die(self):
        """After the database, before the gates and the queue hear of it."""
        found = source().take(100, wait_seconds=0)
        self.taken += [one.item for one in found]
        applying.apply([one.item for one in found])

    def redeliver(self):
        applying.settle(self.taken, applying.apply(self.taken))

    def poison(self):
        """A batch that cannot be applied while the trouble lasts, and is set aside."""
        apply = services.Answers.apply

        def trouble(owner, batch):
            raise ValueError("trouble")

        services.Answers.apply = trouble
        try:
            self.drain()
        finally:
            services.Answers.apply = apply

    def replay(self):
        for letter in DeadLetter.objects.all():
            assert letters.replay(letter) is None

    def lose(self):
        """Redis is emptied when all is written: what it knew is rebuilt. (What it holds unwritten may not be lost.)"""
        self.drain()
        store.client().flushdb()

    def check(self):
        self.drain()
        self.replay()
        self.drain()
        rows = Answer.objects.filter(poll=self.poll).values_list("user_id", "revision", "said__option")
        found = {user: (revision, option) for user, revision, option in rows}
        assert found == {self.people[person].pk: word for person, word in self.believed.items()}
        expected = [sum(word[1] == option for word in self.believed.values()) for option in self.options]
        self.poll.refresh_from_db()
        assert [tally.votes for tally in selectors.all_results(self.poll.event_id, self.poll.pk).votes] == expected
        assert selectors.turnout(self.poll.event_id, self.poll.pk).answers == sum(expected)


@pytest.fixture
def people(event):
    return [RegistrationFactory(event=event).user for _ in range(3)]


def play(event, people, steps, *, may_change, stream):
    store.client().flushdb()
    history = None
    try:
        with transaction.atomic():
            history = History(event, people, may_change=may_change)
            history.stream = stream
            for name, *arguments in steps:
                getattr(history, name)(*arguments)
            history.check()
            raise Undo
    except Undo:
        pass


# What was set aside stood for its person before, and must not be overtaken by an older word, or by another first one.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=[("cast", 0, 0, 2), ("poison",), ("cast", 0, 1, 1)], may_change=True)
@example(steps=[("cast", 0, 0, 2), ("poison",), ("lose",), ("cast", 0, 1, 1)], may_change=True)
@example(steps=[("cast", 0, 0, 2), ("poison",), ("cast", 0, 1, None)], may_change=True)
@example(steps=[("cast", 0, 0, 1), ("poison",), ("cast", 0, 1, 1)], may_change=False)
@example(steps=[("cast", 0, 0, 1), ("cast", 0, 1, 2), ("poison",), ("cast", 0, 2, 3)], may_change=True)
@example(steps=[("cast", 0, 0, 1), ("drain",), ("cast", 0, 1, 2), ("poison",), ("cast", 0, 2, 3)], may_change=True)
@given(steps=STEPS, may_change=st.booleans())
def test_tally_equals_recount_on_redis(event, people, steps, may_change):
    play(event, people, steps, may_change=may_change, stream=True)
