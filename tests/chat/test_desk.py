"""Keeping order at the organisers' desk: words one by one, and reports in bulk."""

import pytest
from django.urls import reverse

from apps.chat.models import Word
from tests.chat.asking import report
from tests.factories.chat import WordFactory

WORDS = "admin:chat_word_add"


@pytest.fixture
def add_word(event, organiser, enter):
    client = enter(organiser)

    def add(text):
        posted = {"event": event.pk, "language": "en", "text": text, "action": "hold"}
        return client.post(reverse(WORDS), posted, follow=True).content.decode()

    return add


@pytest.mark.parametrize("text", ["!!!", "…", "# bilge"])
def test_word_of_which_nothing_can_be_looked_for_is_refused_kindly(event, add_word, text):
    WordFactory(event=event, text="keel")

    page = add_word(text)

    assert "no letter or digit" in page
    assert "“keel”" not in page
    assert [word.text for word in Word.objects.all()] == ["keel"]


def test_word_that_is_listed_already_is_named_itself(event, add_word):
    known = WordFactory(event=event, text="bilge")
    WordFactory(event=event, text="keel")

    page = add_word("Bilge")

    assert reverse("admin:chat_word_change", args=[known.pk]) in page
    assert Word.objects.count() == 2


def settle(client, reports):
    posted = {"action": "dismiss", "confirmed": 1, "_selected_action": [row.pk for row in reports]}
    return client.post(reverse("admin:chat_report_changelist"), posted, follow=True).content.decode()


def test_settled_are_counted_and_what_was_settled_before_is_not(room, actor, attendee, speaker, organiser, say, enter):
    made = [report(actor(attendee), say(speaker, text), room) for text in ("One", "Two")]
    client = enter(organiser)

    assert "2 messages are settled" in settle(client, made)
    page = settle(client, made)
    assert "settled." not in page
    assert "Somebody else has looked at this already" in page


def test_refused_reports_are_not_said_to_be_settled(room, actor, attendee, speaker, organiser, say, enter, monkeypatch):
    from apps.chat import services
    from apps.core.errors import Refused

    def decided(*_args, **_kwargs):
        raise Refused("chat.decided", "Somebody was quicker.")

    made = report(actor(attendee), say(speaker, "One"), room)
    monkeypatch.setattr(services, "handle_reports", decided)

    page = settle(enter(organiser), [made])

    assert "Somebody was quicker." in page
    assert "settled." not in page
