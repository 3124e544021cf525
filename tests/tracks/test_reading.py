"""Reading schedule files: every oddity is named with its place, every broken file refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from apps.tracks import adapters
from apps.tracks.adapters.schedule import PERSONAL, Link, ScheduleError
from tests.tracks.samples import event_xml, own, real, schedule_xml


def remarks(schedule):
    return [str(remark) for remark in schedule.remarks]


def refusal(data):
    with pytest.raises(ScheduleError) as caught:
        adapters.read(data)
    return str(caught.value)


@pytest.mark.parametrize("name", ["freshet.xml", "freshet.json"])
def test_counts_what_the_sample_holds(name):
    assert adapters.read(own(name)).counts() == {"tracks": 3, "rooms": 3, "sessions": 6, "speakers": 5}


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("fosdem-2026.xml", {"tracks": 62, "rooms": 30, "sessions": 883, "speakers": 927}),
        ("schedule-camp2019.json", {"tracks": 7, "rooms": 2, "sessions": 79, "speakers": 90}),
        ("schedule-democon.json", {"tracks": 2, "rooms": 2, "sessions": 36, "speakers": 27}),
    ],
)
def test_counts_what_a_published_schedule_holds(name, counts):
    assert adapters.read(real(name)).counts() == counts


def test_both_formats_say_the_same_of_a_session():
    xml, json = (adapters.read(own(name)).sessions[0] for name in ("freshet.xml", "freshet.json"))

    for field in ("title", "subtitle", "starts_at", "ends_at", "guid", "source_id", "kind", "abstract", "description",
                  "origin_url", "links", "recording_license"):  # fmt: skip
        assert getattr(xml, field) == getattr(json, field), field


def test_a_talk_past_midnight_keeps_its_moment():
    night = adapters.read(own("freshet.xml")).sessions[1]

    assert night.starts_at == datetime(2026, 10, 13, 22, 30, tzinfo=UTC)
    assert night.ends_at - night.starts_at == timedelta(hours=1, minutes=15)


def test_a_blank_name_is_filled_by_the_first_that_is_not_blank():
    names = [speaker.name for speaker in adapters.read(own("freshet.xml")).speakers]

    assert names == ["Amara Lindqvist", "Solveig Amin", "Kipruto Lagat", "Joaquín Beltrame", "Lucille Ferron"]


def test_html_is_cleaned_and_plain_text_becomes_paragraphs():
    first = adapters.read(own("freshet.xml")).sessions[0]

    assert first.abstract == "<p>Four rivers, one year, <em>no averages</em>.</p>"
    assert first.description == ("<p>Bring a pencil.</p>\n<p>The slides are online; 3 &lt; 4 is the only formula.</p>")


def test_links_are_made_absolute():
    first = adapters.read(own("freshet.xml")).sessions[0]

    assert first.links == [
        Link("https://example.org/gauges?river=2&year=2025", "Gauges of four rivers"),
        Link("https://freshet.example/2026/files/levels.pdf", "Levels", "slides", attached=True),
    ]


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "//", "http://[", " "]
)
def test_an_address_that_is_none_is_left_out_with_a_warning(href):
    schedule = adapters.read(schedule_xml(event_xml(inner=f'<links><link href="{href}">x</link></links>')))

    assert schedule.sessions[0].links == []
    assert any("line 5" in remark and "not a web address" in remark for remark in remarks(schedule))


def test_a_track_without_sessions_is_a_warning_that_names_its_line():
    data = own("freshet.xml").replace(b"</tracks>", b"<track>Deserts</track></tracks>")

    schedule = adapters.read(data)

    assert remarks(schedule) == ["line 18: the track “Deserts” is listed, but no session is in it"]


def test_rooms_that_share_a_guid_are_told_apart_by_name():
    data = own("freshet.json").replace(b"2f6f2d9a0002", b"2f6f2d9a0001")

    schedule = adapters.read(data)

    assert [room.guid for room in schedule.rooms[:2]] == [None, None]
    assert schedule.rooms[2].guid is not None
    assert remarks(schedule)[0].startswith("schedule.conference.rooms[0].guid: rooms share the guid")


# What a session must have


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (event_xml(guid="", number="", leave="title"), "line 5: a session has neither guid nor id nor title"),
        (event_xml(leave="date start"), "line 5: the session “High water” has no start"),
        (event_xml(leave="duration"), "line 5: the session “High water” has no duration"),
        (
            event_xml(leave="duration", inner="<duration>00:00</duration>"),
            "line 5: the session “High water” has no duration",
        ),
        (
            event_xml(leave="duration", inner="<duration>soon</duration>"),
            "line 5: the session “High water” has no duration that can be read: “soon”",
        ),
        (
            event_xml(leave="date", inner="<date>2026-13-40T09:00:00+01:00</date>"),
            "line 5: the session “High water” has no start that can be read: “2026-13-40T09:00:00+01:00”",
        ),
        (
            event_xml(leave="date", inner="<date>0001-01-01T00:00:00+14:00</date>"),
            "line 5: the session “High water” has no start that can be read: “0001-01-01T00:00:00+14:00”",
        ),
    ],
)
def test_a_session_that_lacks_what_it_needs_is_refused_by_its_line(event, message):
    assert refusal(schedule_xml(event)) == message


def test_a_session_without_any_room_is_refused():
    assert refusal(schedule_xml(event_xml(leave="room"), room="")) == "line 5: the session “High water” has no room"


def test_json_refusals_name_the_path():
    data = own("freshet.json").replace(b'"duration": "00:45"', b'"duration": null', 1)

    assert refusal(data) == (
        'schedule.conference.days[0].rooms["Sluice"][0].duration: '
        "the session “Sand dams, eight dry seasons on” has no duration"
    )


# Odd, but read


def test_an_hour_without_a_date_falls_on_its_day():
    day = 'date="2026-10-13" index="1" start="2026-10-13T08:00:00+01:00"'
    late = event_xml(leave="date start", inner="<start>00:30</start>")

    session = adapters.read(schedule_xml(late, day=day)).sessions[0]

    assert session.starts_at == datetime(2026, 10, 13, 23, 30, tzinfo=UTC)


def test_a_date_without_offset_is_of_the_zone_of_the_conference():
    schedule = adapters.read(schedule_xml(event_xml(leave="date", inner="<date>2026-10-13T09:00:00</date>")))

    assert schedule.sessions[0].starts_at == datetime(2026, 10, 13, 8, 0, tzinfo=UTC)
    assert "no offset" in remarks(schedule)[0]


def test_start_and_date_that_differ_are_a_warning_and_the_date_counts():
    schedule = adapters.read(schedule_xml(event_xml(leave="start", inner="<start>10:00</start>")))

    assert schedule.sessions[0].starts_at == datetime(2026, 10, 13, 8, 0, tzinfo=UTC)
    assert remarks(schedule) == [
        "line 5: “High water” starts at 10:00, but its date says 2026-10-13T09:00:00+01:00, which is used"
    ]


def test_the_end_of_json_is_exact_where_the_duration_is_not():
    data = own("freshet.json").replace(
        b'"duration": "00:30"', b'"duration": "00:30", "end": "2026-10-13T09:30:20+01:00"'
    )

    first = adapters.read(data).sessions[0]

    assert first.ends_at - first.starts_at == timedelta(minutes=30, seconds=20)


def test_sessions_that_share_a_guid_are_known_by_id():
    schedule = adapters.read(schedule_xml(event_xml(), event_xml(number='id="102"')))

    assert [(session.guid, session.source_id) for session in schedule.sessions] == [(None, "id:101"), (None, "id:102")]
    assert "tells nothing" in remarks(schedule)[0]


def test_sessions_with_nothing_but_the_same_title_are_told_apart_by_order():
    twice = event_xml(guid="", number="")

    sessions = adapters.read(schedule_xml(twice, twice)).sessions

    assert [session.source_id for session in sessions] == ["name:high water", "name:high water#2"]


def test_two_sessions_at_once_in_one_room_are_a_warning():
    other = event_xml(guid="", number='id="102"', leave="title", inner="<title>Low water</title>")

    assert remarks(adapters.read(schedule_xml(event_xml(), other))) == [
        "line 6: “Low water” begins in Weir before “High water” has ended"
    ]


def test_what_the_format_does_not_know_is_named_once():
    odd = event_xml(inner="<mood>calm</mood>")

    assert remarks(adapters.read(schedule_xml(odd)))[0] == "line 5: <mood> is not known in this format and is left out"


def test_what_is_known_and_has_no_place_here_is_named_where_it_says_something():
    empty = event_xml(inner="<tags/><answers></answers>")
    tagged = event_xml(inner="<tags><tag>river</tag></tags>")

    assert remarks(adapters.read(schedule_xml(empty))) == []
    assert remarks(adapters.read(schedule_xml(tagged))) == [
        "line 5: <tags> is not known in this format and is left out"
    ]


def test_a_length_beyond_the_format_is_cut():
    schedule = adapters.read(schedule_xml(event_xml(leave="duration", inner="<duration>120:00</duration>")))

    assert schedule.sessions[0].ends_at - schedule.sessions[0].starts_at == timedelta(hours=99, minutes=59)


def test_letters_that_no_page_can_show_are_dropped():
    data = own("freshet.json").replace(b"High water, low water", b"High\\u0000 water,\\u0007 low\\ud800 water")

    assert adapters.read(data).sessions[0].title == "High water, low water: a year in levels"


def test_a_text_that_is_too_long_is_cut_with_a_warning():
    long = event_xml(leave="title", inner=f"<title>{'x' * 400}</title>")

    schedule = adapters.read(schedule_xml(long))

    assert len(schedule.sessions[0].title) == 300
    assert "title has 400 letters and is cut to 300" in remarks(schedule)[0]


def test_texts_in_several_languages_give_one():
    data = own("freshet.json").replace(
        b'"description": "The large hall."', b'"description": {"de": "Gross", "en": "Large"}'
    )

    assert adapters.read(data).rooms[0].description == "<p>Large</p>"


def first_session(**changes):
    tree = json.loads(own("freshet.json"))
    session = next(iter(tree["schedule"]["conference"]["days"][0]["rooms"].values()))[0]
    session.update(changes)
    return json.dumps(tree).encode()


PLACE = 'schedule.conference.days[0].rooms["Weir"][0]'


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("persons", {}, "list, not an object"),
        ("links", "x", "list, not a text"),
        ("attachments", 7, "list, not a number"),
        ("language", ["en"], "text, not a list"),
        ("abstract", True, "text, not yes or no"),
        ("track", {"en": 1}, "text, not an object"),
        ("id", [1], "text, not a list"),
        ("do_not_record", [], "text, not a list"),
    ],
)
def test_json_of_another_kind_is_left_out_with_a_warning_that_names_the_place(name, value, kind):
    schedule = adapters.read(first_session(**{name: value}))

    assert f"{PLACE}.{name}: here must be a {kind}; it is left out" in remarks(schedule)
    field = {"persons": "speakers", "attachments": "", "links": "", "id": "source_id"}.get(name, name)
    assert not field or not getattr(schedule.sessions[0], field)
    assert schedule.counts()["sessions"] == 6


def test_odd_entries_of_json_lists_are_left_out_one_by_one():
    schedule = adapters.read(first_session(persons=[{"name": "Amara Lindqvist"}, None, 5]))

    assert [person.name for person in schedule.sessions[0].speakers] == ["Amara Lindqvist"]
    assert f"{PLACE}.persons[1]: here must be an object, not nothing; it is left out" in remarks(schedule)
    assert f"{PLACE}.persons[2]: here must be an object, not a number; it is left out" in remarks(schedule)


def test_odd_lists_of_the_conference_are_a_warning_too():
    tree = json.loads(own("freshet.json"))
    tree["schedule"]["conference"].update(tracks={}, rooms="Weir", title=["Freshet"])

    schedule = adapters.read(json.dumps(tree).encode())

    odd = [remark.place for remark in schedule.remarks if "here must be" in remark.message]
    assert odd == [f"schedule.conference.{name}" for name in ("title", "tracks", "rooms")]
    assert schedule.counts() == {"tracks": 3, "rooms": 3, "sessions": 6, "speakers": 5}


def test_a_language_that_is_missing_in_a_text_is_no_oddity():
    schedule = adapters.read(first_session(track={"en": "Rivers", "pt": None}))

    assert schedule.sessions[0].track.name == "Rivers"
    assert not [remark for remark in remarks(schedule) if "here must be" in remark]


def test_a_flag_that_is_neither_yes_nor_no_is_a_warning():
    schedule = adapters.read(first_session(do_not_record="perhaps"))

    assert schedule.sessions[0].do_not_record is False
    assert f"{PLACE}.do_not_record: “perhaps” is neither yes nor no; it is taken as no" in remarks(schedule)


# Files that are broken, or mean harm

LAUGHS = (
    "<!DOCTYPE lolz [<!ENTITY lol 'lol'>"
    + "".join(f"<!ENTITY lol{n} '&lol{n - 1 or ''};&lol{n - 1 or ''};&lol{n - 1 or ''};'>" for n in range(1, 9))
    + "]>\n"
)


@pytest.mark.parametrize(
    ("data", "start"),
    [
        (b"", "line 1: the file is empty"),
        (b"\n \n", "line 1: the file is empty"),
        (b"guid;name of it\n", "line 1: this is neither XML nor JSON nor a calendar"),
        (own("freshet.xml")[:3000], "line 80, column 21: this is not well-formed XML"),
        (own("freshet.json")[:3000], "line "),
        (schedule_xml("<event><titel></title></event>"), "line 5, column"),
        (schedule_xml(event_xml(), head=LAUGHS), "line 2: it declares an entity"),
        (
            schedule_xml(event_xml(), head='<!DOCTYPE s [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
            "line 2: it declares an entity",
        ),
        (schedule_xml("<a>" * 5000), "line 5: the elements are nested too deep"),
        (b'{"schedule":' + b"[" * 200_000, "$: its lists are nested too deep"),
        (b"<html><body/></html>", "line 1: a schedule begins with <schedule>, this file with <html>"),
        (b"<schedule><version>1</version></schedule>", "line 1: it has no <conference>"),
        (b'{"schedule": []}', "schedule: here must be an object, not a list"),
        (b'{"agenda": {}}', '$: it has no "schedule"'),
        (b'{"schedule": {"conference": {"days": {}}}}', "schedule.conference.days: here must be a list, not an object"),
        (b'{"schedule": {"x": NaN}}', "$: it holds a number that cannot be read"),
        (b'{"schedule": {"x": ' + b"9" * 5000 + b"}}", "$: it holds a number that cannot be read"),
        (
            own("freshet.xml").replace("Joaquín".encode(), "Joaquín".encode("latin-1")),
            "line 128, column 32: this is not well-formed XML",
        ),
        (own("freshet.json").replace("Joaquín".encode(), "Joaquín".encode("latin-1")), "line "),
        (own("freshet.xml").replace(b"UTF-8", b"EBCDIC-XX"), "line 1: its text does not fit its declared encoding"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "line 1: this is not a well-formed calendar"),
        (b"BEGIN:VCALENDAR\r\nSUMMARY:\xff\r\n", "line 2: a calendar is written in UTF-8"),
        (b"x" * (adapters.MAX_BYTES + 1), f"byte {adapters.MAX_BYTES}: the file is larger than 10 MB"),
    ],
    ids=range(23),
)
def test_a_broken_file_is_refused_in_one_line_that_names_the_place(data, start):
    message = refusal(data)

    assert message.startswith(start)
    assert "\n" not in message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_an_encoding_that_is_declared_is_understood(encoding):
    text = own("freshet.xml").decode().replace("UTF-8", "utf-8" if encoding == "utf-8-sig" else encoding)

    assert adapters.read(text.encode(encoding)).counts()["speakers"] == 5


def test_a_personal_agenda_is_not_taken_for_the_schedule():
    data = own("freshet.xml").replace(b"<version>", f'<generator name="{PERSONAL}"/><version>'.encode(), 1)

    assert "one person's agenda" in refusal(data)
