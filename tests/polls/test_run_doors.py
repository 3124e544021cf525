"""Running polls by its doors: the speakers' page, the shared screen, the export, the API; and who may not."""

import csv
import io
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.templatetags.qr import qr
from apps.polls import selectors, services
from apps.polls.kinds import Said, wording
from apps.polls.models import Kind, Poll, Template
from apps.polls.selectors import lists
from tests.factories.events import EventRoleFactory
from tests.factories.polls import PollFactory
from tests.factories.tracks import SessionSpeakerFactory, SpeakerFactory

CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}c"


@pytest.fixture
def on_stage(event, session, speaker):
    SessionSpeakerFactory(session=session, speaker=SpeakerFactory(event=event, user=speaker))
    return speaker


@pytest.fixture
def another_speaker(event):
    return EventRoleFactory(event=event, role="speaker").user


def address(name, poll, *more):
    return reverse(f"polls:{name}", args=[poll.event.slug, poll.pk, *more])


def test_speakers_run_the_polls_of_their_own_sessions(
    event, session, draft, on_stage, another_speaker, attendee, enter
):
    page = reverse("polls:run_session", args=[event.slug, session.slug])
    client = enter(on_stage)

    assert "Who should pay?" in client.get(page).content.decode()
    assert client.post(address("deed", draft), {"do": "open"})["Location"] == page
    draft.refresh_from_db()
    assert draft.state == Poll.State.OPEN

    for other in (another_speaker, attendee):
        assert enter(other).get(page).status_code == 403
        assert enter(other).post(address("deed", draft), {"do": "close"}).status_code == 403
    assert enter(on_stage).get(reverse("polls:run", args=[event.slug])).status_code == 403


def test_speakers_read_the_texts_of_their_own_polls(event, session, on_stage, another_speaker, enter):
    poll = services.create_poll(
        event=event, session=session, question="Why?", kind=Kind.TEXT, results=Poll.Results.HIDDEN
    )
    services.open_poll(poll)
    api = reverse("api:poll-texts", args=[event.slug, poll.pk])

    client, other = enter(on_stage), enter(another_speaker)
    assert [client.get(door).status_code for door in (address("texts", poll), api)] == [200, 200]
    assert [other.get(door).status_code for door in (address("texts", poll), api)] == [403, 403]


def test_deed_that_cannot_be_done_says_so(draft, moderator, enter):
    answer = enter(moderator).post(address("deed", draft), {"do": "close"}, follow=True)

    assert "This poll is not open." in answer.content.decode()
    assert enter(moderator).post(address("deed", draft), {"do": "reset"}).status_code == 404


def test_more_time_is_given_by_the_length_that_was_chosen(poll, moderator, enter):
    client = enter(moderator)
    page = client.get(reverse("polls:run_session", args=[poll.event.slug, poll.session.slug])).content.decode()
    assert '<option value="300">5 minutes</option>' in page

    client.post(address("deed", poll), {"do": "extend", "seconds": 300})

    poll.refresh_from_db()
    assert poll.closes_at - clock.now() > timedelta(seconds=290)
    client.post(address("deed", poll), {"do": "extend", "seconds": "forever"})
    more = poll.closes_at
    poll.refresh_from_db()
    assert poll.closes_at - more == timedelta(seconds=services.EXTENSION_SECONDS)


def test_reset_is_confirmed_and_happens_once(poll, attendee, moderator, enter, cast):
    cast(attendee)
    client = enter(moderator)
    assert "Its 1 answer leaves" in client.get(address("reset", poll)).content.decode()

    for _ in range(2):
        client.post(address("reset", poll), {"ends": 1})

    poll.refresh_from_db()
    assert poll.round == 2


def test_words_are_decided_on_by_form_and_api(event, attendee, moderator, enter):
    poll = services.open_poll(services.create_poll(event=event, question="?", kind=Kind.WORDS, moderated=True))
    services.cast_votes([services.Vote(event.pk, poll.pk, attendee.pk, Said(words=["mud", "reeds"]))])
    client = enter(moderator)

    client.post(address("words", poll), {"decide": f"show:{wording.subject('mud')}"})
    api = reverse("api:poll-words", args=[event.slug, poll.pk])
    body = {"subjects": [wording.subject("reeds")], "shown": False}
    assert client.post(api, body, content_type="application/json").status_code == 204

    assert [word.text for word in selectors.results(selectors.get_poll(event.pk, poll.pk)).words] == ["mud"]
    assert enter(attendee).post(api, body, content_type="application/json").status_code == 403


def test_all_words_that_wait_are_shown_at_once(event, attendee, moderator, enter):
    poll = services.open_poll(services.create_poll(event=event, question="?", kind=Kind.WORDS, moderated=True))
    services.cast_votes([services.Vote(event.pk, poll.pk, attendee.pk, Said(words=["mud", "reeds", "gin"]))])
    client, subjects = enter(moderator), [wording.subject(word) for word in ("mud", "reeds")]
    page = client.get(reverse("polls:run", args=[event.slug])).content.decode()
    assert "Show all 3 that wait" in page

    client.post(address("words", poll), {"decide": "show:all", "waits": subjects})

    shown = selectors.results(selectors.get_poll(event.pk, poll.pk)).words
    assert sorted(word.text for word in shown) == ["mud", "reeds"]


def test_screen_shows_results_once_everybody_may_see_them(event, attendee, moderator, enter):
    poll = services.open_poll(
        services.create_poll(event=event, question="?", options=["One", "Two"], results=Poll.Results.HIDDEN)
    )
    client = enter(moderator)
    assert "data-outcome hidden" in client.get(address("screen", poll)).content.decode()
    assert selectors.screen(event.pk, poll.pk).results is None

    services.reveal_results(poll)

    assert "data-outcome hidden" not in client.get(address("screen", poll)).content.decode()
    assert selectors.screen(event.pk, poll.pk).results.total == 0
    assert enter(attendee).get(address("screen", poll)).status_code == 403


def test_screen_leads_phones_to_the_poll_while_it_is_open(event, moderator, enter):
    poll = services.open_poll(services.create_poll(event=event, question="?", options=["One", "Two"]))
    code = qr(f"http://testserver{poll.get_absolute_url()}", "The way to the poll, for the camera of a phone")
    client = enter(moderator)
    assert f'<div class="way-in" data-how>{code}</div>' in client.get(address("screen", poll)).content.decode()

    services.close_poll(poll)

    assert f'<div class="way-in" data-how hidden>{code}</div>' in client.get(address("screen", poll)).content.decode()


def test_api_runs_by_one_word(poll, moderator, attendee, enter):
    run = reverse("api:poll-run", args=[poll.event.slug, poll.pk])

    def do(person, **body):
        return enter(person).post(run, body, content_type="application/json")

    assert do(moderator, do="lock").json()["locked"] is True
    assert do(moderator, do="reveal").json()["revealed"] is True
    assert do(moderator, do="extend", seconds=60).json()["closes_at"] is not None
    assert do(moderator, do="reset").json()["code"] == "poll.unsaid"
    assert do(moderator, do="reset", ends=1).json()["round"] == 2
    assert do(moderator, do="dance").status_code == 400
    assert do(attendee, do="close").status_code == 403


def test_templates_by_api_and_desk(draft, organiser, other_organiser, enter):
    slug = draft.event.slug
    client = enter(organiser)
    kept = client.post(
        reverse("api:poll-keep", args=[slug, draft.pk]), {"name": "Payers"}, content_type="application/json"
    )
    made = client.post(
        reverse("api:poll-template", args=[slug, kept.json()["id"]]), {}, content_type="application/json"
    )

    assert (kept.json()["name"], made.json()["state"]) == ("Payers", "draft")
    template = Template.objects.get()
    use = reverse("admin:polls_template_use", args=[template.pk])
    assert enter(other_organiser).post(use).status_code in (302, 404)
    client.post(use)
    assert Poll.objects.filter(event=draft.event).count() == 3


def test_running_page_asks_from_templates_and_brings_back(
    event, session, draft, moderator, on_stage, other_event, enter
):
    template = services.keep_as_template(draft, name="Payers")
    page, prepare = (
        reverse("polls:run_session", args=[event.slug, session.slug]),
        reverse("polls:prepare", args=[event.slug]),
    )
    client = enter(moderator)
    assert "Payers" in client.get(page).content.decode()
    assert "Payers" not in enter(on_stage).get(page).content.decode()

    client.post(prepare, {"template": template.pk, "session": session.slug})
    client.post(address("deed", draft), {"do": "archive"})
    assert "1 poll was put away" in client.get(page).content.decode()
    client.post(address("deed", draft), {"do": "restore"})

    assert [poll.state for poll in Poll.objects.filter(session=session)] == ["draft", "draft"]
    assert enter(on_stage).post(prepare, {"template": template.pk}).status_code == 403
    assert client.post(prepare, {"template": "x"}).status_code == 404
    elsewhere = reverse("polls:prepare", args=[other_event.slug])
    assert client.post(elsewhere, {"template": template.pk}).status_code == 403
    assert Poll.objects.count() == 2


def test_results_alone_are_for_the_desk_of_their_event(poll, organiser, other_organiser, attendee, enter):
    alone = reverse("admin:polls_poll_results", args=[poll.pk])

    assert b"<live-results" in enter(organiser).get(alone).content
    assert enter(other_organiser).get(alone).status_code == 404
    assert enter(attendee).get(alone).status_code in (302, 403)


# Many --------------------------------------------------------------------------------------------------------------


def test_running_page_turns_and_has_what_is_open_on_each_page(event, session, moderator, enter, monkeypatch):
    monkeypatch.setattr(selectors, "A_PAGE", 2)
    on = services.open_poll(services.create_poll(event=event, session=session, question="On air?", options="ab"))
    PollFactory.create_batch(2, event=event, session=session, state="draft")
    PollFactory(event=event, session=session, state="closed", question="Long ago?", opened_at=clock.now())
    page = reverse("polls:run_session", args=[event.slug, session.slug])
    client = enter(moderator)

    first, second = (client.get(page, {"page": number}).content.decode() for number in (1, 2))

    assert ["4 polls to run" in html and "On air?" in html for html in (first, second)] == [True, True]
    assert ("Long ago?" in first, "Long ago?" in second) == (False, True)
    led = client.post(address("deed", on), {"do": "close", "next": f"{page}?page=2"})
    assert led["Location"] == f"{page}?page=2"


def test_running_page_turns_what_was_put_away(event, session, moderator, enter, monkeypatch):
    monkeypatch.setattr(selectors, "A_PAGE", 2)
    PollFactory.create_batch(2, event=event, session=session, state="archived")
    PollFactory(
        event=event, session=session, state="archived", question="Long ago?", created_at=clock.now() - timedelta(days=1)
    )
    page = reverse("polls:run_session", args=[event.slug, session.slug])
    client = enter(moderator)

    first, second = (client.get(page, {"away": number}).content.decode() for number in (1, 2))

    assert ["3 polls were put away" in html for html in (first, second)] == [True, True]
    assert ("Long ago?" in first, "Long ago?" in second) == (False, True)


def test_all_polls_of_a_place_stand_on_a_page_of_their_own(event, session, attendee, other_event, enter, monkeypatch):
    monkeypatch.setattr(lists, "MOST_LISTED", 2)
    for of, word in ((session, "session"), (None, "event")):
        PollFactory.create_batch(2, event=event, session=of, state="closed", opened_at=clock.now())
        PollFactory(
            event=event, session=of, state="closed", question=f"First of the {word}?",
            opened_at=clock.now() - timedelta(days=1),
        )  # fmt: skip
        PollFactory(event=event, session=of, state="draft", question="Still a draft?")
    client = enter(attendee)
    stage = client.get(session.get_absolute_url()).content.decode()
    of_session = reverse("polls:all_session", args=[event.slug, session.slug])

    assert (of_session in stage, "First of the session?" in stage) == (True, False)
    html = client.get(of_session).content.decode()
    assert ("First of the session?" in html, "First of the event?" in html, "Still a draft?" in html) == (
        True, False, False,
    )  # fmt: skip
    assert "First of the event?" in client.get(reverse("polls:all", args=[event.slug])).content.decode()
    elsewhere = reverse("polls:all_session", args=[other_event.slug, session.slug])
    assert client.get(elsewhere).status_code in (302, 403, 404)


# Export ----------------------------------------------------------------------------------------------------------


def table(client, poll, form):
    body = b"".join(client.get(address("export", poll, form)).streaming_content)
    if form == "csv":
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    sheet = zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml")
    return [["".join(cell.itertext()) for cell in row.iter(CELLS)] for row in ElementTree.fromstring(sheet)[0]]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_of_a_named_poll(event, poll, attendee, organiser, on_stage, enter, cast, drain, form):
    cast(attendee, 1)
    drain()

    head, row = table(enter(organiser), poll, form)
    without = table(enter(on_stage), poll, form)

    assert head[:2] == ["Name", "E-mail"]
    assert (row[0], row[1], row[-1]) == (attendee.name, attendee.email, "The valley")
    assert "E-mail" not in without[0]
    assert attendee.email not in without[1]
    assert enter(attendee).get(address("export", poll, form)).status_code == 403


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_of_an_anonymous_poll_names_nobody_and_runs_nothing(event, attendee, moderator, enter, drain, form):
    poll = services.open_poll(services.create_poll(event=event, question="?", kind=Kind.TEXT, anonymous=True))
    services.cast_votes([services.Vote(event.pk, poll.pk, attendee.pk, Said(text="=HYPERLINK(1)"))])
    drain()

    found = table(enter(moderator), poll, form)

    assert found == [["With the recording", "Answer"], ["", "'=HYPERLINK(1)" if form == "csv" else "=HYPERLINK(1)"]]
