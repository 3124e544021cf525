"""What facts make us owe: the mail with the link, in the reader's language and zone."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from apps.events import services
from apps.events.models import Event, Registration
from tests.factories.accounts import UserFactory
from tests.factories.notifications import letters


@pytest.fixture
def freshet(event):
    """It begins at 09:00 in Lisbon."""
    begins, ends = datetime(2030, 10, 15, 8, tzinfo=UTC), datetime(2030, 10, 17, 17, 30, tzinfo=UTC)
    Event.objects.update(time_zone="Europe/Lisbon", starts_at=begins, ends_at=ends)
    event.refresh_from_db()
    return event


def test_mail_names_the_time_where_the_reader_is(freshet):
    nadia = UserFactory(name="Nadia Okello", email="nadia@lakeside.example", time_zone="Africa/Nairobi")
    services.register_person(freshet, user=nadia)
    [owed] = letters()
    assert owed.subject == "You are in: Freshet 2026 begins on Tuesday 15 October, 11:00, Nairobi time"
    for body in (owed.text, owed.html):
        assert "You are in, Nadia." in body
        assert "Nairobi time. That is 09:00 in Lisbon." in body
        assert "/join/" in body


def test_mail_names_one_zone_where_both_are_the_same(freshet):
    services.register(freshet, email="nadia@lakeside.example", name="Nadia")
    [owed] = letters()
    assert "Lisbon time." in owed.text
    assert "That is" not in owed.text


def test_calendar_file_holds_the_dates_and_no_secret(freshet):
    services.register(freshet, email="nadia@lakeside.example", name="Nadia")
    [owed] = letters()
    (attachment,) = owed.attachments
    (entry,) = Calendar.from_ical(attachment["text"]).walk("VEVENT")
    assert (entry["summary"], entry.start, entry.end) == ("Freshet 2026", freshet.starts_at, freshet.ends_at)
    assert "/join/" not in attachment["text"]


def test_what_people_type_stays_text_in_the_mail(freshet):
    services.register(freshet, email="eve@example.org", name="<b>Eve</b> & Co")
    [owed] = letters()
    assert "You are in, &lt;b&gt;Eve&lt;/b&gt;." in owed.html
    assert "You are in, <b>Eve</b>." in owed.text


def test_link_in_the_mail_opens_the_lobby(freshet, visitor):
    services.register(freshet, email="nadia@lakeside.example", name="Nadia")
    [owed] = letters()
    path = next(line for line in owed.text.splitlines() if "/join/" in line)
    response = visitor.post("/" + path.split("/", 3)[3])
    assert response.headers["Location"] == "/e/freshet/lobby/"
    assert Registration.objects.get().joined_at is not None
