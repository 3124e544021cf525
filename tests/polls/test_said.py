"""What people wrote in a poll, when it is more than a page holds: decided on to the last, and read by everybody."""

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.polls import selectors, services
from apps.polls.kinds import Said, counts_of, wording
from apps.polls.models import Answer, Kind, Poll
from apps.polls.selectors import said
from tests.factories.chat import WordFactory

WRITTEN = 1300


@pytest.fixture
def ask(event):
    def make(count, **fields):
        poll = services.create_poll(event=event, question="Why?", kind=Kind.TEXT, **fields)
        services.open_poll(poll)
        bodies = [{"text": f"Because {number:04}"} for number in range(count)]
        Answer.objects.bulk_create(
            Answer(poll=poll, round=1, voter=f"x{place}", said=body, counts=counts_of(body))
            for place, body in enumerate(bodies)
        )
        return poll

    return make


def address(name, poll):
    return reverse(name, args=[poll.event.slug, poll.pk])


def test_every_text_comes_up_for_a_decision(ask):
    poll = ask(WRITTEN, moderated=True)
    rounds = 0
    while waiting := [one.subject for one in selectors.staff_results(poll).sayings if one.shown is None]:
        services.decide_words(poll, subjects=waiting, shown=rounds % 2 == 0)
        rounds += 1

    sayings = selectors.Sayings(poll)
    assert (rounds, len(sayings), sayings.waiting) == (7, WRITTEN, 0)
    assert selectors.shown_texts(poll).count() == 700


def test_said_by_more_comes_first_and_is_counted_once(ask):
    poll = ask(3)
    twice = {"text": "BECAUSE 0002"}
    Answer.objects.create(poll=poll, round=1, voter="y", said=twice, counts=counts_of(twice))

    first, *rest = selectors.Sayings(poll)[0:10]

    assert (first.votes, wording.fold(first.text), [one.votes for one in rest]) == (2, "because 0002", [1, 1])


def test_watching_goes_through_the_newest_texts_only(ask, monkeypatch):
    monkeypatch.setattr(said, "NEWEST", 10)
    monkeypatch.setattr(said, "THE_NEWEST", f"{said.ALL} ORDER BY id DESC LIMIT 10")
    many, few = ask(12, moderated=True), ask(9)

    found = selectors.all_results(many.event_id, many.pk)
    lines = {line.poll.pk: line for line in selectors.lines_of(selectors.runnable(many.event, None, is_open=True))}

    assert [one.text for one in found.sayings] == [f"Because {number:04}" for number in range(2, 12)]
    assert found.said == 12
    assert [(len(lines[poll.pk].sayings), lines[poll.pk].said) for poll in (many, few)] == [(10, 12), (9, 9)]
    assert len(selectors.staff_results(many).sayings) == 12


def test_words_page_turns_and_leads_back_to_where_somebody_decided(ask, moderator, attendee, enter):
    poll = ask(150, moderated=True)
    client = enter(moderator)

    first = client.get(address("polls:words", poll))
    second = client.get(address("polls:words", poll), {"page": 2})

    assert "150 wait for a decision" in first.content.decode()
    assert (len(first.context["page"].object_list), len(second.context["page"].object_list)) == (100, 50)
    decided = {
        "decide": f"show:{second.context['page'].object_list[0].subject}",
        "next": second.wsgi_request.get_full_path(),
    }
    assert client.post(address("polls:words", poll), decided)["Location"].endswith("/words/?page=2")
    assert enter(attendee).get(address("polls:words", poll)).status_code == 403


def test_words_are_read_page_by_page_over_the_api(ask, moderator, attendee, enter):
    poll = ask(250, moderated=True)
    api = address("api:poll-words", poll)

    body = enter(moderator).get(api, {"page": 2}).json()

    assert (body["count"], body["waiting"], len(body["results"])) == (250, 250, 50)
    assert enter(attendee).get(api).status_code == 403


def test_people_read_more_texts_than_the_newest(ask, attendee, enter):
    poll = ask(130)
    client = enter(attendee)

    card = client.get(address("polls:poll", poll)).content.decode()
    first = client.get(address("polls:texts", poll))
    second = client.get(address("polls:texts", poll) + first.context["onward"])
    pages = [page.content.decode() for page in (first, second)]
    api = client.get(address("api:poll-texts", poll), {"limit": 100}).json()

    assert f'href="{address("polls:texts", poll)}"' in card
    assert [page.count("Because ") for page in pages] == [100, 30]
    assert (first.context["back"], second.context["back"], second.context["onward"]) == ("", "?", "")
    assert len(api["results"]) + len(client.get(api["next"]).json()["results"]) == 130


def test_texts_turn_back_page_by_page(ask):
    poll = ask(7)
    pages, before = [], None
    while not pages or before:
        pages.append(selectors.texts_page(poll, late=False, before=before, most=3))
        before = pages[-1].older
    again = selectors.texts_page(poll, late=False, before=pages[2].newer, most=3)

    assert [len(page.texts) for page in pages] == [3, 3, 1]
    assert (pages[0].newer, pages[1].newer, again) == (None, None, pages[1])


def test_texts_are_read_by_whoever_may_see_the_results(ask, attendee, moderator, enter):
    poll = ask(1, results=Poll.Results.HIDDEN)

    assert enter(attendee).get(address("polls:texts", poll)).status_code == 403
    refused = enter(attendee).get(address("api:poll-texts", poll))
    assert (refused.status_code, refused.json()["code"]) == (403, "poll.results_hidden")
    assert enter(moderator).get(address("api:poll-texts", poll)).json()["results"] == [{"text": "Because 0000"}]


@pytest.mark.parametrize("intake", ["redis"], indirect=True)
@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("written", [False, True])
def test_words_that_stand_are_taken_again_after_the_list_has_grown(event, attendee, intake, anonymous, written, drain):
    poll = services.create_poll(event=event, question="Why?", kind=Kind.WORDS, anonymous=anonymous)
    services.open_poll(poll)

    def send(*words, revision=None):
        vote = services.Vote(event.pk, poll.pk, attendee.pk, Said(words=list(words)), revision)
        return services.cast_votes([vote])[0]

    first = send("mud", "slurry", revision=1)
    if written:
        drain()
    WordFactory(event=event, text="slurry", action="refuse")

    assert send("mud", "slurry", revision=1) == first
    other = send("slurry", "reeds", revision=2)
    assert isinstance(other, Refused)
    assert other.code == "poll.word"
