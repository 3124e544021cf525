"""Calendars as other programs write them, read as schedules."""

from datetime import UTC, datetime

import pytest

from apps.tracks import adapters, services
from apps.tracks.adapters import schedule as files
from apps.tracks.models import Session

GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:Weir days
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VTIMEZONE
TZID:Europe/Berlin
X-LIC-LOCATION:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
{events}
END:VCALENDAR
"""
OUTLOOK = """BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:PUBLISH
X-MS-OLK-FORCEINSPECTOROPEN:TRUE
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
CLASS:PUBLIC
UID:040000008200E00074C5B7101A82E008
DTSTAMP:20260401T080000Z
SUMMARY;LANGUAGE=de:Gr\u00fc\u00dfe vom Wehr
DTSTART;TZID="W. Europe Standard Time":20260512T090000
DTEND;TZID="W. Europe Standard Time":20260512T100000
LOCATION:Saal 1
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-CDO-ALLDAYEVENT:FALSE
END:VEVENT
END:VCALENDAR
"""
APPLE = """BEGIN:VCALENDAR
METHOD:PUBLISH
VERSION:2.0
X-WR-CALNAME:Weir
PRODID:-//Apple Inc.//macOS 14.4//EN
X-APPLE-CALENDAR-COLOR:#1BADF8
CALSCALE:GREGORIAN
BEGIN:VEVENT
TRANSP:OPAQUE
DTEND;TZID=Asia/Kolkata:20260512T103000
UID:6E2B8F0C-7A11-4A52-9B8E-0C1D2E3F4A5B
SUMMARY:Morning
DTSTART;TZID=Asia/Kolkata:20260512T090000
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
LOCATION:Hall\\nKolkata
SEQUENCE:1
BEGIN:VALARM
ACTION:NONE
TRIGGER;VALUE=DATE-TIME:19760401T005545Z
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def event(title, start="TZID=Europe/Berlin:20260512T090000", length="DURATION:PT1H", **more):
    lines = [f"DTSTART;{start}" if start[0] not in ":V" or start.startswith("V") else f"DTSTART{start}", length]
    lines += [f"{name.replace('_', '-')}{'' if value[0] in ':;' else ':'}{value}" for name, value in more.items()]
    more.setdefault("UID", f"{title}@google.com")
    if not any(line.startswith("UID") for line in lines):
        lines.append(f"UID:{more['UID']}")
    return "\n".join(["BEGIN:VEVENT", f"SUMMARY:{title}", *(line for line in lines if line), "END:VEVENT"])


def read(*events, **more):
    text = GOOGLE.replace("{events}", "\n".join(events))
    return adapters.read(text.replace("\n", "\r\n").encode(), **more)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def starts(schedule):
    return [session.starts_at for session in schedule.sessions]


def said(schedule):
    return " | ".join(map(str, schedule.remarks))


def test_calendar_of_outlook_is_in_its_own_zone():
    schedule = adapters.read(OUTLOOK.replace("\n", "\r\n").encode(), zone="Asia/Tokyo")

    session = schedule.sessions[0]
    assert (session.title, session.room.name) == ("Grüße vom Wehr", "Saal 1")
    assert session.starts_at == utc("2026-05-12 07:00")
    assert session.ends_at == utc("2026-05-12 08:00")


def test_calendar_of_apple_is_read():
    schedule = adapters.read(APPLE.replace("\n", "\r\n").encode(), zone="Europe/Berlin")

    session = schedule.sessions[0]
    assert (session.starts_at, session.ends_at) == (utc("2026-05-12 03:30"), utc("2026-05-12 05:00"))
    assert session.room.name == "Hall Kolkata"
    assert not session.cancelled


def test_zone_that_nobody_knows_is_that_of_the_event():
    data = APPLE.replace("VERSION:2.0", "VERSION:2.0\nX-WR-TIMEZONE:Weir Standard Time")
    data = data.replace(";TZID=Asia/Kolkata", "").replace("\n", "\r\n").encode()

    schedule = adapters.read(data, zone="Europe/Berlin")

    assert starts(schedule) == [utc("2026-05-12 07:00")]
    assert "there is no time zone “Weir Standard Time”; that of the event is used" in said(schedule)


def test_days_and_moments_without_length_are_left_out_with_a_word():
    schedule = read(
        event("Holiday", start="VALUE=DATE:20260512", length="DTEND;VALUE=DATE:20260513"),
        event("Gong", length=""),
        event("Talk", LOCATION="Hall"),
    )

    assert [session.title for session in schedule.sessions] == ["Talk"]
    assert "VEVENT 1 (Holiday): it lasts whole days" in said(schedule)
    assert "VEVENT 2 (Gong): it has no length" in said(schedule)


def test_session_without_a_place_is_online():
    schedule = read(event("Talk"))

    assert schedule.sessions[0].room.name == "Online"
    assert "VEVENT 1 (Talk): it has no place; it stands in the room “Online”" in said(schedule)


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(adapters.ScheduleError) as raised:
        read(
            event("One", start=":2026-05-12"),
            event("Two", length="DTEND;TZID=Europe/Berlin:20260512T080000"),
            event("Three", length="DTEND:soon"),
            event("Fine"),
        )

    first, second, third = raised.value.problems
    assert first.startswith("VEVENT 1 (One): a time cannot be read")
    assert second == "VEVENT 2 (Two): the session ends before it begins"
    assert third == "VEVENT 3 (Three): a time cannot be read (soon)"
    assert "(and 2 more problems)" in str(raised.value)


# What repeats


def test_event_that_repeats_is_a_session_each_time_at_the_same_hour():
    schedule = read(
        event("Tea", start="TZID=Europe/Berlin:20261019T090000", RRULE="FREQ=WEEKLY;COUNT=3;BYDAY=MO", LOCATION="Hall")
    )

    assert starts(schedule) == [utc("2026-10-19 07:00"), utc("2026-10-26 08:00"), utc("2026-11-02 08:00")]
    assert {session.ends_at - session.starts_at for session in schedule.sessions} == {files.timedelta(hours=1)}
    assert [session.source_id for session in schedule.sessions] == [
        "id:Tea@google.com/20261019T070000Z",
        "id:Tea@google.com/20261026T080000Z",
        "id:Tea@google.com/20261102T080000Z",
    ]
    assert said(schedule) == ""


def test_times_that_were_taken_out_added_or_changed_are_as_changed():
    schedule = read(
        event(
            "Tea",
            RRULE="FREQ=DAILY;UNTIL=20260515T070000Z",
            EXDATE=";TZID=Europe/Berlin:20260513T090000",
            RDATE=";TZID=Europe/Berlin:20260520T110000",
            LOCATION="Hall",
        ),
        event(
            "Coffee",
            start="TZID=Europe/Berlin:20260514T100000",
            UID="Tea@google.com",
            RECURRENCE_ID=";TZID=Europe/Berlin:20260514T090000",
            LOCATION="Roof",
        ),
        event(
            "Tea",
            start="TZID=Europe/Berlin:20260515T090000",
            UID="Tea@google.com",
            RECURRENCE_ID=":20260515T070000Z",
            STATUS="CANCELLED",
            LOCATION="Hall",
        ),
    )

    assert [(one.title, one.starts_at, one.room.name, one.cancelled) for one in schedule.sessions] == [
        ("Tea", utc("2026-05-12 07:00"), "Hall", False),
        ("Coffee", utc("2026-05-14 08:00"), "Roof", False),
        ("Tea", utc("2026-05-15 07:00"), "Hall", True),
        ("Tea", utc("2026-05-20 09:00"), "Hall", False),
    ]
    assert len({one.source_id for one in schedule.sessions}) == 4


def test_changed_times_without_their_series_are_sessions():
    schedule = read(
        event("Tea", UID="tea", RECURRENCE_ID=";TZID=Europe/Berlin:20260512T090000", LOCATION="Hall"),
        event("Tea", UID="tea", RECURRENCE_ID=";TZID=Europe/Berlin:20260513T090000", LOCATION="Hall"),
    )

    assert len(schedule.sessions) == 2


@pytest.mark.parametrize(
    ("rule", "times", "words"),
    [
        ("FREQ=DAILY", 200, "up to 200 times in two years"),
        ("FREQ=YEARLY", 3, "up to 200 times in two years"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 1, "up to 200 times in two years"),
        ("FREQ=SECONDLY;COUNT=1000000000", 1, "how it repeats cannot be followed"),
        ("FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", 1, "how it repeats cannot be followed"),
        ("FREQ=SOMETIMES", 1, "how it repeats cannot be followed"),
        ("FREQ=DAILY;COUNT=2\nEXDATE:never", 1, "how it repeats cannot be followed"),
        ("FREQ=DAILY;INTERVAL=0", 1, "how it repeats cannot be followed"),
        ("FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=1,2,3,4,5", 200, "up to 200 times"),
    ],
)
def test_series_has_an_end(rule, times, words):
    schedule = read(event("Tea", start="TZID=Europe/Berlin:20260101T090000", RRULE=rule, LOCATION="Hall"))

    assert len(schedule.sessions) == times
    assert words in said(schedule)


# What was cancelled


@pytest.mark.django_db
def test_session_is_cancelled_by_its_calendar_and_brought_back_by_it(db, event_of_calendar):
    bring = event_of_calendar
    assert bring(event("Tea", LOCATION="Hall")) == "planned"
    assert bring(event("Tea", LOCATION="Hall", STATUS="CANCELLED")) == "cancelled"
    assert bring(event("Tea", LOCATION="Hall", STATUS="TENTATIVE")) == "planned"


@pytest.mark.django_db
def test_session_that_was_cancelled_here_stays_so(db, event_of_calendar):
    bring = event_of_calendar
    bring(event("Tea", LOCATION="Hall"))
    Session.objects.update(state=Session.State.CANCELLED)

    assert bring(event("Tea", LOCATION="Hall", STATUS="CONFIRMED")) == "cancelled"


@pytest.mark.django_db
def test_new_session_that_is_cancelled_comes_so(db, event_of_calendar):
    assert event_of_calendar(event("Tea", LOCATION="Hall", STATUS="CANCELLED")) == "cancelled"


@pytest.fixture
def event_of_calendar(request):
    of = request.getfixturevalue("event")

    def bring(*events):
        services.import_schedule(event=of, schedule=read(*events))
        return of.sessions.get().state

    return bring


# Masses

MANY = files.MOST_SESSIONS + 1


@pytest.mark.parametrize("form", ["ics", "series", "json", "people", "rooms", "xml", "csv"])
def test_file_of_masses_is_refused(form):
    with pytest.raises(adapters.ScheduleError) as raised:
        adapters.read(masses(form), title="Weir", zone="UTC")

    assert "split the file" in str(raised.value)


def masses(form):
    if form == "ics":
        return (b"BEGIN:VCALENDAR\r\n" + b"begin:vevent\r\nEND:VEVENT\r\n" * MANY) + b"END:VCALENDAR\r\n"
    if form == "series":
        many = [event(f"Tea {number}", RRULE="FREQ=DAILY") for number in range(MANY // 200 + 1)]
        return GOOGLE.replace("{events}", "\n".join(many)).replace("\n", "\r\n").encode()
    if form == "csv":
        return b"title,start,room,duration\n" + b"Tea,2026-05-12 09:00,Hall,30\n" * MANY
    if form == "xml":
        rooms = b'<room name="Hall">' + b"<event><title>Tea</title></event>" * MANY + b"</room>"
        head = b"<schedule><conference><title>Weir</title></conference><day>"
        return head + rooms + b"</day></schedule>"
    head, days, tail = b'{"schedule": {"conference": {"title": "Weir", ', b'"days": [{"rooms": {"Hall": [', b"]}}]}}}"
    if form == "people":
        people = b'"speakers": [' + b",".join([b'{"name": "Ada"}'] * MANY) + b"], "
        return head.replace(b'"conference"', people + b'"conference"') + days + tail
    if form == "rooms":
        return head + b'"rooms": [' + b",".join([b'{"name": "Hall"}'] * MANY) + b"], " + days + tail
    return head + days + b",".join([b'{"title": "Tea"}'] * MANY) + tail
