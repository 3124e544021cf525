"""What waits for a person, by call."""

from datetime import timedelta

from apps.core import clock
from apps.tracks import services
from tests.factories.polls import OptionFactory, PollFactory
from tests.factories.tracks import SessionFactory

NEXT = "/api/v1/events/freshet/next/"


def test_what_runs_out_first_stands_first(event, attendee, enter):
    begins = clock.now() + timedelta(minutes=30)
    session = SessionFactory(event=event, starts_at=begins, ends_at=begins + timedelta(hours=1))
    services.star_session(session=session, user=attendee)
    poll = PollFactory(event=event, state="open", question="Who pays?")
    OptionFactory.create_batch(2, poll=poll)

    rows = enter(attendee).get(NEXT).json()["next"]

    assert [(row["kind"], row["title"]) for row in rows] == [("open", "Who pays?"), ("soon", str(session.title))]
    assert rows[1]["url"] == session.get_absolute_url()


def test_nothing_waits_for_strangers(event, outsider, visitor, enter):
    assert [enter(outsider).get(NEXT).status_code, visitor.get(NEXT).status_code] == [403, 401]
