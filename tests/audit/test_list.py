"""The log at the desk: who reads which lines, in which words, and how they are found."""

import csv
import io
import json
import re

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.events.doors import desk as desk_door
from apps.events.models import Announcement, Event, EventRole
from tests.factories import tracks
from tests.factories.audit import EntryFactory
from tests.factories.events import AnnouncementFactory, EventFactory, EventRoleFactory

LIST = "admin:audit_entry_changelist"


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def of_event(event, **fields):
    return EntryFactory(event_id=event.pk, organisation_id=event.organisation_id, **fields)


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

    assert len(told) == 12, "\n".join(query["sql"] for query in told)
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


def test_history_without_acts_says_so(event, organiser, enter):
    announcement = AnnouncementFactory(event=event)
    assert Announcement.objects.exists()

    html = text(enter(organiser).get(reverse("admin:events_announcement_history", args=[announcement.pk])))

    assert "Nothing was changed here yet" in html
