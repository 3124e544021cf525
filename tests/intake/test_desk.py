"""Answers set aside, at the organisers' desk: why, trying again, throwing away; never who or what."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import Entry
from apps.intake.models import DeadLetter
from apps.polls.models import Answer
from tests.factories.events import RegistrationFactory
from tests.factories.intake import DeadLetterFactory
from tests.factories.polls import OptionFactory, PollFactory

LIST = "admin:intake_deadletter_changelist"


@pytest.fixture
def voter(event):
    return RegistrationFactory(event=event).user


@pytest.fixture
def letter(event, voter):
    poll = PollFactory(event=event)
    option = OptionFactory(poll=poll)
    return DeadLetterFactory(
        event_id=event.pk, gate=poll.gate, title=str(poll), key=str(voter.pk), body={"option": option.pk}
    )


def act(client, name, *letters):
    chosen = {"action": name, "confirmed": "1", "_selected_action": [one.pk for one in letters]}
    return client.post(reverse(LIST), chosen, follow=True)


def test_desk_says_why_and_neither_who_nor_what(letter, voter, organiser, enter):
    client = enter(organiser)
    listed = client.get(reverse(LIST)).content.decode()
    form = client.get(reverse("admin:intake_deadletter_change", args=[letter.pk])).content.decode()

    for html in (listed, form):
        assert "The database would not take it." in html
        assert letter.title in html
        assert voter.name not in html
        assert "option&quot;" not in html
    assert ">key<" not in form.lower()


def test_trying_again_counts_it(letter, organiser, enter):
    html = act(enter(organiser), "try_again", letter).content.decode()

    assert "1 answer counts now." in html
    assert Answer.objects.get().said == letter.body
    assert not DeadLetter.objects.exists()


def test_what_fails_again_stays(letter, organiser, enter):
    DeadLetter.objects.update(gate="poll/999999/1")

    html = act(enter(organiser), "try_again", letter).content.decode()

    assert "1 answer still cannot be written" in html
    assert DeadLetter.objects.get().attempts == 2


def test_throwing_away_is_on_record(letter, organiser, enter):
    html = act(enter(organiser), "throw_away", letter).content.decode()

    assert "1 answer was thrown away." in html
    assert not DeadLetter.objects.exists()
    assert Entry.objects.get(kind="deleted").who_id == organiser.pk


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(event, organiser, enter, count):
    DeadLetterFactory.create_batch(count, event_id=event.pk)
    client = enter(organiser)
    client.get(reverse(LIST))

    with CaptureQueriesContext(connection) as asked:
        client.get(reverse(LIST))

    assert len(asked) == 7
