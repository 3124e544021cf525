"""A close in the middle of a burst: everything that was acknowledged counts, exactly, and nothing after."""

import threading
from collections import Counter

import pytest
from django.db import connections

from apps.core.errors import Refused
from apps.polls import kinds, selectors, services
from apps.polls.models import Answer
from tests.factories.accounts import UserFactory

THREADS, EACH = 3, 8


@pytest.mark.django_db(transaction=True)
def test_close_in_the_middle_of_a_burst(intake, event, drain):
    poll = services.open_poll(services.create_poll(event=event, question="?", options="abc"))
    options = sorted(poll.option_ids)
    crowds = [UserFactory.create_batch(EACH) for _thread in range(THREADS)]
    acknowledged, endings, everybody_votes = {}, [], threading.Barrier(THREADS + 1)

    def vote(people):
        """Everybody changes their mind again and again, until they are told that it is over."""
        try:
            for revision in range(1, 10_000):
                wishes = [
                    services.Vote(
                        event.pk, poll.pk, person.pk, kinds.Said(option=options[(person.pk + revision) % 3]), revision
                    )
                    for person in people
                ]
                outcomes = services.cast_votes(wishes)
                for person, outcome in zip(people, outcomes, strict=True):
                    if isinstance(outcome, Refused):
                        endings.append(outcome.code)
                    else:
                        acknowledged[person.pk] = (outcome.revision, outcome.answer["option"])
                if revision == 2:
                    everybody_votes.wait(60)
                if any(isinstance(outcome, Refused) for outcome in outcomes):
                    return
        finally:
            connections.close_all()

    threads = [threading.Thread(target=vote, args=(people,)) for people in crowds]
    for thread in threads:
        thread.start()
    everybody_votes.wait(60)
    closed_at = services.close_poll(poll).closed_at
    for thread in threads:
        thread.join(60)
    drain()

    assert set(endings) == {"poll.closed"}
    rows = Answer.objects.filter(poll=poll)
    assert {row.user_id: (row.revision, row.said["option"]) for row in rows} == acknowledged
    assert len(acknowledged) == THREADS * EACH
    assert all(row.answered_at < closed_at for row in rows)
    shown = {tally.option: tally.votes for tally in selectors.all_results(event.pk, poll.pk).votes if tally.votes}
    assert shown == Counter(option for _revision, option in acknowledged.values())
