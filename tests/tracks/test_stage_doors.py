"""The control page of a stage and its calls: who comes in, what a press does, and what is refused."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core import clock
from apps.media.models import Stream
from apps.tracks import services
from apps.tracks.models import Session, Stage
from tests.factories.media import AssetFactory, EncodingFactory, VideoFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory, StageFactory

JSON = "application/json"
RUNGS = [{"name": "360p", "width": 640, "height": 360, "fps": 25.0, "kbps": 600, "codecs": "avc1.4d401f"}]
CALL = "/api/v1/events/freshet/desk/sessions/floods/stage/"


@pytest.fixture
def session(event):
    return SessionFactory(event=event, slug="floods", title="Floods")


@pytest.fixture
def page(event, session):
    return reverse("tracks:stage", args=[event.slug, session.slug])


def state():
    return Stage.objects.get().state_at(clock.now())


def test_moderator_presses_and_is_told(page, moderator, enter):
    answer = enter(moderator).post(page, {"to": "intermission", "seen": 0}, follow=True)

    assert "The stage is in intermission." in answer.content.decode()
    assert state() == "intermission"


def test_script_is_answered_in_json_and_told_who_was_quicker(page, session, moderator, enter):
    services.move_stage(session, to=Stage.State.INTERMISSION)
    client = enter(moderator)

    late = client.post(page, {"to": "ended", "seen": 0}, headers={"Accept": JSON})
    now = client.post(page, {"to": "ended", "seen": 1}, headers={"Accept": JSON})

    assert (late.status_code, late.json()["code"]) == (409, "stage.moved")
    assert (now.status_code, now.json()["said"]) == (200, "The session has ended.")


def test_speaker_of_the_session_looks_on(page, session, speaker, enter):
    SessionSpeakerFactory(session=session, speaker__user=speaker)
    client = enter(speaker)

    assert "Those who run the event move the stage" in client.get(page).content.decode()
    assert client.post(page, {"to": "ended"}).status_code == 403
    assert not Stage.objects.exists()


@pytest.mark.parametrize("who", ["attendee", "speaker", "exhibitor", "outsider"])
def test_control_page_is_closed_to_others(page, who, request, enter):
    client = enter(request.getfixturevalue(who))

    assert client.get(page).status_code in (302, 403)
    assert client.post(page, {"to": "ended"}).status_code in (302, 403)
    assert not Stage.objects.exists()


@pytest.mark.parametrize("wish", ["", "scheduled", "nonsense"])
def test_press_without_a_wish_changes_nothing(page, moderator, enter, wish):
    assert enter(moderator).post(page, {"to": wish}).status_code == 400
    assert not Stage.objects.exists()


def settings_of(**changes):
    return {"source": "film", "is_simulive": "on", "lobby_minutes": 10, "publish": "at_once", **changes}


def test_what_is_shown_is_set_on_the_control_page(page, moderator, enter):
    wish = settings_of(source="external", external_url="https://youtu.be/dQw4w9WgXcQ", publish="by_hand")

    enter(moderator).post(f"{page}keep/", wish)

    stage = Stage.objects.get()
    assert (stage.source, stage.outside.name, stage.publish, stage.loops) == ("external", "YouTube", "by_hand", False)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"source": "external"}, "Say where it plays."),
        ({"source": "external", "external_url": "https://example.org/film.mp4"}, "that begins with https://"),
        ({"source": "nothing"}, "Select a valid choice"),
        ({"lobby_minutes": 1000}, "less than or equal to 240"),
    ],
)
def test_what_cannot_be_shown_is_said_beside_its_field(page, moderator, enter, wish, said):
    answer = enter(moderator).post(f"{page}keep/", settings_of(**wish))

    assert (answer.status_code, Stage.objects.exists()) == (422, False)
    assert said in answer.content.decode()


def test_organiser_finds_keys_and_health_of_the_stream(page, moderator, organiser, enter):
    enter(moderator).post(f"{page}keep/", settings_of(source="stream"))
    stream = Stream.objects.get()
    keys = reverse("admin:media_stream_keys", args=[stream.pk])

    for_organiser = enter(organiser).get(page).content.decode()
    for_moderator = enter(moderator).get(page).content.decode()

    assert keys in for_organiser
    assert keys not in for_moderator
    assert all(f'data-topic="stream/{stream.pk}/health"' in shown for shown in (for_organiser, for_moderator))
    assert all("Left out" in shown and "Last key frame" in shown for shown in (for_organiser, for_moderator))


def test_stream_is_to_be_had_while_the_stage_is_live(event, session, speaker, attendee, moderator, enter):
    services.set_stage(session, {"source": "stream"})
    SessionSpeakerFactory(session=session, speaker__user=speaker)
    Stream.objects.update(state="live", segments=3, rungs=RUNGS)
    address = reverse("media:live", args=[event.slug, Stream.objects.get().key])

    def asked(wish):
        services.press(Session.objects.get(), wish)
        return [enter(person).get(address).status_code for person in (attendee, speaker, moderator)]

    assert [asked(wish) for wish in ("lobby", "live", "intermission", "ended")] == [
        [403, 200, 200],
        [200, 200, 200],
        [403, 200, 200],
        [403, 200, 200],
    ]


def test_speaker_is_told_nothing_of_the_encoders(page, session, speaker, enter):
    services.set_stage(session, {"source": "stream"})
    SessionSpeakerFactory(session=session, speaker__user=speaker)

    shown = enter(speaker).get(page).content.decode()
    assert "<stream-inputs" not in shown
    assert "/health" not in shown


def test_call_says_how_the_stage_stands(session, moderator, enter):
    told = enter(moderator).get(CALL).json()

    assert (told["state"], told["by_hand"], told["version"], told["next_at"]) == (
        *("live", False, 0),
        session.ends_at.isoformat(),
    )


def test_call_sets_words_and_films(session, event, organiser, enter):
    film, picture = VideoFactory(event=event), AssetFactory(event=event, kind="image")
    wish = {"lobby_words": {"en": "Coffee is ready."}, "lobby_film": film.key, "intermission_asset": picture.key}

    told = enter(organiser).patch(CALL, wish, content_type=JSON).json()

    assert {name: told[name] for name in wish} == wish


def test_call_takes_no_file_of_another_event(session, other_event, organiser, enter):
    film = VideoFactory(event=other_event)

    answer = enter(organiser).patch(CALL, {"lobby_film": film.key}, content_type=JSON)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["lobby_film"])


def test_call_takes_no_address_of_anybody(session, organiser, enter):
    answer = enter(organiser).patch(
        CALL, {"source": "external", "external_url": "https://evil.example/"}, content_type=JSON
    )

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["external_url"])


def test_call_presses_with_what_was_seen(session, moderator, enter):
    client = enter(moderator)
    first = client.post(f"{CALL}state/", {"to": "intermission", "seen": 0}, content_type=JSON)
    second = client.post(f"{CALL}state/", {"to": "ended", "seen": 0}, content_type=JSON)

    assert (first.status_code, first.json()["state"], first.json()["version"]) == (200, "intermission", 1)
    assert (second.status_code, second.json()["code"]) == (409, "stage.moved")


@pytest.mark.parametrize("who", ["attendee", "speaker", "outsider"])
def test_calls_are_closed_to_others(session, who, request, enter):
    client = enter(request.getfixturevalue(who))

    assert client.get(CALL).status_code in (403, 404)
    assert client.post(f"{CALL}state/", {"to": "ended"}, content_type=JSON).status_code in (403, 404)
    assert not Stage.objects.exists()


@pytest.mark.parametrize(
    ("begins", "set_up", "status"),
    [
        (60, {}, 403),
        (-10, {}, 404),
        (-10, {"is_simulive": False}, 200),
        (-120, {}, 200),
        (-120, {"publish": "by_hand"}, 403),
        (-120, {"publish": "never"}, 403),
    ],
)
def test_film_is_to_be_had_while_it_is_on_stage_and_not_as_live(
    event, attendee, organiser, enter, begins, set_up, status
):
    encoding = EncodingFactory(organisation=event.organisation)
    film = VideoFactory(event=event, state="ready", encoding=encoding)
    session = SessionFactory(event=event, video=film, starts_at=clock.now() + timedelta(minutes=begins))
    StageFactory(session=session, **set_up)
    address = reverse("media:master", args=[event.slug, film.key])

    assert enter(attendee).get(address).status_code == status
    assert enter(organiser).get(address).status_code == 200
