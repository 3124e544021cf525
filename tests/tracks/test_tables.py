"""An agenda as a table: read with all that is wrong by line and column, brought in, and taken away again."""

import io
from datetime import UTC, date, datetime, time, timedelta

import openpyxl
import pytest

from apps.core import clock, sheets, tables
from apps.tracks import adapters, services
from apps.tracks.adapters import table_reader, table_writer
from apps.tracks.adapters.schedule import ScheduleError
from apps.tracks.models import Session
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory, SpeakerFactory
from tests.tracks.samples import own

LISBON = "Europe/Lisbon"
HEAD = "title,start,end,room"


def read(text, zone=LISBON):
    data = text if isinstance(text, bytes) else text.encode()
    return adapters.read(data, title="Freshet", zone=zone)


def problems(text):
    with pytest.raises(ScheduleError) as caught:
        read(text)
    return caught.value.problems


def times(text):
    session = read(text).sessions[0]
    return session.starts_at, session.ends_at


NINE, TEN = datetime(2026, 10, 13, 8, tzinfo=UTC), datetime(2026, 10, 13, 9, tzinfo=UTC)  # Lisbon in summer


def test_one_line_is_one_session():
    text = (
        "id;title;start;end;room;track;speakers;kind;language;abstract;do not record;page\n"
        '7;High water;2026-10-13 09:00;10:00;Weir;Rivers;"Ada; Nadia Okello";talk;en;A year.;yes;https://example.org/x\n'
    )
    [one] = read(text).sessions
    assert (one.title, one.starts_at, one.ends_at, one.source_id) == ("High water", NINE, TEN, "id:7")
    assert (one.room.name, one.track.name, one.kind, one.language) == ("Weir", "Rivers", "talk", "en")
    assert [speaker.name for speaker in one.speakers] == ["Ada", "Nadia Okello"]
    assert (one.abstract, one.do_not_record, one.origin_url) == ("<p>A year.</p>", True, "https://example.org/x")
    assert (one.description, one.links) == (None, None)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_encodings(separator, coding):
    text = "title,start,end,room\nGrüße und سلام,2026-10-13 09:00,10:00,Weir\n".replace(",", separator)
    assert read(text.encode(coding)).sessions[0].title == "Grüße und سلام"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-10-13 09:00", "2026-10-13 10:00"),
        ("2026-10-13T09:00:00", "10:00"),
        ("2026-10-13T10:00+02:00", "2026-10-13T09:00Z"),
        ("13.10.2026 9:00", "13.10.2026 10:00"),
        ("13/10/2026 09:00", "13/10/2026 10:00"),
        ("10/13/2026 9:00 AM", "10 a.m."),
        ("2026/10/13 09:00", "10:00:00"),
    ],
)
def test_times_as_people_write_them(start, end):
    assert times(f"{HEAD}\nHigh water,{start},{end},Weir\n") == (NINE, TEN)


@pytest.mark.parametrize("length", ["60", "60 min", "1:00", "1h", "1 h 00"])
def test_duration_in_place_of_an_end(length):
    assert times(f"title,date,start,duration,room\nHigh water,2026-10-13,09:00,{length},Weir\n") == (NINE, TEN)


def test_an_hour_before_the_start_is_on_the_next_day():
    starts, ends = times(f"{HEAD}\nNight shift,2026-10-13 23:00,01:00,Weir\n")
    assert ends - starts == timedelta(hours=2)


def test_a_day_that_may_be_two_is_asked_for():
    assert problems(f"{HEAD}\nHigh water,3/4/2026 09:00,10:00,Weir\n") == [
        "line 2, column “start”: “3/4/2026 09:00” may be two days; write it as 2026-10-13"
    ]


def test_another_cell_tells_which_day_it_is():
    text = f"{HEAD}\nA,3/4/2026 09:00,10:00,Weir\nB,13/4/2026 09:00,10:00,Weir\n"
    assert [one.starts_at.month for one in read(text).sessions] == [4, 4]


def test_all_that_is_wrong_is_told_with_its_line_and_column():
    text = (
        "title,date,start,end,duration,room,do not record\n"
        ",2026-10-13,09:00,10:00,,Weir,\n"
        "No room,2026-10-13,09:00,10:00,,,\n"
        "No day,,09:00,10:00,,Weir,\n"
        "No hour,2026-10-13,nine,10:00,,Weir,\n"
        "No end,2026-10-13,09:00,,,Weir,\n"
        "Bad day,2026-13-13,09:00,10:00,,Weir,\n"
        "Backwards,2026-10-13,09:00,2026-10-12 09:00,,Weir,\n"
        "Two ends,2026-10-13,09:00,10:00,45,Weir,\n"
        "Long,2026-10-13,09:00,,long,Weir,\n"
    )
    assert problems(text) == [
        "line 2, column “title”: this must not be empty",
        "line 3, column “room”: this must not be empty",
        "line 4, column “start”: “09:00” has no day; write it before the hour, or in the column “date”",
        "line 5, column “start”: “nine” is no time; write it as 2026-10-13 09:00",
        "line 6, column “end”: a session needs an end or a duration",
        "line 7, column “date”: “2026-13-13” is no day; write it as 2026-10-13",
        "line 8, column “end”: the session ends before it begins",
        "line 9, column “duration”: the duration says another end than the end does",
        "line 10, column “duration”: “long” is no length; write minutes, or such as 1:30",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"title;start\n", "line 1: the column “room” is missing"),
        (b"title,title,start,room\n", "line 1: the column “title” stands twice"),
        (f"{HEAD}\n".encode(), "line 1: no session stands below the first line"),
        (f"{HEAD}\nGr\xfc\xdfe,2026-10-13 09:00,10:00,Weir\n".encode("latin-1"), "line 2: this is not UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "line 1: this is an old or a locked Excel file"),
        (b"PK\x03\x04 no", "line 1: this workbook cannot be read"),
        (HEAD.encode() + b"\n" + b"x" * adapters.MAX_BYTES, "the file is larger than 10 MB"),
        (f"{HEAD}\n".encode() + b"A,2026-10-13 09:00,10:00,W\n" * 10_001, "line 10002: more than 10000 lines"),
        (f"id,{HEAD}\n7,A,2026-10-13 09:00,10:00,W\n7,B,2026-10-13 09:00,10:00,V\n".encode(), "line 3, column “id”"),
    ],
)
def test_what_is_no_agenda_is_refused(data, said):
    assert said in problems(data)[0]


def test_a_million_lines_are_not_read_to_the_end():
    lines = (line for line in iter(lambda: (1, ["A", "2026-10-13 09:00", "10:00", "W"]), None))
    reading = table_reader._Reading(1, HEAD.split(","), LISBON, slug="")
    with pytest.raises(tables.Unreadable, match="split the file"):
        reading.gather(lines)


def test_problems_have_an_end():
    assert len(problems(f"{HEAD}\n" + "A,never,10:00,W\n" * 900)) == table_reader.MOST_PROBLEMS


def test_unknown_columns_are_left_out_with_a_word():
    schedule = read(f"{HEAD},Catering\nA,2026-10-13 09:00,10:00,Weir,soup\n")
    assert [str(remark) for remark in schedule.remarks] == [
        "line 1: “Catering” is not known in this format and is left out"
    ]


def test_sessions_of_one_title_are_told_apart_by_their_start():
    text = (
        f"{HEAD}\nTea,2026-10-13 09:00,10:00,Weir\nTea,2026-10-14 09:00,10:00,Weir\nLunch,2026-10-13 12:00,13:00,Weir\n"
    )
    ids = [one.source_id for one in read(text).sessions]
    assert ids == ["id:tea · 2026-10-13T08:00:00+00:00", "id:tea · 2026-10-14T08:00:00+00:00", "name:lunch"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_template_can_be_read(form):
    rows = table_writer.template()
    data = "".join(tables.csv_lines(rows)).encode() if form == "csv" else b"".join(sheets.workbook(rows))
    assert read(data).counts() == {"tracks": 1, "rooms": 1, "sessions": 1, "speakers": 2}


def test_spreadsheet_with_real_dates():
    made = openpyxl.Workbook()
    made.active.append(["Title", "Date", "Start", "Duration", "Room"])
    made.active.append(["High water", date(2026, 10, 13), time(9), 60, "Weir"])
    data = io.BytesIO()
    made.save(data)
    assert times(data.getvalue()) == (NINE, TEN)


# Bringing it in


@pytest.fixture
def imported(event):
    services.import_schedule(event=event, schedule=adapters.read(own("freshet.xml")))
    event.refresh_from_db()
    return event


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_and_brought_back_changes_nothing(imported, form):
    content = services.export(imported, form=form)
    report = services.import_schedule(event=imported, schedule=services.read_schedule(content, event=imported))
    assert (report.changes_anything, report.kept) == (False, [])


def test_formula_in_a_title_survives_the_round():
    text = "".join(tables.csv_lines([HEAD.split(","), ["=1+1", "2026-10-13 09:00", "10:00", "Weir"]]))
    assert read(text).sessions[0].title == "=1+1"


def rows_of(sessions):
    return [dict(zip(*pair, strict=True)) for pair in _paired(list(services.session_rows(sessions)))]


def _paired(rows):
    return [(rows[0], row) for row in rows[1:]]


def back(event, rows):
    data = "".join(tables.csv_lines([list(rows[0]), *(row.values() for row in rows)])).encode()
    return services.import_schedule(event=event, schedule=services.read_schedule(data, event=event))


@pytest.fixture
def made_here(event):
    session = SessionFactory(event=event, title="High water", abstract="<p>Old.</p>")
    SessionSpeakerFactory(session=session, speaker=SpeakerFactory(event=event, name="Ada"))
    Session.objects.update(changed_at=clock.now() - timedelta(minutes=1))
    return session


@pytest.mark.django_db
def test_what_was_worked_on_in_a_table_is_taken(event, made_here):
    [row] = rows_of(event.sessions.all())
    report = back(event, [row | {"abstract": "New.", "speakers": "Ada; Nadia"}])
    made_here.refresh_from_db()
    assert report.kept == []
    assert str(made_here.abstract) == "<p>New.</p>"
    assert [speaker.name for speaker in made_here.people] == ["Ada", "Nadia"]


@pytest.mark.django_db
def test_what_was_changed_here_meanwhile_is_kept(event, made_here):
    [row] = rows_of(event.sessions.all())
    made_here.title = "Low water"
    made_here.save()
    services.agenda_edited(event_id=event.pk, session_ids=[made_here.pk])
    report = back(event, [row | {"title": "Another"}])
    made_here.refresh_from_db()
    assert str(made_here.title) == "Low water"
    assert [entry.name for entry in report.kept] == ["Low water"]


@pytest.mark.django_db
def test_part_that_is_brought_back_withdraws_nothing(imported):
    [first, *_others] = rows_of(imported.sessions.order_by("pk"))
    report = back(imported, [first])
    assert report.removed == []
    assert not imported.sessions.filter(state=Session.State.WITHDRAWN).exists()


@pytest.mark.django_db
def test_lines_of_another_event_are_left_out(event, made_here):
    [row] = rows_of(event.sessions.all())
    report = back(event, [row, row | {"event": "another", "id": "", "title": "Not ours"}])
    assert [session.title for session in event.sessions.all()] == [made_here.title]
    assert [warning.message for warning in report.warnings] == ["lines of the event “another” are left out"]
    with pytest.raises(ScheduleError, match="every line is of another event"):
        back(event, [row | {"event": "another"}])


@pytest.mark.django_db
def test_session_that_is_new_and_cancelled_comes_cancelled(event, made_here):
    [row] = rows_of(event.sessions.all())
    back(event, [row, row | {"id": "", "title": "Another", "state": "cancelled"}])
    states = {str(session.title): session.state for session in event.sessions.all()}
    assert states == {str(made_here.title): Session.State.PLANNED, "Another": Session.State.CANCELLED}


@pytest.mark.django_db
def test_withdrawn_sessions_stay_withdrawn(event, made_here):
    SessionFactory(event=event, title="Gone", state=Session.State.WITHDRAWN)
    back(event, rows_of(event.sessions.all()))
    assert event.sessions.get(title__icontains="Gone").state == Session.State.WITHDRAWN
