"""Green rooms when several do something at the same moment: nobody waits for each other, and nobody is put out late."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from apps.core import clock
from apps.media import selectors as media
from apps.media import services as streams
from apps.media.models import Contribution, Stream
from apps.media.services import contributing
from apps.tracks import services
from tests.factories.events import EventRoleFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def stream(event):
    session = SessionFactory(event=event, slug="floods", title="Floods")
    services.set_stage(session, {"source": "stream"})
    return Stream.objects.select_related("event").get(session=session)


@pytest.fixture
def amara(event, stream):
    """A speaker who is in the green room, on stage."""
    user = EventRoleFactory(event=event, user__name="Amara").user
    SessionSpeakerFactory(session=stream.session, speaker__user=user)
    who = contributing.admit(media.contribution_ticket(stream, user), shows="camera", has_sound=True)
    streams.put_on_stage(stream, who.contribution_id)
    return who


def until_somebody_waits():
    with connection.cursor() as cursor:
        for _ in range(100_000):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
    pytest.fail("nobody waits")


def renew(who):
    try:
        return contributing.renew(who, health={}, comes=True, steady=1.0)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_who_renews_while_the_stream_is_held_holds_no_place(stream, amara):
    """Whoever holds the stream (it ends, somebody comes back) takes its people next."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Stream.objects.select_for_update().get(pk=stream.pk)
            renews = pool.submit(renew, amara)
            until_somebody_waits()
            assert Contribution.objects.select_for_update(nowait=True).get().lease == amara.lease
        assert renews.result(20) is True


@pytest.mark.django_db
def test_who_renews_at_the_moment_they_are_looked_after_stays(stream, amara, monkeypatch):
    """The database was away, and all come back at once."""
    hold = contributing._hold_stream

    def renew_before(who):
        Contribution.objects.update(leased_until=clock.now() + timedelta(seconds=5))
        hold(who)

    monkeypatch.setattr(contributing, "_hold_stream", renew_before)
    with clock.at(clock.now() + timedelta(minutes=1)):
        contributing.look_after_green_rooms()
    assert Contribution.objects.get().lease == amara.lease
