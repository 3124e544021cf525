"""Schedules as we write them: valid, complete, and ours."""

import json
from datetime import timedelta

import pytest
from i18nfield.strings import LazyI18nString
from icalendar import Calendar
from jsonschema import Draft6Validator
from lxml import etree

from apps.core.html import to_text
from apps.events.models import Event
from apps.tracks import adapters, services
from apps.tracks.adapters.schedule import ScheduleError
from apps.tracks.models import Session
from tests.factories.events import EventFactory
from tests.factories.tracks import RoomFactory, SessionFactory, SessionLinkFactory, SessionSpeakerFactory, TrackFactory
from tests.tracks.samples import event_xml, own, real, schedule_xml

pytestmark = pytest.mark.django_db
SAMPLES = ["freshet.xml", "freshet.json"]
PUBLISHED = ["fosdem-2026.xml", "schedule-camp2019.json", "schedule-democon.json"]
FORMS = ["xml", "json", "ics"]


def bring(event, data):
    return services.import_schedule(event=event, schedule=adapters.read(data))


def validate_xml(data):
    schema = etree.XMLSchema(etree.fromstring(real("schedule.xml.xsd")).getroottree())
    document = etree.fromstring(data)
    assert schema.validate(document), [str(error) for error in schema.error_log][:5]


def validate_json(data):
    schema = json.loads(real("schedule.schema.json"))
    errors = [error.message for error in Draft6Validator(schema).iter_errors(json.loads(data))]
    assert errors == []


def assert_unchanged(report):
    assert report.summary() | {"warnings": []} == report.counts | {
        "added": 0,
        "changed": 0,
        "removed": 0,
        "warnings": [],
    }
    assert report.moved == []
    assert report.kept == []


@pytest.fixture
def awkward(db):
    """An event whose texts, names and times are as inconvenient as organisers can make them."""
    event = EventFactory(slug="ai", name=LazyI18nString({"en": "A & <B>", "de": "Ä"}), time_zone="America/St_Johns")
    track = TrackFactory(event=event, name=LazyI18nString({"en": "Rivers <&> “seas”"}), slug="r")
    room = RoomFactory(event=event, name=LazyI18nString({"en": 'Hall "1"'}), slug="1")
    start = event.starts_at.replace(hour=3, minute=7, second=13, microsecond=654321)
    session = SessionFactory(
        event=event,
        track=track,
        room=room,
        slug="x",
        title=LazyI18nString({"en": "null"}),
        abstract=LazyI18nString({"en": "one\r\ntwo\x07 & <b>three"}),
        starts_at=start,
        ends_at=start + timedelta(hours=99, minutes=58, seconds=1),
        kind="talk  ",
        url="https://example.org/a b|c?x=[1]#y#z",
        logo_url="https://example.org/<p>#1#2",
    )
    SessionSpeakerFactory(session=session, speaker__name=" Zoë\tQuist ")
    SessionLinkFactory(session=session, title="a\nb", url="https://example.org/?q=1&r=#2#3")
    SessionFactory(event=event, room=room, slug="UPPER", title="Two")
    SessionFactory(event=event, room=room, slug="upper-x", title="Three", state=Session.State.CANCELLED)
    return event


@pytest.mark.parametrize("name", [*SAMPLES, *PUBLISHED])
def test_exports_of_imports_are_valid(event, name):
    bring(event, own(name) if name in SAMPLES else real(name))

    validate_xml(services.export(event, form="xml"))
    validate_json(services.export(event, form="json"))


def test_exports_of_what_was_made_here_are_valid(awkward):
    validate_xml(services.export(awkward, form="xml"))
    validate_json(services.export(awkward, form="json"))


def test_exports_of_an_empty_event_are_valid(event):
    validate_xml(services.export(event, form="xml"))
    validate_json(services.export(event, form="json"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [*SAMPLES, *PUBLISHED])
def test_our_own_export_changes_nothing_when_it_comes_back(event, name, form):
    bring(event, own(name) if name in SAMPLES else real(name))

    assert_unchanged(bring(event, services.export(event, form=form)))


@pytest.mark.parametrize("form", FORMS)
def test_what_was_made_here_comes_back_unchanged(awkward, form):
    before = list(Session.objects.values())

    assert_unchanged(bring(awkward, services.export(awkward, form=form)))
    assert list(Session.objects.values()) == before


@pytest.mark.parametrize("form", FORMS)
def test_after_our_export_the_source_still_changes_nothing(event, form):
    bring(event, own("freshet.xml"))
    bring(event, services.export(event, form=form))

    assert_unchanged(bring(event, own("freshet.xml")))


@pytest.mark.parametrize("form", FORMS)
def test_an_edit_stays_an_edit_after_our_export_came_back(event, form):
    bring(event, own("freshet.xml"))
    ponds = next(row for row in event.sessions.all() if str(row.title) == "Ponds that pay")
    ponds.title = LazyI18nString({"en": "Ponds that pay well"})
    ponds.save()
    bring(event, services.export(event, form=form))

    report = bring(event, own("freshet.xml"))

    ponds.refresh_from_db()
    assert str(ponds.title) == "Ponds that pay well"
    assert [entry.name for entry in report.kept] == ["Ponds that pay well"]


@pytest.mark.parametrize(
    ("name", "form"),
    [("freshet.xml", "json"), ("freshet.json", "xml"), ("fosdem-2026.xml", "json"), ("schedule-camp2019.json", "xml")],
)
def test_an_export_says_the_same_in_another_event(event, other_event, name, form):
    data = own(name) if name in SAMPLES else real(name)
    bring(event, data)
    Event.objects.filter(pk=other_event.pk).update(time_zone=event.time_zone)

    bring(other_event, services.export(event, form=form))

    fields = "title", "subtitle", "abstract", "description", "starts_at", "ends_at", "kind", "language", "guid"
    fields += ("room__name", "track__name", "recording_license", "do_not_record")
    assert list(other_event.sessions.order_by("guid").values_list(*fields)) == list(
        event.sessions.order_by("guid").values_list(*fields)
    )


def test_acronym_and_slugs_of_an_export_are_not_taken_over(event):
    bring(event, own("freshet.xml"))
    slugs = sorted(event.sessions.values_list("slug", flat=True))

    data = services.export(event, form="xml").replace(b"<slug>freshet-", b"<slug>other-")
    bring(event, data.replace(b"<acronym>freshet", b"<acronym>other"))

    event.refresh_from_db()
    assert event.slug == "freshet"
    assert sorted(event.sessions.values_list("slug", flat=True)) == slugs


def test_an_export_that_was_edited_outside_is_an_import_like_any(event):
    bring(event, own("freshet.xml"))
    data = services.export(event, form="xml").replace(b"Ponds that pay", b"Ponds that earn")

    report = bring(event, data)

    assert [entry.name for entry in report.changed] == ["Ponds that earn"]


def test_withdrawn_and_cancelled_sessions_are_not_exported(event):
    SessionFactory(event=event, title="Gone", state=Session.State.WITHDRAWN)
    SessionFactory(event=event, title="Off", state=Session.State.CANCELLED)
    SessionFactory(event=event, title="On")

    assert [session.title for session in services.schedule_of(event).sessions] == ["On"]


def test_a_calendar_tells_of_cancelled_sessions(event):
    SessionFactory(event=event, title="Off", state=Session.State.CANCELLED)

    (found,) = Calendar.from_ical(services.export(event, form="ics")).walk("VEVENT")

    assert found["STATUS"] == "CANCELLED"


def test_a_calendar_says_what_the_agenda_says(event):
    bring(event, own("freshet.xml"))

    calendar = Calendar.from_ical(services.export(event, form="ics"))

    said = {
        (str(one["UID"]), str(one["SUMMARY"]), one.decoded("DTSTART"), one.decoded("DTEND"), str(one["LOCATION"]))
        for one in calendar.walk("VEVENT")
    }
    assert said == {
        (str(row.guid), str(row.title), row.starts_at, row.ends_at, str(row.room.name)) for row in event.sessions.all()
    }
    first = next(one for one in calendar.walk("VEVENT") if str(one["SUMMARY"]).startswith("High water"))
    row = next(row for row in event.sessions.all() if str(row.title).startswith("High water"))
    assert str(first["DESCRIPTION"]) == "\n\n".join(
        [str(row.subtitle), "Amara Lindqvist", to_text(str(row.abstract)), to_text(str(row.description))]
    )


def test_a_calendar_of_others_can_be_imported(event):
    data = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Weir//EN\r\nX-WR-TIMEZONE:Europe/Lisbon\r\n"
        b"BEGIN:VEVENT\r\nUID:one@weir.example\r\nDTSTAMP:20261001T000000Z\r\nSUMMARY:High water\r\nLOCATION:Weir\r\n"
        b"DTSTART;TZID=Europe/Lisbon:20261013T090000\r\nDURATION:PT45M\r\nDESCRIPTION:Bring a pencil.\r\n"
        b"CATEGORIES:Rivers\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )

    bring(event, data)

    row = event.sessions.get()
    assert (str(row.title), row.source, str(row.track.name)) == ("High water", "id:one@weir.example", "Rivers")
    assert row.starts_at.isoformat() == "2026-10-13T08:00:00+00:00"
    assert row.ends_at - row.starts_at == timedelta(minutes=45)


def test_a_personal_export_holds_what_was_starred_and_is_not_imported(event):
    bring(event, own("freshet.xml"))
    one = event.sessions.first()

    for form in FORMS:
        data = services.export(event, form=form, only=frozenset({one.pk}))
        with pytest.raises(ScheduleError, match="one person's agenda"):
            adapters.read(data)
        assert str(one.guid).encode() in data
        assert str(event.sessions.last().guid).encode() not in data


def test_sessions_of_a_night_stand_under_its_evening(event):
    event.time_zone = "Europe/Lisbon"
    data = schedule_xml(
        event_xml(leave="date start", inner="<date>2026-10-14T01:30:00+01:00</date><start>01:30</start>")
    )
    bring(event, data)

    document = etree.fromstring(services.export(event, form="xml"))

    assert [day.get("date") for day in document.findall("day")] == ["2026-10-13"]
    assert document.findtext("day/room/event/date") == "2026-10-14T01:30:00+01:00"


@pytest.mark.parametrize("form", FORMS)
def test_an_export_costs_the_same_queries_whatever_its_size(event, form, django_assert_num_queries):
    for size in (1, 3):
        for _number in range(size):
            SessionSpeakerFactory(session=SessionFactory(event=event))
        with django_assert_num_queries(6):
            services.export(event, form=form)
