"""The agenda's topics on the socket."""

from datetime import timedelta

import pytest
from i18nfield.strings import LazyI18nString

from apps.core import clock
from apps.core.errors import Refused
from apps.live.registry import Who, resolve
from apps.media.models import Asset
from apps.tracks import broadcasts, services
from apps.tracks.models import Attendance, Session
from tests.factories.media import AssetFactory
from tests.factories.tracks import SessionFactory

pytestmark = pytest.mark.django_db


def who(person, event):
    return Who(person.pk, event.pk, person.name, frozenset({"attendee"}), 1)


def topic(name):
    match = resolve(name)
    return match.topic, match.params


@pytest.fixture
def session(event):
    return SessionFactory(event=event, title=LazyI18nString({"en": "High water", "de": "Hochwasser"}))


@pytest.fixture
def published(monkeypatch):
    said = []
    monkeypatch.setattr("apps.live.publish.state", lambda event_id, name: said.append((event_id, name)))
    return said


@pytest.mark.parametrize("name", ["stage", "people"])
def test_a_session_of_another_event_is_as_if_it_were_not(session, other_event, attendee, name):
    found, params = topic(f"session/{session.pk}/{name}")
    found.guard(who(attendee, session.event), **params)

    with pytest.raises(Refused, match="unknown"):
        found.guard(who(attendee, other_event), **params)


def test_the_stage_says_what_it_is(session):
    found, params = topic(broadcasts.stage_topic(session.pk))

    told = found.snapshot(session.event_id, **params)

    assert {name: value for name, value in told.items() if name != "picture"} == {
        "id": session.pk,
        "status": "running",
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "title": {"en": "High water", "de": "Hochwasser"},
        "video": False,
        "state": "live",
        "by_hand": False,
        "next_at": session.ends_at.isoformat(),
        "version": 0,
    }


@pytest.mark.parametrize(
    ("shift", "state", "status"),
    [
        (timedelta(hours=2), Session.State.PLANNED, "upcoming"),
        (-timedelta(hours=2), Session.State.PLANNED, "over"),
        (timedelta(), Session.State.CANCELLED, "cancelled"),
    ],
)
def test_the_status_follows_time_and_state(event, shift, state, status):
    start = clock.now() + shift
    session = SessionFactory(event=event, starts_at=start, ends_at=start + timedelta(minutes=30), state=state)
    found, params = topic(broadcasts.stage_topic(session.pk))

    assert found.snapshot(event.pk, **params)["status"] == status


def test_a_video_counts_once_it_is_ready(session):
    session.video = AssetFactory(event=session.event, kind=Asset.Kind.VIDEO, state=Asset.State.PROCESSING)
    session.save()
    found, params = topic(broadcasts.stage_topic(session.pk))
    assert found.snapshot(session.event_id, **params)["video"] is False

    Asset.objects.update(state=Asset.State.READY)

    assert found.snapshot(session.event_id, **params)["video"] is True


def test_who_joins_the_stage_attends(session, attendee):
    found, params = topic(broadcasts.stage_topic(session.pk))

    found.joined([who(attendee, session.event)], session.starts_at + timedelta(minutes=1), **params)
    found.left([who(attendee, session.event)], session.starts_at + timedelta(minutes=3), **params)

    assert Attendance.objects.get().seconds == 120


def test_stages_that_turn_are_told_of(event, published):
    now = clock.now()
    begun = SessionFactory(event=event, starts_at=now - timedelta(seconds=5))
    ended = SessionFactory(event=event, starts_at=now - timedelta(hours=1), ends_at=now - timedelta(seconds=5))
    SessionFactory(event=event)

    assert services.announce_stages(lately=timedelta(seconds=40)) == 2
    stages = {(event.pk, broadcasts.stage_topic(one.pk)) for one in (begun, ended)}
    assert set(published) == stages | {(event.pk, "control")}


def test_an_edit_reaches_the_stage_and_the_agenda(session, published):
    version = session.event.agenda_version

    services.agenda_edited(event_id=session.event_id, session_ids=[session.pk])

    session.event.refresh_from_db()
    assert session.event.agenda_version == version + 1
    assert set(published) == {(session.event_id, topic) for topic in (broadcasts.stage_topic(session.pk), "control")}
