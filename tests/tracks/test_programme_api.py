"""The agenda made, changed and imported by call, for those who run the event."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.errors import Refused
from apps.tracks import services
from apps.tracks.models import Opening, Room, ScheduleImport, Session, Speaker, Track
from tests.access.test_tokens import program
from tests.factories.accounts import UserFactory
from tests.factories.events import TicketKindFactory
from tests.factories.tracks import RoomFactory, SessionFactory, SpeakerFactory, TrackFactory
from tests.tracks.samples import event_xml, schedule_xml

JSON = "application/json"
DESK = "/api/v1/events/freshet/desk"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.fixture
def hall(event):
    return RoomFactory(event=event, slug="hall", name="Hall")


def at(event, hours, length=1):
    begins = event.starts_at + timedelta(hours=hours)
    return {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=length)).isoformat()}


def test_track_gets_an_address_and_a_look_of_its_own(client, event):
    first = client.post(f"{DESK}/tracks/", {"name": "Rivers"}, content_type=JSON)
    second = client.post(f"{DESK}/tracks/", {"name": {"en": "Lakes"}, "slug": "lakes"}, content_type=JSON)
    looks = {(made.json()["colour"], made.json()["shape"]) for made in (first, second)}
    assert (first.status_code, first.json()["slug"], len(looks)) == (201, "rivers", 2)
    chosen = client.post(f"{DESK}/tracks/", {"name": "Seas", "colour": 5, "shape": 3}, content_type=JSON).json()
    assert (chosen["colour"], chosen["shape"]) == (5, 3)


def test_two_tracks_do_not_differ_by_case_alone(client, event):
    TrackFactory(event=event, name="Rivers")
    refused = client.post(f"{DESK}/tracks/", {"name": "rivers"}, content_type=JSON)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["name"])


def test_room_is_changed_and_stays_while_sessions_are_in_it(client, event, hall):
    session = SessionFactory(event=event, room=hall)
    path = f"{DESK}/rooms/hall/"
    said = {"description": "<p>Left</p><script>x</script>", "name": "hall"}
    found = client.patch(path, said, content_type=JSON).json()
    assert (found["name"], "script" in found["description"]["en"]) == ({"en": "hall"}, False)
    refused = client.delete(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "room.in_use")
    session.delete()
    assert client.delete(path).status_code == 204
    assert not Room.objects.exists()


def test_speaker_is_made_with_an_account_of_the_event(client, event, attendee):
    given = {"name": "Amara", "title": "Hydrologist", "person": attendee.pk}
    made = client.post(f"{DESK}/speakers/", given, content_type=JSON)
    assert (made.status_code, made.json()["slug"], made.json()["person"]) == (201, "amara", attendee.pk)
    stranger = client.patch(f"{DESK}/speakers/amara/", {"person": UserFactory().pk}, content_type=JSON)
    assert (stranger.status_code, list(stranger.json()["errors"])) == (400, ["person"])
    assert client.delete(f"{DESK}/speakers/amara/").status_code == 204
    assert not Speaker.objects.exists()


def test_session_is_made_and_told_what_it_clashes_with(client, event, hall):
    TrackFactory(event=event, slug="rivers")
    one, two = SpeakerFactory(event=event), SpeakerFactory(event=event)
    given = {
        **at(event, 2), "title": "Reading a river", "room": "hall", "track": "rivers", "tags": ["water"],
        "speakers": [two.slug, one.slug],
    }  # fmt: skip
    made = client.post(f"{DESK}/sessions/", given, content_type=JSON)
    found = made.json()
    assert (made.status_code, found["slug"], found["clashes"]) == (201, "reading-a-river", [])
    assert (found["speakers"], found["tags"], found["track"]) == ([two.slug, one.slug], ["water"], "rivers")
    other = client.post(
        f"{DESK}/sessions/", {**at(event, 2), "title": "Rain", "room": "hall"}, content_type=JSON
    ).json()
    assert other["clashes"] == ["“Reading a river” and “Rain” are in Hall at the same time."]


def test_session_is_moved_only_from_where_it_was_seen(client, event, hall):
    session = SessionFactory(event=event, room=hall, slug="rain")
    path = f"{DESK}/sessions/rain/"
    seen = client.get(path).json()["spot"]
    moved = client.patch(path, {**at(event, 5), "seen": seen}, content_type=JSON)
    late = client.patch(path, {**at(event, 7), "seen": seen}, content_type=JSON)
    assert (moved.status_code, late.status_code, late.json()["code"]) == (200, 409, "session.moved")
    session.refresh_from_db()
    assert session.starts_at == event.starts_at + timedelta(hours=5)
    assert client.patch(path, {"subtitle": "And why", "seen": seen}, content_type=JSON).status_code == 200


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"room": "nowhere"}, "room"),
        ({"track": "nothing"}, "track"),
        ({"speakers": ["nobody"]}, "speakers"),
        ({"video": "no-film"}, "video"),
        ({"seen": "there"}, "seen"),
    ],
)
def test_session_is_made_of_what_the_event_has(client, event, hall, said, field):
    given = {**at(event, 2), "title": "Rain", "room": "hall", **said}
    refused = client.post(f"{DESK}/sessions/", given, content_type=JSON)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
    assert not Session.objects.exists()


def test_session_ends_after_it_begins(client, event, hall):
    refused = client.post(
        f"{DESK}/sessions/", {**at(event, 2, length=-1), "title": "Rain", "room": "hall"}, content_type=JSON
    )
    assert refused.status_code == 400


def test_session_far_from_its_event_is_refused(client, event, hall):
    made = client.post(f"{DESK}/sessions/", {"title": "Rain", "room": "hall", **at(event, 24 * 90)}, content_type=JSON)
    assert (made.status_code, made.json()["code"], made.json()["field"]) == (400, "session.far", "starts_at")
    session = SessionFactory(event=event)
    moved = client.patch(f"{DESK}/sessions/{session.slug}/", at(event, -24 * 90), content_type=JSON)
    assert (moved.status_code, moved.json()["code"]) == (400, "session.far")


def test_session_out_of_reach_is_refused_by_field(client, event, hall):
    said = {"title": "Rain", "room": "hall", "starts_at": "9999-12-31T22:30:00Z", "ends_at": "9999-12-31T23:30:00Z"}
    refused = client.post(f"{DESK}/sessions/", said, content_type=JSON)
    assert (refused.status_code, sorted(refused.json()["errors"])) == (400, ["ends_at", "starts_at"])


def test_times_that_somebody_else_set_meanwhile_are_a_refusal(event):
    session = SessionFactory(event=event)
    Session.objects.update(starts_at=session.ends_at - timedelta(minutes=1))
    session.ends_at -= timedelta(minutes=2)
    with pytest.raises(Refused) as refused:
        services.save_session(session, changed={"ends_at"})
    assert (refused.value.code, refused.value.status) == ("session.moved", 409)


def test_waiting_session_is_listed_to_organisers_alone(client, event, hall, visitor):
    SessionFactory(event=event, room=hall, slug="rain", state="unplaced")
    assert [row["slug"] for row in client.get(f"{DESK}/sessions/", {"state": "unplaced"}).json()["results"]] == ["rain"]
    assert visitor.get("/api/v1/events/freshet/sessions/").json()["results"] == []


def test_part_of_another_event_is_neither_changed_nor_deleted(client, other_event):
    track, session = TrackFactory(event=other_event), SessionFactory(event=other_event)
    for path in (f"tracks/{track.slug}", f"rooms/{session.room.slug}", f"sessions/{session.slug}"):
        assert client.delete(f"{DESK}/{path}/").status_code == 404
        assert client.patch(f"{DESK}/{path}/", {}, content_type=JSON).status_code == 404
    assert (Track.objects.count(), Session.objects.count()) == (1, 1)


def test_agenda_is_changed_with_its_own_scope_alone(event, moderator, organiser, enter):
    given = {"name": "Rivers"}
    starring = program(organiser, "agenda:read", "agenda:write").post(f"{DESK}/tracks/", given, content_type=JSON)
    assert (starring.status_code, starring.json()["code"]) == (403, "token.scope")
    assert enter(moderator).post(f"{DESK}/tracks/", given, content_type=JSON).status_code == 403
    assert not Track.objects.exists()


def test_schedule_is_read_compared_and_applied_once(client, event):
    file = SimpleUploadedFile("schedule.xml", schedule_xml(event_xml()))
    read = client.post(f"{DESK}/schedule-imports/", {"file": file})
    found = read.json()
    assert (read.status_code, found["applied_at"], found["counts"]["added"] > 0) == (201, None, True)
    assert not Session.objects.exists()
    path = f"{DESK}/schedule-imports/{found['id']}/"
    assert client.post(f"{path}apply/").json()["applied_at"] is not None
    assert Session.objects.filter(event=event).count() == 1
    again = client.post(f"{path}apply/")
    assert (again.status_code, again.json()["code"]) == (409, "import.applied")
    assert client.delete(path).status_code == 204
    assert (client.get(path).status_code, Session.objects.filter(event=event).count()) == (404, 1)


def test_report_is_told_in_the_language_of_who_asks(client, event):
    data = schedule_xml(event_xml(inner="<mood>calm</mood>"))
    found = client.post(f"{DESK}/schedule-imports/", {"file": SimpleUploadedFile("schedule.xml", data)}).json()
    path = f"{DESK}/schedule-imports/{found['id']}/"
    told = {code: client.get(path, headers={"Accept-Language": code}).json()["report"] for code in ("en", "de")}
    assert told["en"]["warnings"][0]["message"] == "<mood> is not known in this format and is left out"
    assert told["de"]["warnings"][0]["message"].startswith("<mood> ist in diesem Format")
    fields = {
        code: [edit["field"] for entry in report["added"] for edit in entry["edits"]] for code, report in told.items()
    }
    assert fields == {"en": ["time", "room"], "de": ["Zeit", "Raum"]}


def test_file_that_is_no_schedule_is_refused(client, event):
    refused = client.post(f"{DESK}/schedule-imports/", {"file": SimpleUploadedFile("a.xml", b"<no>")})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["file"])
    assert not ScheduleImport.objects.exists()


def test_ticket_opens_what_organisers_say(client, event, hall, visitor):
    ticket = TicketKindFactory(event=event, opens_programme=False)
    for slug in ("rivers", "lakes"):
        TrackFactory(event=event, slug=slug, name=slug)
    SessionFactory(event=event, room=hall, slug="rain", title="Rain")
    SessionFactory(event=event, room=hall, slug="hail", state="unplaced")
    path, public = f"{DESK}/tickets/{ticket.pk}/opens/", f"/api/v1/events/freshet/tickets/{ticket.pk}/opens/"
    client.put(path, {"tracks": ["rivers"], "sessions": ["rain"]}, content_type=JSON)
    found = client.put(path, {"tracks": ["rivers", "lakes"], "sessions": ["hail"]}, content_type=JSON).json()
    assert {track["slug"] for track in found["tracks"]} == {"rivers", "lakes"}
    assert [session["slug"] for session in found["sessions"]] == ["hail"]
    assert visitor.get(public).json()["sessions"] == []
    assert Opening.objects.filter(ticket=ticket).count() == 3
    refused = client.put(path, {"tracks": ["seas"]}, content_type=JSON)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["tracks"])


def test_ticket_of_another_event_opens_nothing_here(client, event, other_event):
    ticket = TicketKindFactory(event=other_event)
    assert client.put(f"{DESK}/tickets/{ticket.pk}/opens/", {}, content_type=JSON).status_code == 404
    assert client.get(f"/api/v1/events/freshet/tickets/{ticket.pk}/opens/").status_code == 404
