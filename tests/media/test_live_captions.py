"""Live captions: said by a captioner or a program, heard by whoever may be there, kept with the recording."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core import clock
from apps.core.errors import Refused
from apps.live.registry import Who, resolve
from apps.media import selectors, services
from apps.media.adapters import words
from apps.media.models import Transcript
from apps.tracks.selectors.entering import forget_gates
from tests.factories.media import TranscriptFactory, VideoFactory
from tests.factories.tracks import SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(event):
    return SessionFactory(event=event, starts_at=clock.now() - timedelta(minutes=1))


@pytest.fixture
def key(session):
    return f"session/{session.pk}"


def said(event, key, language="en"):
    return [(line["text"], bool(line["id"])) for line in selectors.captions(event.pk, key, language)["lines"]]


def test_the_last_three_lines_stand_with_the_one_that_is_being_said(event, key):
    for text in ("One.", "Two.", "Three."):
        services.say(event, stage_key=key, language="en", text=text)
    assert said(event, key) == [("One.", True), ("Two.", True), ("Three.", True)]
    services.say(event, stage_key=key, language="en", text="Fo", is_final=False)
    assert said(event, key) == [("Two.", True), ("Three.", True), ("Fo", False)]
    services.say(event, stage_key=key, language="en", text="Four.")
    assert said(event, key) == [("Two.", True), ("Three.", True), ("Four.", True)]


def test_times_count_from_the_beginning_of_the_stage(event, session, key):
    with clock.at(session.starts_at + timedelta(seconds=10)):
        line = services.say(event, stage_key=key, language="en", text="Ten characters and more.", speaker="Ada")
    assert (line.ends, line.begins, line.speaker) == (10_000, 10_000 - 24 * 65, "Ada")
    with clock.at(session.starts_at + timedelta(seconds=10.5)):
        later = services.say(event, stage_key=key, language="en", text="At once, and much longer than that.")
    assert (later.begins, later.ends) == (10_000, 10_500)


def test_line_that_is_sent_again_stands_once(event, key):
    """A program that heard no answer."""
    line = {"stage_key": key, "language": "en", "text": "Eleven maps.", "begins": 1000, "ends": 2000}
    first = services.say(event, **line)
    assert services.say(event, **line) == first
    services.say(event, **line | {"begins": 3000, "ends": 4000})
    assert said(event, key) == [("Eleven maps.", True)] * 2


def test_languages_have_lines_of_their_own(event, key):
    services.say(event, stage_key=key, language="en", text="River.")
    services.say(event, stage_key=key, language="de", text="Fluss.")
    assert selectors.caption_languages(event.pk, key) == {"languages": ["de", "en"]}
    assert said(event, key, "de") == [("Fluss.", True)]


def test_a_stage_of_another_event_is_not_there(other_event, key):
    with pytest.raises(Refused) as caught:
        services.say(other_event, stage_key=key, language="en", text="x")
    assert (caught.value.code, caught.value.status) == ("captions.no_stage", 404)


def guard(name, event, *, user_id=7, roles=("attendee",)):
    match = resolve(name)
    match.topic.guard(Who(user_id, event.pk, "Ada", frozenset(roles), 1), **match.params)


def test_topic_is_for_whoever_may_go_in(event, other_event, key, session):
    name = f"captions/session-{session.pk}/en"
    guard(name, event)
    with pytest.raises(Refused):
        guard(name, other_event)
    session.sign_up = True
    session.save()
    forget_gates(event.pk)
    with pytest.raises(Refused):
        guard(name, event)


def test_captioner_writes_without_a_script(event, session, moderator, enter):
    url = f"/e/freshet/captions/session/{session.pk}/"
    page = enter(moderator).post(url, {"language": "en", "speaker": "Ada", "text": "One.\n\nTwo."}, follow=True)
    assert [line.text for line in page.context["said"]] == ["One.", "Two."]
    assert page.context["speaker"] == "Ada"


def test_what_is_too_much_to_paste_at_a_time_stays_in_its_field(event, session, moderator, enter):
    url = f"/e/freshet/captions/session/{session.pk}/"
    text = "\n".join(f"Line {number}" for number in range(52))
    page = enter(moderator).post(url, {"language": "en", "text": text})
    assert [line.text for line in page.context["said"]][-1] == "Line 49"
    assert ">Line 50\nLine 51</textarea>" in page.content.decode()


def test_captioner_writes_by_call(event, session, moderator, attendee, enter, key):
    url, sent = f"/api/v1/events/freshet/desk/captions/session/{session.pk}/", {"language": "en", "text": "Fo"}
    told = enter(moderator).post(url, sent | {"final": False}, content_type="application/json")
    assert (told.status_code, said(event, key)) == (204, [("Fo", False)])
    assert enter(attendee).post(url, sent, content_type="application/json").status_code == 403


PUSH = "/api/v1/events/freshet/captions/"


def test_a_program_pushes_with_the_key_of_the_stage(event, key, client):
    secret = services.rotate_caption_key(event, stage_key=key)
    sent = {"language": "en", "text": "One."}
    told = client.post(PUSH, sent, content_type="application/json", headers={"Caption-Key": secret})
    assert (told.status_code, told.json(), said(event, key)) == (200, {"count": 1}, [("One.", True)])


def test_a_program_pushes_webvtt(event, key, client):
    secret = services.rotate_caption_key(event, stage_key=key)
    body = "WEBVTT\n\n00:01.000 --> 00:02.500\n<v Ada>One.\n"
    client.post(f"{PUSH}?language=en", body, content_type="text/vtt", headers={"Caption-Key": secret})
    line = Transcript.objects.get().lines.get()
    assert (line.begins, line.ends, line.speaker, line.text) == (1000, 2500, "Ada", "One.")


def test_a_program_pushes_no_film_at_a_time(event, key, client):
    secret = services.rotate_caption_key(event, stage_key=key)
    body = "WEBVTT\n\n" + "NOTE nobody reads this\n\n" * 25_000
    told = client.post(f"{PUSH}?language=en", body, content_type="text/vtt", headers={"Caption-Key": secret})
    assert (told.status_code, told.json()["code"]) == (413, "captions.too_much")


def test_a_rotated_key_opens_nothing(event, key, client):
    old = services.rotate_caption_key(event, stage_key=key)
    services.rotate_caption_key(event, stage_key=key)
    for secret in (old, "", "x"):
        told = client.post(
            PUSH, {"language": "en", "text": "x"}, content_type="application/json", headers={"Caption-Key": secret}
        )
        assert (told.status_code, told.json()["code"]) == (403, "captions.key")


def test_what_was_written_live_becomes_the_transcript_of_the_recording(event, session, key):
    film = VideoFactory(event=event, state="ready")
    TranscriptFactory(asset=film, language="fr")
    for second, text in ((2, "Before the film."), (12, "Half."), (20, "Whole.")):
        services.say(event, stage_key=key, language="en", text=text, begins=second * 1000 - 4000, ends=second * 1000)
    services.say(event, stage_key=key, language="fr", text="Rivière.")
    [kept] = services.keep_captions(event, stage_key=key, film=film, offset_ms=10_000)
    assert (kept.language, kept.asset, kept.state, kept.origin) == ("en", film, "draft", "live")
    assert [(line.begins, line.ends, line.text) for line in selectors.lines_of(kept)] == [
        (0, 2000, "Half."),
        (6000, 10_000, "Whole."),
    ]
    assert selectors.caption_languages(event.pk, key) == {"languages": ["fr"]}


def test_session_page_says_where_captions_are_heard(event, session, attendee, enter):
    page = enter(attendee).get(session.get_absolute_url())
    assert f'data-topic="captions/session-{session.pk}"' in page.content.decode()


def webvtt(count):
    return "WEBVTT\n\n" + "".join(
        f"00:{n // 60:02}:{n % 60:02}.000 --> 00:{n // 60:02}:{n % 60:02}.900\nLine {n}.\n\n" for n in range(count)
    )


@pytest.fixture
def push(event, key, client):
    secret = services.rotate_caption_key(event, stage_key=key)

    def send(body):
        told = client.post(f"{PUSH}?language=en", body, content_type="text/vtt", headers={"Caption-Key": secret})
        return told.status_code, told.json()

    return send


def test_file_with_more_lines_than_are_taken_at_once_is_refused_whole(push):
    status, told = push(webvtt(101))
    assert (status, told["code"]) == (422, "captions.too_many_lines")
    assert "101 lines" in told["title"]
    assert not Transcript.objects.exists()


def test_file_that_is_sent_again_is_said_once(push):
    """A program that heard no answer; what it adds comes behind."""
    assert push(webvtt(100)) == push(webvtt(100)) == (200, {"count": 100})
    push(webvtt(3) + "00:09:00.000 --> 00:09:01.000\nThe last.\n")
    lines = list(Transcript.objects.get().lines.order_by("position").values_list("text", flat=True))
    assert lines == [*(f"Line {n}." for n in range(100)), "The last."]


def test_file_is_said_whole_or_not_at_all(push, monkeypatch):
    push(webvtt(1))
    monkeypatch.setattr("apps.media.adapters.cues.MOST_LINES", 50)
    assert push(webvtt(60))[0] in (409, 422)
    assert Transcript.objects.get().lines.count() == 1


def test_file_costs_the_same_however_many_lines_it_has(event, key):
    def say(count):
        with CaptureQueriesContext(connection) as told:
            services.say_all(event, stage_key=key, language="en", said=words.read(webvtt(count).encode()))
        return len(told)

    say(1)
    assert say(90) <= say(2) + 1
