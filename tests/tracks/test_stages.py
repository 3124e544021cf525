"""A session's stage: moved by the schedule and by hand, taken back, and what becomes of its recording."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.media import selectors as media_selectors
from apps.media import services as media
from apps.media.models import Recording, Stream
from apps.tracks import broadcasts, selectors, services
from apps.tracks.models import Session, Stage
from tests.factories.media import VideoFactory
from tests.factories.tracks import SessionFactory, StageFactory

pytestmark = pytest.mark.django_db
State = Stage.State
START = clock.now().replace(microsecond=0)


@pytest.fixture
def session(event):
    """Begins at START and lasts an hour; has no film."""
    return SessionFactory(event=event, starts_at=START, ends_at=START + timedelta(hours=1))


@pytest.fixture
def film(event):
    return VideoFactory(event=event, state="ready")


def at(minutes):
    return clock.at(START + timedelta(minutes=minutes))


def fresh(session):
    return selectors.with_stage(session.event, session.slug)


def state(session, minutes):
    return Stage.of(fresh(session)).state_at(START + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-11, "scheduled"), (-10, "lobby"), (0, "live"), (59.9, "live"), (60, "ended")]
)
def test_stage_that_nobody_set_goes_by_the_schedule(session, minutes, expected):
    assert state(session, minutes) == expected
    assert not Stage.objects.exists()


def test_film_is_the_recording_from_the_end_on(session, film):
    session.video = film
    session.save()

    assert state(session, 60) == State.RECORDING


@pytest.mark.parametrize("publish", ["by_hand", "never"])
def test_recording_waits_where_the_organiser_says_so(session, film, publish):
    session.video = film
    session.save()
    StageFactory(session=session, publish=publish)

    assert state(session, 60) == State.ENDED


def test_press_holds_against_the_schedule(session):
    with at(-20):
        services.move_stage(session, to=State.LIVE)

    assert state(session, -20) == State.LIVE
    assert state(session, 90) == State.LIVE


def test_of_two_who_press_at_once_one_wins_and_the_other_is_told(session):
    seen = services.stage_for(session).version
    services.move_stage(session, to=State.LIVE, seen=seen)

    with pytest.raises(Refused, match=r"stage\.moved") as refused:
        services.move_stage(fresh(session), to=State.INTERMISSION, seen=seen)

    assert "Live" in str(refused.value.message)
    assert state(session, 1) == State.LIVE


def test_press_is_taken_back_with_the_schedule_it_left(session):
    with at(30):
        services.move_stage(session, to=State.ENDED)
        services.undo(fresh(session))

    assert state(session, 30) == State.LIVE
    assert Stage.of(fresh(session)).mode == Stage.Mode.SCHEDULE


def test_press_is_taken_back_once_and_for_minutes_only(session):
    with at(30):
        services.move_stage(session, to=State.ENDED)
    with at(36), pytest.raises(Refused, match="nothing_to_undo"):
        services.undo(fresh(session))
    with at(31):
        services.undo(fresh(session))
    with at(31), pytest.raises(Refused, match="nothing_to_undo"):
        services.undo(fresh(session))


def test_stage_is_left_to_the_schedule_again(session):
    with at(-30):
        services.move_stage(session, to=State.LIVE)
    with at(-20):
        services.follow_schedule(fresh(session))

    assert state(session, -20) == State.SCHEDULED
    assert Stage.of(fresh(session)).due_at == START - timedelta(minutes=10)


def test_cancelled_session_has_no_stage_to_move(session):
    services.cancel_sessions(sessions=Session.objects.filter(pk=session.pk))

    with pytest.raises(Refused, match=r"stage\.no_session"):
        services.move_stage(fresh(session), to=State.LIVE)


def test_film_goes_on_after_an_intermission_where_it_stopped(session, film):
    session.video = film
    session.save()
    with at(0):
        services.move_stage(session, to=State.LIVE)
    with at(20):
        services.move_stage(fresh(session), to=State.INTERMISSION)
    with at(25):
        services.move_stage(fresh(session), to=State.LIVE)

    stage = Stage.of(fresh(session))
    assert stage.plays_since(START + timedelta(minutes=30)) == START + timedelta(minutes=5)
    assert stage.opened_at == START


def test_conversation_beside_the_film_is_set_right_by_the_press(session, film):
    session.video = film
    session.save()
    with at(-3):
        services.move_stage(session, to=State.LIVE)
    with at(50):
        services.move_stage(fresh(session), to=State.ENDED)

    assert fresh(session).recording_offset == -180


def test_round_moves_what_is_due_and_notes_when(session):
    with at(-20):
        services.stage_for(session)
        assert services.move_due_stages() == 0
    with at(5):
        services.move_due_stages()
    stage = Stage.objects.get()
    assert (stage.state, stage.opened_at, stage.due_at) == (State.LIVE, START, session.ends_at)
    with at(61):
        services.move_due_stages()
    stage.refresh_from_db()
    assert (stage.state, stage.ended_at, stage.due_at) == (State.ENDED, session.ends_at, None)


def test_round_looks_again_where_the_session_was_moved(session):
    with at(-60):
        services.stage_for(session)
        Session.objects.update(starts_at=START + timedelta(hours=1), ends_at=START + timedelta(hours=2))
        services.agenda_edited(event_id=session.event_id, session_ids=[session.pk])
        services.move_due_stages()

    assert Stage.objects.get().due_at == START + timedelta(minutes=50)


def test_ended_by_hand_the_film_is_shown_a_moment_later_by_itself(session, film):
    session.video = film
    session.save()
    with at(40):
        services.move_stage(session, to=State.ENDED)
        assert services.see_to_recordings() == 0
    assert state(session, 40) == State.ENDED
    with at(41):
        assert services.see_to_recordings() == 1
        assert services.see_to_recordings() == 0

    assert state(session, 41) == State.RECORDING
    assert Stage.objects.get().published_at is not None


def test_recording_is_published_and_withdrawn_by_hand(session, film):
    session.video = film
    session.save()
    StageFactory(session=session, publish="by_hand")
    with at(70):
        services.publish_recording(fresh(session))
        assert state(session, 70) == State.RECORDING
        services.withdraw_recording(fresh(session))

    assert state(session, 70) == State.ENDED


def test_no_recording_can_be_shown_where_there_is_none(session):
    for press in ("publish", "recording"):
        with pytest.raises(Refused, match="no_recording"):
            services.press(fresh(session), press)


@pytest.fixture
def stream(session):
    services.set_stage(session, {"source": "stream"})
    return Stream.objects.get(session=session)


def send(stream, count=1):
    """Its encoder comes, and brings so many segments."""
    publisher = media.admit(media_selectors.secret_of(stream.keys.get(input="primary")))
    media.renew(publisher, health={}, comes=True, steady=0)
    rungs = [{"name": "360p", "width": 640, "height": 360, "codecs": "avc1.4d401f,mp4a.40.2"}]
    take = media.begin_take(publisher, rungs=rungs, began_at=clock.now())
    for number in range(count):
        at = clock.now() + timedelta(seconds=2 * number)
        media.add_segment(publisher, take, file=number, at=at, seconds=2.0, sizes={"360p": 1000})


def test_stream_is_made_for_the_stage_that_shows_one_and_once(session, stream):
    services.set_stage(fresh(session), {"lobby_minutes": 5})

    assert (Stream.objects.get(), stream.title, stream.keys.count()) == (stream, str(session.title), 2)
    assert selectors.live_address(fresh(session)) == ""


def test_picture_is_another_when_the_stream_has_one_and_when_it_ends(session, stream):
    def picture():
        return selectors.stage_of(session.event_id, session.pk)["picture"]

    services.move_stage(fresh(session), to=State.LIVE)
    waits = picture()
    send(stream)
    shown, address = picture(), selectors.live_address(fresh(session))
    media.end_stream(Stream.objects.get())

    assert len({waits, shown}) == 2
    assert stream.key in address
    assert (picture(), selectors.live_address(fresh(session))) == (waits, "")


def test_stage_tells_when_its_stream_has_a_picture(session, stream, monkeypatch):
    said = []
    send(stream)
    monkeypatch.setattr("apps.live.publish.state", lambda event_id, name: said.append(name))

    media.end_stream(Stream.objects.get())
    media.open_stream(Stream.objects.get())

    assert said.count(broadcasts.stage_topic(session.pk)) == 2


@pytest.mark.parametrize("go", [lambda stream: stream.delete(), lambda _stream: Stream.objects.all().delete()])
def test_stage_tells_when_its_stream_goes_by_whatever_way(session, stream, go, monkeypatch):
    said = []
    monkeypatch.setattr("apps.live.publish.state", lambda event_id, name: said.append((event_id, name)))

    go(stream)

    assert (session.event_id, broadcasts.stage_topic(session.pk)) in said
    assert fresh(session).stream is None


def run_stream(session):
    """Live from two minutes before its hour on, ended in its fortieth; what was said in its first minute."""
    with at(-2):
        services.move_stage(fresh(session), to=State.LIVE)
    with at(1):
        media.say(session.event, stage_key=f"session/{session.pk}", language="en", text="The gauge rises.")
    with at(40):
        services.move_stage(fresh(session), to=State.ENDED)


def test_recording_of_a_stream_is_owed_made_and_published(session, stream):
    run_stream(session)
    assert Stage.objects.get().recording_state == Stage.Recording.OWED
    with at(41):
        services.see_to_recordings()
    owed = Recording.objects.get()
    assert (owed.begins, owed.ends) == (START - timedelta(minutes=2), START + timedelta(minutes=40))

    # As a worker does.
    owed.asset = VideoFactory(event=session.event, state="ready", title="Cut")
    owed.state = Recording.State.DONE
    owed.save()
    for minutes in (43, 43.1):
        with at(minutes):
            services.see_to_recordings()

    made = fresh(session)
    assert Stage.of(made).state_at(clock.now()) == State.RECORDING
    assert (made.video.title, made.recording_offset, Recording.objects.count()) == ("Cut", -120, 1)


def test_what_was_said_live_is_the_transcript_of_the_recording(session, stream):
    run_stream(session)
    film = VideoFactory(event=session.event, state="ready")
    Recording.objects.create(
        stream=stream, begins=START - timedelta(minutes=2), ends=START + timedelta(minutes=40), asset=film, state="done"
    )
    with at(41):
        services.see_to_recordings()

    [kept] = film.transcripts.all()
    assert (kept.state, kept.lines.get().ends) == ("draft", 180_000)


def test_session_that_must_not_be_recorded_owes_no_recording(session):
    session.do_not_record = True
    session.save()
    services.set_stage(session, {"source": "stream"})
    with at(40):
        services.move_stage(fresh(session), to=State.ENDED)
    with at(45):
        services.see_to_recordings()

    assert (Stage.objects.get().recording_state, Recording.objects.count()) == ("", 0)
    assert selectors.must_not_be_recorded(Stream.objects.get())


def test_what_must_not_be_recorded_later_on_is_not_kept(session, stream):
    send(stream)
    media.make_recording(stream, begins=START, ends=clock.now() + timedelta(minutes=1))
    Session.objects.update(do_not_record=True)

    media.end_stream(Stream.objects.get())

    owed = Recording.objects.get()
    assert media.run_recording(owed.pk) is False
    owed.refresh_from_db()
    assert (owed.state, session.event.assets.count()) == (Recording.State.EMPTY, 0)
    with pytest.raises(Refused, match=r"stream\.not_recorded"):
        media.make_recording(stream, begins=START, ends=START + timedelta(minutes=2))


def test_recording_that_is_owed_is_let_go_where_it_must_not_be_recorded_any_more(session, stream):
    run_stream(session)
    Session.objects.update(do_not_record=True)
    with at(41):
        services.see_to_recordings()

    stage = Stage.objects.get()
    assert (stage.recording_state, stage.recording_due_at, Recording.objects.count()) == ("", None, 0)


@pytest.mark.parametrize(
    ("shown_by", "gone_by"), [("publish", "withdraw"), ("recording", "withdraw"), ("recording", "undo")]
)
def test_recording_of_a_stream_is_the_sessions_film_while_it_is_published(session, stream, film, shown_by, gone_by):
    run_stream(session)
    Stage.objects.update(recording=film, publish="by_hand", recording_state="ready", recording_due_at=None)
    with at(50):
        services.press(fresh(session), shown_by)
        shown = fresh(session).video
        services.press(fresh(session), gone_by)

    assert (shown, fresh(session).recording_offset) == (film, -120)
    assert fresh(session).video is None


def test_everybody_is_told_the_same_as_a_snapshot_says(session, monkeypatch, django_capture_on_commit_callbacks):
    said = []
    monkeypatch.setattr("apps.live.publish.state", lambda event_id, name: said.append((event_id, name)))

    with django_capture_on_commit_callbacks(execute=True):
        services.move_stage(session, to=State.INTERMISSION)

    topic = broadcasts.stage_topic(session.pk)
    payload = selectors.stage_of(session.event_id, session.pk)
    assert said == [(session.event_id, topic)]
    assert (payload["state"], payload["by_hand"], payload["version"]) == ("intermission", True, 1)


def test_picture_is_another_when_something_else_is_seen(session, film):
    before = selectors.stage_of(session.event_id, session.pk)["picture"]
    services.set_stage(session, {"ended_words": "Come to the garden."})

    assert selectors.stage_of(session.event_id, session.pk)["picture"] != before
