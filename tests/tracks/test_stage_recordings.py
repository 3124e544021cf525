"""The recording of a stage while it is made, when it never comes, and when another one fails."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.media import services as media
from apps.media.models import Recording
from apps.tracks import selectors, services
from apps.tracks.models import Stage
from apps.tracks.services import recordings
from tests.factories.media import VideoFactory
from tests.factories.tracks import SessionFactory
from tests.media.conftest import sent  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
State = Recording.State
START = clock.now().replace(microsecond=0)


@pytest.fixture
def ended(event):
    """A session whose stream was live for forty minutes, and has ended."""

    def end():
        session = SessionFactory(event=event, starts_at=START, ends_at=START + timedelta(hours=1))
        services.set_stage(session, {"source": "stream"})
        for minutes, to in ((0, Stage.State.LIVE), (40, Stage.State.ENDED)):
            with clock.at(START + timedelta(minutes=minutes)):
                services.move_stage(selectors.with_stage(event, session.slug), to=to)
        return Stage.objects.get(session=session)

    return end


def look(minutes):
    with clock.at(START + timedelta(minutes=minutes)):
        return services.see_to_recordings()


def test_recording_that_storage_holds_up_is_waited_for_as_long_as_it_is_tried(ended):
    """A worker tries for some five hours; the stage shows it minutes after it is there."""
    stage = ended()
    for minutes in range(41, 6 * 60, 10):
        look(minutes)
    stage.refresh_from_db()
    assert (stage.recording_state, Recording.objects.get().state) == (Stage.Recording.OWED, State.OWED)

    Recording.objects.update(state=State.DONE, asset=VideoFactory(event=stage.session.event, state="ready"))
    look(6 * 60 + 3)
    stage.refresh_from_db()
    assert stage.recording_state == Stage.Recording.READY


def test_recording_that_no_worker_ever_makes_is_given_up(ended):
    stage = ended()
    for hour in range(1, 60):
        look(60 * hour)
    stage.refresh_from_db()
    assert stage.recording_state == Stage.Recording.FAILED


def test_recording_that_is_refused_is_given_up_and_holds_up_no_other(ended):
    """Live two hours after its hour had ended by the schedule, to which it was left then."""
    refused, other = ended(), ended()
    Stage.objects.filter(pk=refused.pk).update(opened_at=START + timedelta(hours=2))
    for hour in range(1, 20):
        look(60 * hour)
    assert Recording.objects.get().stream == other.session.stream
    assert dict(Stage.objects.values_list("pk", "recording_state")) == {
        refused.pk: Stage.Recording.FAILED,
        other.pk: Stage.Recording.OWED,
    }


@pytest.mark.parametrize("state", [State.EMPTY, State.FAILED])
def test_recording_that_will_not_come_is_told_at_once(ended, state):
    stage = ended()
    look(41)
    Recording.objects.update(state=state)
    look(44)
    stage.refresh_from_db()
    assert (stage.recording_state, Recording.objects.get().state) == (Stage.Recording.FAILED, state)


def test_recording_that_failed_is_begun_anew_when_the_stage_ends_once_more(ended, sent):  # noqa: F811
    stage = ended()
    Recording.objects.create(
        stream=stage.session.stream, begins=stage.opened_at, ends=stage.ended_at, state=State.FAILED
    )
    look(41)
    assert Recording.objects.get().state == State.OWED


def test_stage_that_cannot_be_seen_to_keeps_no_other_waiting(ended, monkeypatch):
    first, second = ended(), ended()
    make, asked = media.make_recording, []

    def fail_once(stream, **moments):
        asked.append(stream)
        if len(asked) == 1:
            raise OSError("something is wrong with this one")
        return make(stream, **moments)

    monkeypatch.setattr(recordings.media, "make_recording", fail_once)
    assert look(41) == 2
    assert Recording.objects.get().stream == second.session.stream
    assert asked == [first.session.stream, second.session.stream]
