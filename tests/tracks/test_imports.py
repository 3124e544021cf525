"""Importing a schedule: what is recognised, what changes, what of here is kept."""

from datetime import timedelta

import pytest
from i18nfield.strings import LazyI18nString

from apps.core.errors import Refused
from apps.events.models import Event
from apps.tracks import adapters, services, signals
from apps.tracks.models import Room, ScheduleImport, Session, SessionSpeaker, Speaker, Star, Track
from tests.factories.tracks import RoomFactory, SessionFactory, SpeakerFactory
from tests.tracks.samples import event_xml, own, schedule_xml

pytestmark = pytest.mark.django_db


def load(event, data):
    return services.import_schedule(event=event, schedule=adapters.read(data))


def counts(report):
    return {name: value for name, value in report.summary().items() if name in ("added", "changed", "removed")}


def named(entries):
    return [(entry.what, entry.name, [edit.field for edit in entry.edits]) for entry in entries]


@pytest.fixture
def xml():
    return own("freshet.xml")


@pytest.fixture
def imported(event, xml):
    load(event, xml)
    return event


def session(event, start):
    return next(row for row in event.sessions.all() if str(row.title).startswith(start))


def test_the_first_import_brings_everything(event, xml):
    report = load(event, xml)

    assert counts(report) == {"added": 6, "changed": 0, "removed": 0}
    assert (event.tracks.count(), event.rooms.count(), event.sessions.count(), event.speakers.count()) == (3, 3, 6, 5)
    night = session(event, "Night shift")
    assert [speaker.name for speaker in night.people] == ["Solveig Amin", "Kipruto Lagat"]
    first = session(event, "High water")
    assert [(link.title, link.kind, link.content) for link in first.links.all()] == [
        ("Gauges of four rivers", "link", ""),
        ("Levels", "attachment", "slides"),
    ]


def test_the_same_file_again_changes_nothing(imported, xml):
    version = Event.objects.get(pk=imported.pk).agenda_version

    report = load(imported, xml)

    assert counts(report) == {"added": 0, "changed": 0, "removed": 0}
    assert not (report.moved or report.kept)
    assert Event.objects.get(pk=imported.pk).agenda_version == version


def test_the_other_format_of_the_same_schedule_adds_only_what_it_knows_more(imported):
    report = load(imported, own("freshet.json"))

    assert counts(report) == {"added": 0, "changed": 5, "removed": 0}
    assert named(report.changed) == [
        ("room", "Weir", ["description", "places"]),
        ("room", "Ford", ["places"]),
        ("speaker", "Solveig Amin", ["biography"]),
        ("speaker", "Kipruto Lagat", ["biography"]),
        ("speaker", "Lucille Ferron", ["biography"]),
    ]


def test_a_changed_title_is_reported_and_its_address_stays(imported, xml):
    slug = session(imported, "Ponds").slug

    report = load(imported, xml.replace(b"Ponds that pay", b"Ponds that earn"))

    assert named(report.changed) == [("session", "Ponds that earn", ["title"])]
    assert session(imported, "Ponds that earn").slug == slug


def test_a_session_that_moved_is_reported_as_moved(imported, xml):
    report = load(imported, xml.replace(b"2026-10-14T12:00:00+01:00", b"2026-10-14T13:00:00+01:00"))

    assert counts(report) == {"added": 0, "changed": 1, "removed": 0}
    assert named(report.moved) == [("session", "Ponds that pay", ["time"])]
    assert report.moved[0].edits[0].before == "2026-10-14 11:00–11:45"  # in the zone of the event
    assert report.changed == []


def test_a_session_that_vanishes_is_withdrawn_and_comes_back_with_its_stars(imported, xml, attendee):
    ponds = session(imported, "Ponds")
    Star.objects.create(session=ponds, user=attendee)
    start, end = xml.index(b"<event guid", xml.index(b'room name="Ford">')), xml.rindex(b"</room>")

    gone = load(imported, xml[:start] + xml[end:])
    ponds.refresh_from_db()
    assert (counts(gone)["removed"], ponds.state) == (1, Session.State.WITHDRAWN)

    back = load(imported, xml)
    ponds.refresh_from_db()
    assert (counts(back)["added"], ponds.state) == (1, Session.State.PLANNED)
    assert list(ponds.stars.values_list("user", flat=True)) == [attendee.pk]


def test_a_local_session_is_untouched(imported, xml):
    lunch = SessionFactory(event=imported, title="Lunch")

    report = load(imported, xml)

    lunch.refresh_from_db()
    assert (counts(report)["removed"], lunch.state) == (0, Session.State.PLANNED)


def test_a_cancelled_session_stays_cancelled(imported, xml):
    services.cancel_sessions(sessions=Session.objects.filter(pk=session(imported, "Ponds").pk))

    load(imported, xml)

    assert session(imported, "Ponds").state == Session.State.CANCELLED


def test_an_edit_made_here_is_kept_whether_or_not_the_file_changes(imported, xml):
    ponds = session(imported, "Ponds")
    ponds.title = LazyI18nString({"en": "Ponds that pay well"})
    ponds.save()

    same = load(imported, xml)
    changed = load(imported, xml.replace(b"Ponds that pay", b"Ponds that earn"))

    ponds.refresh_from_db()
    assert str(ponds.title) == "Ponds that pay well"
    assert named(same.kept) == named(changed.kept) == [("session", "Ponds that pay well", ["title"])]
    assert (counts(same), counts(changed)) == ({"added": 0, "changed": 0, "removed": 0},) * 2


def test_other_fields_of_an_edited_session_still_change(imported, xml):
    ponds = session(imported, "Ponds")
    ponds.title = LazyI18nString({"en": "Ponds that pay well"})
    ponds.save()

    load(imported, xml.replace(b"2026-10-14T12:00:00+01:00", b"2026-10-14T13:00:00+01:00"))

    moved = session(imported, "Ponds that pay well")
    assert moved.starts_at - ponds.starts_at == timedelta(hours=1)


def test_a_translation_made_here_survives_a_new_title(imported, xml):
    ponds = session(imported, "Ponds")
    ponds.title = LazyI18nString({"en": "Ponds that pay", "de": "Teiche, die sich lohnen"})
    ponds.save()

    load(imported, xml.replace(b"Ponds that pay", b"Ponds that earn"))

    ponds.refresh_from_db()
    assert ponds.title.data == {"en": "Ponds that earn", "de": "Teiche, die sich lohnen"}


def test_an_edit_that_the_file_takes_over_is_no_edit_any_more(imported, xml):
    ponds = session(imported, "Ponds")
    ponds.title = LazyI18nString({"en": "Ponds that earn"})
    ponds.save()

    load(imported, xml.replace(b"Ponds that pay", b"Ponds that earn"))
    report = load(imported, xml.replace(b"Ponds that pay", b"Ponds that feed"))

    assert str(session(imported, "Ponds").title) == "Ponds that feed"
    assert report.kept == []


def test_speakers_that_were_added_here_are_kept(imported, xml):
    ponds = session(imported, "Ponds")
    SessionSpeaker.objects.create(
        session=ponds, speaker=SpeakerFactory(event=imported, name="Bea Ostrander"), position=1
    )

    report = load(imported, xml)

    assert [person.name for person in session(imported, "Ponds").people] == ["Lucille Ferron", "Bea Ostrander"]
    assert named(report.kept) == [("session", "Ponds that pay", ["speakers"])]


def test_a_room_made_here_is_found_by_its_name(event, xml):
    weir = RoomFactory(event=event, name="Weir", slug="the-weir")

    load(event, xml)

    assert event.rooms.count() == 3
    assert session(event, "High water").room == weir


def test_a_guid_that_appears_later_belongs_to_the_one_that_was_known_by_id(event):
    load(event, schedule_xml(event_xml(guid="")))

    report = load(event, schedule_xml(event_xml()))

    assert counts(report) == {"added": 0, "changed": 0, "removed": 0}
    assert event.sessions.count() == 1


def test_the_same_id_under_another_guid_is_another_session(event):
    load(event, schedule_xml(event_xml()))

    report = load(event, schedule_xml(event_xml(guid='guid="0b8f3a52-1a3c-4b0e-9d57-0a6c53a1f009"')))

    assert counts(report) == {"added": 1, "changed": 0, "removed": 1}


def test_id_of_our_own_file_is_not_taken_for_one_of_the_imported_source(event):
    """Ours count the sessions of another event; what they were called where they came from is not in the file."""
    load(event, schedule_xml(event_xml(guid="")))
    ours = schedule_xml(event_xml(inner="<title>Low water</title>", leave="title"))
    ours = ours.replace(b"<version>", b'<generator name="Plenary"/><version>')

    report = load(event, ours)

    assert counts(report) == {"added": 1, "changed": 0, "removed": 1}
    assert {str(row.title): row.source for row in event.sessions.all()} == {"High water": "id:101", "Low water": ""}


def test_room_and_person_that_a_file_no_longer_has_are_told_of_and_stay(event):
    person = '<persons><person id="1">Ana Sousa</person></persons>'
    load(event, schedule_xml(event_xml(inner=person)))

    report = load(event, schedule_xml(event_xml(leave="room", inner="<room>Lock</room>"), room="Lock"))

    assert [str(remark) for remark in report.warnings][:2] == [
        "Weir: is a room the file no longer has; it stays here, with what is still in it",
        "Ana Sousa: is a person the file no longer has; their page stays here while they speak in a session",
    ]
    assert {str(room.name) for room in event.rooms.all()} == {"Weir", "Lock"}


def test_people_of_one_name_and_different_ids_are_different_people(event):
    two = '<persons><person id="1">Ana Sousa</person><person id="2">Ana Sousa</person></persons>'

    load(event, schedule_xml(event_xml(inner=two)))
    load(event, schedule_xml(event_xml(inner=two)))

    assert event.speakers.count() == 2


@pytest.mark.parametrize("title", ["null", "true", "1e5", "2038", '"quoted"', '{"en": "x"}', "[1, 2]"])
def test_a_title_that_looks_like_json_stays_a_title(event, title):
    data = schedule_xml(event_xml(leave="title", inner=f"<title>{title}</title>"))

    load(event, data)
    report = load(event, data)

    assert str(event.sessions.get().title) == title
    assert counts(report)["changed"] == 0


def test_titles_without_latin_letters_still_get_addresses(event):
    one, two = (
        event_xml(guid="", number=f'id="{number}"', leave="title", inner=f"<title>{title}</title>")
        for number, title in ((1, "Река"), (2, "川"))
    )

    load(event, schedule_xml(one, two))

    assert sorted(event.sessions.values_list("slug", flat=True)) == ["session", "session-2"]


def test_two_events_may_hold_the_same_schedule(event, other_event, xml):
    load(event, xml)

    assert counts(load(other_event, xml))["added"] == 6
    assert event.sessions.count() == other_event.sessions.count() == 6


def test_sessions_outside_of_the_dates_of_the_event_are_a_warning(event, xml):
    report = load(event, xml)

    assert str(report.warnings[-1]) == (
        "Freshet 2026: sessions from 2026-10-13 to 2026-10-14 do not fit between the dates of the event"
    )


def test_an_import_is_told_of_inside_its_transaction(event, xml):
    heard = []

    def hear(sender, event, report, **kwargs):
        heard.append((event.pk, report.counts["sessions"]))

    signals.schedule_imported.connect(hear)
    load(event, xml)
    signals.schedule_imported.disconnect(hear)

    assert heard == [(event.pk, 6)]


def test_a_failing_import_leaves_nothing(event, xml):
    def fail(sender, **kwargs):
        raise RuntimeError

    signals.schedule_imported.connect(fail)
    with pytest.raises(RuntimeError):
        load(event, xml)
    signals.schedule_imported.disconnect(fail)

    assert not (Session.objects.exists() or Room.objects.exists() or Track.objects.exists() or Speaker.objects.exists())


def test_planning_reads_only(event, xml, django_assert_num_queries):
    with django_assert_num_queries(6):
        report = services.plan_import(event, adapters.read(xml)).report

    assert counts(report)["added"] == 6
    assert event.sessions.count() == 0


def test_a_large_import_costs_as_many_queries_as_a_small_one(event, other_event, django_assert_max_num_queries):
    many = [event_xml(guid="", number=f'id="{number}"') for number in range(1, 300)]

    with django_assert_max_num_queries(25):
        load(event, schedule_xml(*many))

    assert event.sessions.count() == 299


# In two steps


def kept(event, xml, by):
    return services.keep_for_review(
        event=event, schedule=adapters.read(xml), content=xml, file_name="freshet.xml", by=by
    )


def test_a_file_is_reviewed_before_anything_is_written(event, xml, organiser):
    row = kept(event, xml, organiser)

    assert len(row.report["added"]) == 17
    assert event.sessions.count() == 0

    services.apply_import(schedule_import=row)

    row = ScheduleImport.objects.get()
    assert event.sessions.count() == 6
    assert row.applied_at is not None
    assert bytes(row.content) == b""


def test_a_file_is_applied_once(event, xml, organiser):
    row = kept(event, xml, organiser)
    services.apply_import(schedule_import=row)

    with pytest.raises(Refused, match="applied"):
        services.apply_import(schedule_import=row)


def test_file_that_was_let_go_is_not_said_to_be_imported(event, xml, organiser):
    row = kept(event, xml, organiser)
    ScheduleImport.objects.all().delete()
    with pytest.raises(Refused) as refused:
        services.apply_import(schedule_import=row)
    assert (refused.value.code, refused.value.status) == ("not_found", 404)


def test_letters_that_no_database_takes_stand_nowhere(event):
    data = own("freshet.json").decode()
    data = data.replace('"id": 106,', '"id": "\\u0000106\\ud83d",').replace('"00:45",', '"00:45", "\\ud83dodd": 1,')
    data = data.replace("0b8f3a52-1a3c-4b0e-9d57-0a6c53a1f006", "\\ud83d\\u0007")

    report = load(event, data.encode())

    assert session(event, "Ponds").source == "id:106"
    assert all(str(remark).isprintable() for remark in report.warnings)


def test_a_session_that_was_taken_off_by_hand_stays_off_when_its_file_comes_again(imported, xml):
    ponds = session(imported, "Ponds")
    imported.sessions.filter(pk=ponds.pk).update(state=Session.State.UNPLACED)

    report = load(imported, xml)

    ponds.refresh_from_db()
    assert (counts(report)["added"], ponds.state) == (0, Session.State.UNPLACED)
