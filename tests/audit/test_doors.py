"""What comes in by the desk, the pages, the API, the socket and the command line is kept; readers see their own."""

import csv
import io
import json
import re

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import Entry
from apps.chat.models import Act
from apps.core.access import Access
from apps.events.doors import desk as desk_door
from apps.events.models import Announcement, Event, EventRole, Registration
from apps.live.commands import attempt
from apps.live.registry import Call, Who, registry
from apps.tracks.models import Track
from tests.factories import chat, tracks
from tests.factories.audit import EntryFactory
from tests.factories.events import AnnouncementFactory, EventFactory, EventRoleFactory, RegistrationFactory
from tests.factories.exhibitors import BoothStaffFactory, ContactRequestFactory
from tests.factories.intake import DeadLetterFactory
from tests.factories.media import AssetFactory

LIST = "admin:audit_entry_changelist"


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def change(client, track, **fields):
    url = reverse("admin:tracks_track_change", args=[track.pk])
    form = {"name_0": "Rivers", "slug": track.slug, "position": 0, "colour": 1, "shape": 1}
    return client.post(url, form | fields, REMOTE_ADDR="192.0.2.7")


def of_event(event, **fields):
    return EntryFactory(event_id=event.pk, organisation_id=event.organisation_id, **fields)


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


def test_list_shows_before_and_after_in_words(event, organiser, enter):
    Event.objects.filter(pk=event.pk).update(state="draft")
    enter(organiser).post(reverse("admin:events_event_step", args=[event.pk, "publish"]))

    html = text(enter(organiser).get(reverse(LIST)))

    assert "<b>State</b> <del>Draft</del> → <ins>Published</ins>" in html
    assert organiser.email in html


def test_list_shows_the_first_changes_and_the_entry_all(event, organiser, enter):
    names = {f"field{number}": "<b>" for number in range(5)}
    entry = of_event(event, before=names, after=names)
    client = enter(organiser)

    listed = text(client.get(reverse(LIST)))
    alone = text(client.get(reverse("admin:audit_entry_change", args=[entry.pk])))

    assert listed.count('<p class="desk-change">') == 3
    assert alone.count('<p class="desk-change">') == 5
    assert "<ins>&lt;b&gt;</ins>" in listed


def test_list_is_of_the_readers_events(event, other_event, organiser, other_organiser, enter):
    of_event(event, words="Trout")
    of_event(other_event, words="Salmon")
    EntryFactory(words="Platform")

    mine, theirs = (text(enter(person).get(reverse(LIST))) for person in (organiser, other_organiser))

    assert "Trout" in mine
    assert "Salmon" not in mine
    assert "Platform" not in mine
    assert "Salmon" in theirs
    assert "Trout" not in theirs


def test_guest_does_not_see_from_which_network(event, organiser, enter):
    guest = EventRoleFactory(event=event, role=EventRole.Role.ORGANISER, user__is_staff=True).user
    track = tracks.TrackFactory(event=event)
    entry = of_event(event, words="Trout", address="192.0.2.7", model="tracks.track", thing=f"tracks.track:{track.pk}")
    pages = (
        reverse(LIST),
        reverse("admin:audit_entry_change", args=[entry.pk]),
        reverse("admin:tracks_track_history", args=[track.pk]),
    )

    for page in pages:
        assert "192.0.2.7" in text(enter(organiser).get(page))
        seen = text(enter(guest).get(page))
        assert "Trout" in seen or "tracks" in page
        assert "192.0.2.7" not in seen

    chosen = {"action": "export_csv", ACTION_CHECKBOX_NAME: [entry.pk]}
    table = b"".join(enter(guest).post(reverse(LIST), chosen).streaming_content).decode()
    assert "Trout" in table
    assert "192.0.2.7" not in table


def test_log_as_a_table_is_read_by_programs(event, organiser, enter):
    entry = of_event(event, before={"name": {"de": "Flüsse"}}, after={"count": 3})

    chosen = {"action": "export_csv", ACTION_CHECKBOX_NAME: [entry.pk]}
    sent = b"".join(enter(organiser).post(reverse(LIST), chosen).streaming_content).decode("utf-8-sig")

    [row] = csv.DictReader(io.StringIO(sent))
    assert row["event"] == event.slug
    assert json.loads(row["before"]) == {"name": {"de": "Flüsse"}}
    assert json.loads(row["after"]) == {"count": 3}


def test_guest_who_organises_one_event_sees_that_one(event, enter):
    sister = EventFactory(organisation=event.organisation)
    of_event(event, words="Trout")
    of_event(sister, words="Salmon")
    EntryFactory(organisation_id=event.organisation_id, words="Tench")
    guest = EventRoleFactory(event=event, role=EventRole.Role.ORGANISER, user__is_staff=True).user

    html = text(enter(guest).get(reverse(LIST)))

    assert "Trout" in html
    assert "Salmon" not in html
    assert "Tench" not in html


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "trou"}, "Trout"),
        ({"q": "ines@weir"}, "Trout"),
        ({"of": "polls.poll"}, "Salmon"),
        ({"kind__exact": "deleted"}, "Salmon"),
        ({"door__exact": "api"}, "Salmon"),
        ({"person": "2"}, "Salmon"),
        ({"at_from": "2026-01-02"}, "Salmon"),
        ({"at_to": "2026-01-02"}, "Trout"),
    ],
)
def test_list_is_narrowed(event, organiser, enter, asked, found):
    of_event(event, words="Trout", at="2026-01-01T12:00:00Z")
    other = {"who": "bram@dock.test", "model": "polls.poll", "kind": "deleted", "door": "api", "who_id": 2}
    of_event(event, words="Salmon", at="2026-01-03T12:00:00Z", **other)

    response = enter(organiser).get(reverse(LIST), asked)

    assert response.status_code == 200
    assert [entry.words for entry in response.context["cl"].result_list] == [found]


def test_list_is_narrowed_to_an_event(event, organiser, enter):
    sister = EventFactory(organisation=event.organisation)
    of_event(event, words="Trout")
    of_event(sister, words="Salmon")

    response = enter(organiser).get(reverse(LIST), {"event": event.pk})

    assert [entry.words for entry in response.context["cl"].result_list] == ["Trout"]


@pytest.mark.parametrize("words", ["'", "'':*", "\\", "a & b", "!x", "%", "x" * 3000])
def test_search_takes_whatever_is_typed(event, organiser, enter, words):
    of_event(event)

    assert enter(organiser).get(reverse(LIST), {"q": words}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(event, organiser, enter, count):
    for _number in range(count):
        of_event(event, after={"event_id": event.pk, "title": "x"})
    client = enter(organiser)
    client.get(reverse(LIST))

    with CaptureQueriesContext(connection) as told:
        client.get(reverse(LIST))

    assert len(told) == 13, "\n".join(query["sql"] for query in told)
    whole = [query["sql"] for query in told if "count" in query["sql"].lower() and "audit_entry" in query["sql"]]
    assert all("LIMIT 10000" in sql for sql in whole)


def test_nobody_adds_changes_or_deletes(event, organiser, enter):
    entry = of_event(event)
    organiser.is_superuser = True
    organiser.save()
    client = enter(organiser)

    assert client.get(reverse("admin:audit_entry_add")).status_code == 403
    assert client.post(reverse("admin:audit_entry_change", args=[entry.pk]), {"who": "x"}).status_code == 403
    assert client.post(reverse("admin:audit_entry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in text(client.get(reverse(LIST)))


def test_history_of_a_thing_tells_of_it_and_what_belongs_to_it(event, organiser, enter):
    track = tracks.TrackFactory(event=event)
    thing = f"tracks.track:{track.pk}"
    of_event(event, model="tracks.track", thing=thing, words="Rivers", before={"position": 1}, after={"position": 2})
    of_event(event, model="tracks.session", thing="tracks.session:9", owner=thing, words="Belongs")
    of_event(event, model="tracks.track", thing=f"{thing}1", words="Elsewhere")

    html = text(enter(organiser).get(reverse("admin:tracks_track_history", args=[track.pk])))

    assert '<th scope="row">Order</th><td><bdi>1</bdi></td><td><bdi>2</bdi></td>' in html
    assert "Belongs" in html
    assert "Elsewhere" not in html


def test_history_has_pages(event, organiser, enter, monkeypatch):
    monkeypatch.setattr(desk_door, "A_PAGE", 2)
    track = tracks.TrackFactory(event=event)
    for number in range(3):
        of_event(event, model="tracks.track", thing=f"tracks.track:{track.pk}", words=f"Act {number}")
    client, url = enter(organiser), reverse("admin:tracks_track_history", args=[track.pk])

    newest, rest = text(client.get(url)), text(client.get(url, {"page": 2}))

    assert ["Act 2" in newest, "Act 1" in newest, "Act 0" in newest, "Older" in newest] == [True, True, False, True]
    assert ["Act 1" in rest, "Act 0" in rest, "Newer" in rest] == [False, True, True]
    assert client.get(url, {"page": "9" * 5000}).status_code == 200


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


def test_history_without_acts_says_so(event, organiser, enter):
    announcement = AnnouncementFactory(event=event)
    assert Announcement.objects.exists()

    html = text(enter(organiser).get(reverse("admin:events_announcement_history", args=[announcement.pk])))

    assert "Nothing was changed here yet" in html
