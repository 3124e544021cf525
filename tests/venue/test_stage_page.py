"""What a session's page shows of its stage in each state, also without a script."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.chat import selectors as chat
from apps.chat import services as rooms
from apps.core import clock
from apps.core.errors import Refused
from apps.media.models import Stream
from apps.tracks import services
from apps.tracks.models import Stage
from tests.factories.media import AssetFactory, EncodingFactory, TranscriptFactory, VideoFactory
from tests.factories.polls import OptionFactory, PollFactory
from tests.factories.questions import QuestionFactory
from tests.factories.tracks import SessionFactory, StageFactory


@pytest.fixture
def film(event):
    encoding = EncodingFactory(organisation=event.organisation, seconds=600)
    return VideoFactory(event=event, state="ready", encoding=encoding, seconds=600)


@pytest.fixture
def stage(session, film):
    session.video = film
    session.save()
    return StageFactory(session=session)


@pytest.fixture
def look(session, attendee, enter):
    return lambda: enter(attendee).get(session.get_absolute_url())


def test_film_plays_as_live_from_the_session_on(session, stage, look):
    page = look().content.decode()

    assert f'data-live-from="{round(session.starts_at.timestamp() * 1000)}"' in page
    assert "data-live-loop" in page


def test_film_that_plays_as_live_is_not_to_be_had_otherwise(
    event, session, stage, film, look, attendee, organiser, enter
):
    own = reverse("media:master", args=[event.slug, film.key])
    TranscriptFactory(asset=film)

    page = look().content.decode()
    during = [enter(person).get(own).status_code for person in (attendee, organiser)]
    services.press(session, "intermission")
    paused = enter(attendee).get(own).status_code
    services.press(session, "recording")

    assert f"/media/{film.key}/live/" in page
    assert own not in page
    assert "<track" not in page
    assert (during, paused) == ([404, 200], 403)
    assert enter(attendee).get(own).status_code == 200


def test_live_stream_is_on_the_page_from_its_first_picture_on(event, session, look):
    services.set_stage(session, {"source": "stream"})
    waits = look().content.decode()
    Stream.objects.update(state="live", segments=3, rungs=[{"name": "360p"}])
    stream = Stream.objects.get()

    assert "The picture comes as soon as there is one." in waits
    assert f'data-src="{reverse("media:live", args=[event.slug, stream.key])}"' in look().content.decode()


def test_film_that_is_no_simulive_each_plays_for_themselves(stage, look):
    services.set_stage(stage.session, {"is_simulive": False})

    page = look().content.decode()

    assert "<video-player" in page
    assert "data-live-from" not in page


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("lobby", "Coffee is ready."),
        ("intermission", "Stretch your legs."),
        ("ended", "Come to the garden."),
    ],
)
def test_each_state_says_its_words(session, stage, look, state, said):
    words = {"lobby_words": "Coffee is ready.", "intermission_words": "Stretch your legs."}
    services.set_stage(session, {**words, "ended_words": "Come to the garden."})
    services.press(session, state)

    page = look().content.decode()

    assert said in page
    assert "<video-player" not in page


def test_lobby_shows_its_film_and_the_intermission_its_picture(event, session, stage, film, look):
    picture = AssetFactory(event=event, kind="image", content_type="image/webp")
    services.set_stage(session, {"lobby_film": film, "intermission_asset": picture})
    services.press(session, "lobby")
    lobby = look().content.decode()
    services.press(session, "intermission")
    pause = look()

    assert "<lobby-film" in lobby
    assert f'src="{pause.context["about"].screen.still}"'.replace("&", "&amp;") in pause.content.decode()


def test_after_the_end_the_page_says_what_comes_next(event, session, stage, look):
    SessionFactory(event=event, room=session.room, title="The garden of reeds", starts_at=session.ends_at)
    services.press(session, "ended")

    page = look().content.decode()

    assert "Next in this room" in page
    assert "The garden of reeds" in page
    assert "The recording plays here once it is published." in page


def test_recording_plays_on_demand(session, stage, look):
    services.press(session, "recording")

    page = look().content.decode()

    assert "<video-player" in page
    assert "data-live-from" not in page


def outside(session, address):
    services.set_stage(session, {"source": "external", "external_url": address})


def test_other_pages_may_load_nothing_from_elsewhere(session, look):
    assert "frame-src" not in look().headers["Content-Security-Policy"]


def test_service_is_named_and_nothing_of_it_is_in_the_page_but_its_address(session, look):
    outside(session, "https://youtu.be/dQw4w9WgXcQ")

    answer = look()
    page = answer.content.decode()

    assert "This film is shown by YouTube" in page
    assert "<iframe" not in page
    assert "frame-src https://www.youtube-nocookie.com" in answer.headers["Content-Security-Policy"]


def test_playlist_elsewhere_is_played_by_our_player(session, look):
    outside(session, "https://cdn.example.org/live/a.m3u8")

    answer = look()
    policy = answer.headers["Content-Security-Policy"]

    assert 'data-src="https://cdn.example.org/live/a.m3u8"' in answer.content.decode()
    assert "This comes from cdn.example.org." in answer.content.decode()
    assert policy.count("https://cdn.example.org") == 2
    assert "frame-src" not in policy


def test_moderator_finds_the_way_to_the_stage_and_an_attendee_does_not(event, session, look, moderator, enter):
    address = reverse("tracks:stage", args=[event.slug, session.slug])

    assert address in enter(moderator).get(session.get_absolute_url()).content.decode()
    assert address in enter(moderator).get(reverse("venue:control", args=[event.slug])).content.decode()
    assert address not in look().content.decode()


# Beside the recording


@pytest.fixture
def recorded(event, film):
    begins = clock.now() - timedelta(hours=2)
    return SessionFactory(event=event, slug="recorded", video=film, starts_at=begins, recording_offset=60)


def call(event, what):
    return f"/api/v1/events/{event.slug}/sessions/recorded/{what}/clock/"


def test_questions_stand_on_the_recordings_clock(event, recorded, attendee, enter):
    asked = recorded.starts_at + timedelta(minutes=5)
    QuestionFactory(
        board__event=event, board__session=recorded, text="Who pays?", state="answered",
        created_at=asked, answered_at=asked + timedelta(minutes=2),
    )  # fmt: skip
    client = enter(attendee)

    [moment] = client.get(call(event, "questions")).json()["questions"]
    page = client.get(recorded.get_absolute_url()).content.decode()

    assert (moment["question"]["text"], moment["asked"], moment["answered"]) == ("Who pays?", 240, 360)
    assert '<li data-at="240.0">' in page
    assert "6:00" in page


def test_question_that_is_not_shown_is_not_beside_the_recording(event, recorded, attendee, enter):
    QuestionFactory(
        board__event=event, board__session=recorded, text="Held back?", state="held", created_at=recorded.starts_at
    )

    assert enter(attendee).get(call(event, "questions")).json()["questions"] == []


@pytest.mark.parametrize(("results", "is_shown"), [("close", True), ("hidden", False)])
def test_polls_stand_on_the_recordings_clock(event, recorded, attendee, enter, results, is_shown):
    opened = recorded.starts_at + timedelta(minutes=3)
    poll = PollFactory(
        event=event, session=recorded, state="closed", results=results, opened_at=opened,
        closed_at=opened + timedelta(minutes=1),
    )  # fmt: skip
    OptionFactory(poll=poll)

    [moment] = enter(attendee).get(call(event, "polls")).json()["polls"]

    assert (moment["poll"]["id"], moment["opened"], moment["closed"]) == (poll.pk, 120, 180)
    assert (moment["results"] is not None) == is_shown


@pytest.mark.parametrize("what", ["questions", "polls"])
def test_without_a_shown_recording_nothing_stands_on_its_clock(event, recorded, attendee, outsider, enter, what):
    StageFactory(session=recorded, publish="by_hand")

    answer = enter(attendee).get(call(event, what))

    assert (answer.status_code, answer.json()["code"]) == (404, "session.no_recording")
    assert enter(outsider).get(call(event, what)).status_code == 403


def test_conversation_is_not_replayed_before_the_recording_is_published(event, recorded):
    room = rooms.room_for(event, f"session/{recorded.pk}")
    assert chat.recorded_from(room) == recorded.starts_at + timedelta(seconds=60)
    StageFactory(session=recorded, publish=Stage.Publish.BY_HAND)

    with pytest.raises(Refused, match="no_recording"):
        chat.recorded_from(room)
