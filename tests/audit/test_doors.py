"""What comes in by the desk, the pages, the API, the socket and the command line is kept; readers see their own."""

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.management import call_command
from django.urls import reverse

from apps.audit.models import Entry
from apps.chat.models import Act
from apps.core.access import Access
from apps.events.models import Registration
from apps.live.commands import attempt
from apps.live.registry import Call, Who, registry
from apps.tracks.models import Track
from tests.factories import chat, tracks
from tests.factories.events import RegistrationFactory
from tests.factories.exhibitors import BoothStaffFactory, ContactRequestFactory
from tests.factories.intake import DeadLetterFactory
from tests.factories.media import AssetFactory


def change(client, track, **fields):
    url = reverse("admin:tracks_track_change", args=[track.pk])
    form = {"name_0": "Rivers", "slug": track.slug, "position": 0, "colour": 1, "shape": 1}
    return client.post(url, form | fields, REMOTE_ADDR="192.0.2.7")


def test_form_of_the_desk_is_kept(event, organiser, enter):
    track = tracks.TrackFactory(event=event, name="Streams")

    assert change(enter(organiser), track, position=3).status_code == 302

    entry = Entry.objects.get(model="tracks.track")
    assert (entry.who, entry.who_id, entry.door, entry.address) == (organiser.email, organiser.pk, "desk", "192.0.2.7")
    assert entry.place == "admin:tracks_track_change"
    assert entry.after["position"] == 3


def test_form_that_is_refused_leaves_nothing(event, organiser, enter):
    track = tracks.TrackFactory(event=event, name="Streams")

    assert change(enter(organiser), track, position="far").status_code == 200
    assert not Entry.objects.exists()


def test_deletion_at_the_desk_is_kept(event, organiser, enter):
    track = tracks.TrackFactory(event=event, name="Streams")

    enter(organiser).post(reverse("admin:tracks_track_delete", args=[track.pk]), {"post": "yes"})

    assert not Track.objects.exists()
    assert Entry.objects.get(model="tracks.track").kind == "deleted"


def test_chosen_rows_that_are_deleted_are_kept(event, organiser, enter):
    chosen = tracks.TrackFactory.create_batch(2, event=event)
    body = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [track.pk for track in chosen]}
    client = enter(organiser)

    client.post(reverse("admin:tracks_track_changelist"), body)
    assert not Entry.objects.exists()

    client.post(reverse("admin:tracks_track_changelist"), {**body, "post": "yes"})

    assert Entry.objects.filter(kind="deleted", model="tracks.track").count() == 2
    assert Entry.objects.get(kind="done").words == "Delete selected tracks"


def test_step_of_an_event_is_kept(event, organiser, enter):
    enter(organiser).post(reverse("admin:events_event_step", args=[event.pk, "end"]))

    entry = Entry.objects.get()
    assert (entry.before, entry.after) == ({"state": "published"}, {"state": "ended"})


def test_bulk_action_is_kept_with_how_many_it_chose(event, organiser, enter):
    places = RegistrationFactory.create_batch(2, event=event)
    body = {"action": "export_csv", ACTION_CHECKBOX_NAME: [place.pk for place in places]}

    response = enter(organiser).post(reverse("admin:events_registration_changelist"), body)

    assert response.headers["Content-Type"].startswith("text/csv")
    entry = Entry.objects.get()
    assert (entry.kind, entry.words, entry.model) == ("done", "Export as CSV", "events.registration")
    assert (entry.event_id, entry.organisation_id) == (event.pk, event.organisation_id)
    assert entry.after == {"action": "export_csv", "rows": 2}


def test_bulk_action_that_only_asks_is_not_kept(event, organiser, enter):
    place = RegistrationFactory(event=event)
    body = {"action": "cancel_places", ACTION_CHECKBOX_NAME: [place.pk]}
    client = enter(organiser)

    client.post(reverse("admin:events_registration_changelist"), body)
    assert not Entry.objects.exists()

    client.post(reverse("admin:events_registration_changelist"), {**body, "confirmed": "1"})
    assert Registration.objects.get().state == "cancelled"
    assert Entry.objects.get(kind="changed").after == {"state": "cancelled"}
    assert Entry.objects.get(kind="done").after["rows"] == 1


def test_table_that_is_not_watched_is_kept_by_the_desk(event, organiser, enter):
    letter = DeadLetterFactory(event_id=event.pk)
    body = {"action": "throw_away", "confirmed": "1", ACTION_CHECKBOX_NAME: [letter.pk]}

    enter(organiser).post(reverse("admin:intake_deadletter_changelist"), body)

    entry = Entry.objects.get(kind="deleted")
    assert (entry.who, entry.words, entry.before) == (organiser.email, str(letter), None)
    assert entry.organisation_id == event.organisation_id


def test_page_of_moderators_is_kept(event, moderator, enter):
    room = chat.RoomFactory(event=event, owner="lobby")

    enter(moderator).post(reverse("chat:rules", args=[event.slug, room.pk]), {"slow": "30"})

    changed = Entry.objects.get(model="chat.room")
    assert (changed.who, changed.door, changed.after["slow_seconds"]) == (moderator.email, "page", 30)
    assert Entry.objects.get(model="chat.act").owner == ""
    assert Act.objects.exists()


def test_table_that_is_taken_away_is_kept(event, moderator, enter):
    client = enter(moderator)
    client.get(reverse("chat:log", args=[event.slug]))
    assert not Entry.objects.exists()

    assert b"".join(client.get(reverse("chat:log_csv", args=[event.slug])))

    entry = Entry.objects.get()
    assert (entry.kind, entry.who, entry.event_id) == ("done", moderator.email, event.pk)
    assert entry.after["file"].startswith(f"moderation-{event.slug}")


def test_looking_is_not_kept(event, moderator, enter):
    """That they came in is written, and was nobody's decision."""
    place = RegistrationFactory(event=event, user=moderator)

    assert enter(moderator).get(reverse("venue:lobby", args=[event.slug])).status_code == 200

    place.refresh_from_db()
    assert place.joined_at
    assert not Entry.objects.exists()


def test_api_is_kept(event, moderator, enter):
    room = chat.RoomFactory(event=event, owner="lobby")
    url = reverse("api:chat-rules", args=[event.slug, room.pk])

    response = enter(moderator).put(url, {"open": False, "slow": 0}, content_type="application/json")

    assert response.status_code == 200, response.content
    assert Entry.objects.get(model="chat.room").door == "api"


def test_attendee_is_not_kept(event, attendee, enter):
    client = enter(attendee)

    client.post(reverse("events:me", args=[event.slug]), {"do": "cancel"})

    assert not Entry.objects.exists()


def test_command_of_the_socket_is_kept(event, moderator, attendee):
    room = chat.RoomFactory(event=event, owner="lobby")
    command = registry.commands["chat.rules"]
    assert command.access is Access.MODERATOR
    who = Who(moderator.pk, event.pk, "Lucille", frozenset({"moderator"}), event.live_epoch)

    attempt(command, [Call(who, command.Body(room=room.pk, slow=30), "1", "192.0.2.9")])

    entry = Entry.objects.get(model="chat.room")
    assert (entry.who, entry.who_id, entry.door, entry.place) == (moderator.email, moderator.pk, "live", "chat.rules")
    assert entry.address == "192.0.2.9"


def test_batch_of_the_socket_is_kept_by_person(event, moderator, organiser):
    rooms = [chat.RoomFactory(event=event, owner=f"session/{number}") for number in (1, 2)]
    command = registry.commands["chat.rules"]
    people = [
        Who(person.pk, event.pk, person.name, frozenset({"moderator"}), event.live_epoch)
        for person in (moderator, organiser)
    ]

    answers = attempt(
        command,
        [Call(who, command.Body(room=room.pk, slow=30), "1") for who, room in zip(people, rooms, strict=True)],
    )

    assert len(answers) == 2
    kept = {entry.thing: entry.who_id for entry in Entry.objects.filter(model="chat.room")}
    assert kept == {
        f"chat.room:{room.pk}": person.pk for person, room in zip((moderator, organiser), rooms, strict=True)
    }


def test_command_line_is_kept(db, capsys):
    call_command("create_organiser", "--email", "ines@weir.test", "--organisation", "Weir Society")

    entry = Entry.objects.get(model="events.organisation")
    assert (entry.door, entry.place, entry.words) == ("command", "create_organiser", "Weir Society")
    assert entry.who


def test_form_of_an_unwatched_table_is_kept_with_both_sides(event, organiser, enter):
    asset = AssetFactory(event=event, title="Levee", is_public=False)

    enter(organiser).post(reverse("admin:media_asset_change", args=[asset.pk]), {"title": "Weir", "is_public": "on"})

    entry = Entry.objects.get(kind="changed", model="media.asset")
    assert (entry.before, entry.after) == (
        {"title": "Levee", "is_public": False},
        {"title": "Weir", "is_public": True},
    )


def test_booth_that_answers_is_kept(event, exhibitor, enter):
    asked = ContactRequestFactory(booth__event=event)
    BoothStaffFactory(booth=asked.booth, user=exhibitor)
    url = reverse("exhibitors:desk_request", args=[event.slug, asked.booth.slug, asked.pk])

    enter(exhibitor).post(url, {"answer": "On Tuesday", "do": "answer"})

    entry = Entry.objects.get(model="exhibitors.contactrequest")
    assert (entry.who, entry.before["answer"], entry.after["answer"]) == (exhibitor.email, "", "On Tuesday")
    assert entry.after["answered_by_id"] == exhibitor.pk
