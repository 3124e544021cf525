"""What is said in a green room: who may say and read it, to whom, and how long it stays."""

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.live.registry import Rate
from apps.media import selectors as media
from apps.media import services as streams
from apps.media.models import BackstageLine
from apps.media.services import backstage, contributing
from apps.tracks import services
from apps.tracks.views import green_room
from tests.factories.events import EventRoleFactory
from tests.factories.media import BackstageLineFactory, ContributionFactory, StreamFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(event):
    made = SessionFactory(event=event, slug="floods", title="Floods")
    services.set_stage(made, {"source": "stream"})
    made.refresh_from_db()
    made.stream.event = event
    return made


@pytest.fixture
def amara(session):
    user = EventRoleFactory(event=session.event, user__name="Amara").user
    SessionSpeakerFactory(session=session, speaker__user=user)
    return user


def say(session, text, by, **more):
    return streams.say_backstage(session.stream, text, by=by, is_from_desk=True, **more)


def said(session):
    return media.backstage(session.event_id, session.stream_id)["lines"]


def texts(session):
    return [line["text"] for line in said(session)]


def test_what_is_said_is_read_by_all_the_newest_last(session, moderator):
    say(session, "Two minutes.", moderator)
    say(session, "  You are \n next. ", moderator)
    assert texts(session) == ["Two minutes.", "You are next."]


def test_somebody_can_be_meant(session, moderator, amara):
    place = ContributionFactory(stream=session.stream, person=amara)
    say(session, "You are next.", moderator, to=place.pk)
    [line] = said(session)
    assert (line["to"], line["to_name"], line["is_from_desk"]) == (place.pk, "Amara", True)


def test_nobody_of_another_green_room_can_be_meant(session, moderator):
    other = ContributionFactory(stream=StreamFactory(event=session.event))
    with pytest.raises(Refused, match=r"contribution\.away"):
        say(session, "You are next.", moderator, to=other.pk)


@pytest.mark.parametrize("text", ["", "   ", "x" * 201])
def test_a_line_has_something_in_it_and_an_end(session, moderator, text):
    with pytest.raises(Refused, match=r"backstage\.text"):
        say(session, text, moderator)


def test_older_lines_go(session, moderator, monkeypatch):
    monkeypatch.setattr(backstage, "MOST_KEPT", 3)
    elsewhere = BackstageLineFactory(stream__event=session.event)
    for number in range(5):
        say(session, f"{number} minutes.", moderator)
    assert texts(session) == ["2 minutes.", "3 minutes.", "4 minutes."]
    assert BackstageLine.objects.filter(pk=elsewhere.pk).exists()


def test_nothing_remains_when_the_stream_ends(session, moderator):
    say(session, "Two minutes.", moderator)
    streams.end_stream(session.stream)
    assert said(session) == []
    with pytest.raises(Refused, match=r"stream\.ended"):
        say(session, "Two minutes.", moderator)


def test_what_was_said_to_somebody_goes_with_them(session, moderator, amara):
    who = contributing.admit(media.contribution_ticket(session.stream, amara), shows="camera", has_sound=True)
    say(session, "You are next.", moderator, to=who.contribution_id)
    say(session, "Two minutes.", moderator)
    contributing.leave_for_good(who)
    assert texts(session) == ["Two minutes."]


# The doors ----------------------------------------------------------------------------------------------------------
def page(session, name="backstage"):
    return reverse(f"tracks:{name}", args=[session.event.slug, session.slug])


def call(session):
    return reverse("api:green-room-said", args=[session.event.slug, session.slug])


def test_both_sides_say_and_read_it(session, enter, moderator, amara):
    assert enter(moderator).post(page(session), {"text": "Two minutes."}).url == page(session, "stage")
    assert enter(amara).post(page(session), {"text": "I am ready."}).url == page(session, "green_room")
    assert [line["is_from_desk"] for line in said(session)] == [True, False]
    for reader, name in ((moderator, "stage"), (amara, "green_room")):
        shown = enter(reader).get(page(session, name)).content.decode()
        assert "Two minutes." in shown and "I am ready." in shown


def test_nobody_else_does(session, enter, attendee):
    other = EventRoleFactory(event=session.event).user
    SessionSpeakerFactory(session=SessionFactory(event=session.event), speaker__user=other)
    for stranger in (attendee, other):
        assert enter(stranger).post(page(session), {"text": "Hello."}).status_code == 403
        assert enter(stranger).post(call(session), {"text": "Hello."}).status_code == 403
        assert enter(stranger).get(call(session)).status_code == 403
    assert said(session) == []


def test_rest_says_and_reads_the_same(session, enter, amara, moderator):
    made = enter(amara).post(call(session), {"text": "I am ready."})
    assert (made.status_code, made.json()["text"]) == (201, "I am ready.")
    assert [line["by"] for line in enter(moderator).get(call(session)).json()["lines"]] == ["Amara"]


def test_an_empty_line_is_refused_in_words(session, enter, moderator):
    answer = enter(moderator).post(page(session), {"text": " "}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "backstage.text")


def test_whoever_says_too_much_is_slowed_down(session, enter, amara, monkeypatch):
    monkeypatch.setattr(green_room, "SAYS", Rate(per_second=0.001, burst=2))
    speaker = enter(amara)
    assert [speaker.post(page(session), {"text": "Hello?"}).status_code for _ in range(3)] == [302, 302, 429]
