"""Whatever an agenda holds: written and read again, it is the same; and cleaning is done once for all."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.tracks import adapters
from apps.tracks.adapters import ical_writer, json_writer, values, xml_writer
from apps.tracks.adapters.schedule import LINK_KINDS, Conference, Link, Room, Schedule, Session, Speaker, Track

texts = st.text(max_size=60)
lines = texts.map(values.line)
names = lines.filter(bool)
rich = texts.map(values.rich)
urls = st.from_regex(r"https://[a-z]{1,9}\.example/[a-zA-Z0-9/._~%?=&#;\[\]|é ]{0,30}", fullmatch=True).map(
    values.address
)
guids = st.uuids(version=4)
zones = st.sampled_from(["UTC", "Europe/Lisbon", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham", "Etc/GMT+3"])
moments = st.integers(0, 228 * 365 * 24 * 3600).map(
    lambda seconds: datetime(1971, 1, 3, tzinfo=UTC) + timedelta(seconds=seconds)
)
lengths = st.integers(1, 99 * 3600 + 59 * 60).map(lambda seconds: timedelta(seconds=seconds))


def links():
    attached = st.builds(Link, urls, names, st.sampled_from(["", *sorted(LINK_KINDS)]), st.booleans())
    return st.lists(attached, max_size=3, unique=True).map(lambda found: sorted(found, key=lambda link: link.attached))


@st.composite
def schedules(draw):
    def parts(kind, most, **more):
        found = draw(
            st.lists(st.tuples(names, guids), max_size=most, unique_by=(lambda p: p[0].casefold(), lambda p: p[1]))
        )
        return [kind(name, guid=guid, slug=f"s{number}", **more) for number, (name, guid) in enumerate(found)]

    rooms = parts(Room, 3) or [Room("Weir", guid=UUID(int=7), slug="weir")]
    tracks = parts(Track, 3)
    speakers = parts(Speaker, 4)
    for number, speaker in enumerate(speakers, 1):
        speaker.number = number
    schedule = Schedule(
        Conference(draw(names), draw(lines), draw(zones)), own=True, rooms=rooms, tracks=tracks, speakers=speakers
    )
    ids = draw(st.lists(guids, max_size=5, unique=True))
    for number, guid in enumerate(ids, 1):
        starts_at = draw(moments)
        schedule.sessions.append(
            Session(
                title=draw(names),
                starts_at=starts_at,
                ends_at=starts_at + draw(lengths),
                room=draw(st.sampled_from(rooms)),
                guid=guid,
                track=draw(st.sampled_from([None, *tracks])),
                subtitle=draw(lines),
                kind=draw(lines),
                language=draw(lines.map(lambda text: text[:20].strip())),
                abstract=draw(rich),
                description=draw(rich),
                speakers=draw(st.lists(st.sampled_from(speakers), max_size=3, unique_by=id)) if speakers else [],
                links=draw(links()),
                recording_license=draw(lines),
                do_not_record=draw(st.booleans()),
                origin_url=draw(st.just("") | urls),
                number=number,
                slug=draw(st.from_regex(r"[a-zA-Z0-9_-]{1,12}", fullmatch=True)),
            )
        )
    return schedule


def plain(schedule, *, fields):
    return {
        session.guid: {
            **{name: getattr(session, name) for name in fields},
            "room": session.room.name,
            "track": session.track.name if session.track else None,
        }
        for session in schedule.sessions
    }


def people(schedule):
    return {session.guid: [(one.guid, one.name) for one in session.speakers] for session in schedule.sessions}


FIELDS = (
    "title", "starts_at", "ends_at", "subtitle", "kind", "language", "abstract", "description", "links",
    "recording_license", "do_not_record",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(schedules())
def test_xml_brings_back_what_was_written(schedule):
    back = adapters.read(xml_writer.write(schedule))

    assert plain(back, fields=FIELDS) == plain(schedule, fields=FIELDS)
    assert people(back) == people(schedule)


@settings(max_examples=60, deadline=None)
@given(schedules())
def test_json_brings_back_what_was_written(schedule):
    back = adapters.read(json_writer.write(schedule))

    assert plain(back, fields=FIELDS) == plain(schedule, fields=FIELDS)
    assert people(back) == people(schedule)


@settings(max_examples=60, deadline=None)
@given(schedules())
def test_a_calendar_brings_back_its_fields(schedule):
    back = adapters.read(ical_writer.write(schedule))

    assert plain(back, fields=("title", "starts_at", "ends_at")) == plain(
        schedule, fields=("title", "starts_at", "ends_at")
    )


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab <>/&;p\n\r\"'=!-tableulicodrh36#x\x07"), max_size=80) | st.text())
def test_cleaning_twice_is_cleaning_once(text):
    once = values.rich(text)

    assert values.rich(once) == once


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_an_address_stays_what_it_became(text):
    once = values.address(text, "https://example.org/base/")

    assert values.address(once) == once


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    for start in (b"", b"<schedule>", b'{"schedule": {"conference": ', b"BEGIN:VCALENDAR\r\n"):
        try:
            adapters.read(start + data)
        except adapters.ScheduleError as error:
            assert str(error)
