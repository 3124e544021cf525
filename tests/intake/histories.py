"""Histories of a poll, played on the real services: whatever happens in whatever order, what was acknowledged counts.

    assert play(event, people, steps, kind="ranking") == []

A step is a tuple: ("cast", person, answer, revision), or one word: "close", "open", "reset", "drain", "die" (between
the database and the gates), "redeliver" (what the dead one had taken), "poison" (a drain that nothing can be applied
by), "replay" (of what was set aside) and "lose" (Redis is emptied when all is written).
"""

from collections import Counter

from django.db import transaction
from hypothesis import strategies as some

from apps.core.errors import Refused
from apps.intake import applying, letters, store
from apps.intake.adapters import sqs
from apps.intake.adapters.stream import Stream
from apps.intake.drain import Drain, source
from apps.intake.models import DeadLetter
from apps.polls import selectors, services
from apps.polls.models import Answer, Kind, Poll
from tests.factories.media import AssetFactory
from tests.factories.polls import OptionFactory, PollFactory
from tests.intake import recounts

PEOPLE, ANSWERS = 3, 3
PERSON, ANSWER, REVISION = some.integers(0, PEOPLE - 1), some.integers(0, ANSWERS - 1), some.integers(1, 4)
CAST = some.tuples(some.just("cast"), PERSON, ANSWER, some.one_of(some.none(), REVISION))
DEEDS = ("close", "open", "reset", "drain", "die", "redeliver", "poison", "replay", "lose")


def steps(*, deeds=DEEDS, most=30):
    return some.lists(some.one_of(CAST, CAST, some.tuples(some.sampled_from(deeds))), max_size=most)


class Undo(Exception):
    pass


def play(event, people, steps, *, stream=True, **fields):
    """What did not hold. In a transaction that is taken back, so that each history begins with nothing."""
    store.client().flushdb()
    if not stream:
        for queue in (sqs.queue(), sqs.queue().dead_letters()):
            while left := queue.receive_many(100):
                queue.delete([one.receipt for one in left])
    faults = []
    try:
        with transaction.atomic():
            history = History(event, people, stream=stream, **fields)
            for name, *arguments in steps:
                getattr(history, name)(*arguments)
            history.check()
            faults = history.faults
            raise Undo
    except Undo:
        return faults


def let_go(found):
    """SQS gives what a dead drain had taken to another one after a while, which is over at once."""
    queue = sqs.queue()
    for one in found:
        queue.client.change_message_visibility(QueueUrl=queue.url, ReceiptHandle=one.token, VisibilityTimeout=0)


class History:
    """One poll, and what people who only read the acknowledgements would believe: by person, revision and answer."""

    def __init__(self, event, people, *, stream, kind=Kind.SINGLE, **fields):
        self.poll = PollFactory(event=event, kind=kind, state=Poll.State.DRAFT, **fields)
        options = 3 if kind in recounts.WITH_OPTIONS else 0
        picture = AssetFactory(event=event, kind="image") if kind == Kind.IMAGE else None
        self.options = [OptionFactory(poll=self.poll, picture=picture).pk for _number in range(options)]
        self.answers = recounts.answers(kind, self.options)
        self.people, self.stream = people, stream
        self.believed, self.taken, self.past = {}, [], []
        self.faults = []
        services.open_poll(self.poll)

    @property
    def now(self):
        return Poll.objects.get(pk=self.poll.pk)

    def expect(self, found, wanted, what):
        if found != wanted:
            self.faults.append(f"{what}: {found}, not {wanted}")

    def cast(self, person, choice, revision):
        said, body = self.answers[choice]
        poll = self.now
        wish = services.Vote(poll.event_id, poll.pk, self.people[person].pk, said, revision)
        [mine] = services.cast_votes([wish])
        before = self.believed.get(person)
        # After the close too, who sends what stands is told that it does: they may not have heard it. (In an anonymous
        # poll nobody can tell.)
        is_known = poll.state == Poll.State.CLOSED and not poll.anonymous and before is not None and before[1] == body
        if is_known:
            self.expect(
                not isinstance(mine, Refused) and (mine.revision, mine.counted), (before[0], True), "what stood"
            )
            return
        if isinstance(mine, Refused):
            expected = {Poll.State.CLOSED: "poll.closed", Poll.State.DRAFT: "poll.not_open"}.get(poll.state)
            self.expect(mine.code, expected or "poll.answered", "refusal")
            self.expect(expected is None and before is None, False, "refused a first answer to an open poll")
            return
        self.expect(poll.state, Poll.State.OPEN, "state of what takes answers")
        self.expect(before is not None and before[0] > mine.revision, False, "revision went back")
        if mine.counted:
            self.believed[person] = (mine.revision, body)
        elif before is None:
            self.faults.append("a first answer was taken and not counted")
            return
        if not poll.anonymous:
            self.expect((mine.revision, mine.answer), self.believed[person], "what stands, as it was said")

    def close(self):
        if self.now.state == Poll.State.OPEN:
            services.close_poll(self.poll)

    def open(self):
        if self.now.state != Poll.State.OPEN:
            services.open_poll(self.poll)

    def reset(self):
        services.reset_poll(self.poll, ends=self.now.round)
        self.past.append(self.believed)
        self.believed = {}

    def drain(self):
        Drain(Stream(stale_seconds=0) if self.stream else source()).until_empty()

    def die(self):
        found = source().take(100, wait_seconds=0)
        self.taken += [one.item for one in found]
        applying.apply([one.item for one in found])
        if not self.stream:
            let_go(found)

    def redeliver(self):
        applying.hear(applying.tell(self.taken, applying.apply(self.taken)))

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
        for letter in DeadLetter.objects.order_by("?"):
            self.expect(letters.replay(letter), None, "replay")

    def lose(self):
        """What Redis knew is rebuilt. (What it holds unwritten may not be lost.)"""
        self.drain()
        if not self.stream:
            self.drain()  # what SQS gave up while the first one looked for more
        store.client().flushdb()

    def check(self):
        """The rows are what was acknowledged, in every round; and what everybody is shown is what the rows say."""
        self.drain()
        self.replay()
        self.drain()
        poll = self.now
        for number, believed in enumerate([*self.past, self.believed], 1):
            rows = Answer.objects.filter(poll=poll, round=number)
            if poll.anonymous:
                found = Counter(str(row) for row in rows.values_list("revision", "said"))
                self.expect(found, Counter(str(word) for word in believed.values()), f"rows of round {number}")
            else:
                found = {row.user_id: (row.revision, row.said) for row in rows}
                wanted = {self.people[person].pk: word for person, word in believed.items()}
                self.expect(found, wanted, f"rows of round {number}")
        said = list(Answer.objects.filter(poll=poll, round=poll.round).values_list("said", flat=True))
        results = selectors.all_results(poll.event_id, poll.pk)
        self.expect(recounts.shown(results), recounts.recounted(poll.kind, self.options, said), "results")
        self.expect(results.total, len(said), "total")
        self.expect(selectors.turnout(poll.event_id, poll.pk).answers, len(said), "turnout")
