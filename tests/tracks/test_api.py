"""The agenda over REST."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.tracks.models import Session, Star
from tests.factories.tracks import (
    RoomFactory,
    SessionFactory,
    SessionLinkFactory,
    SessionSpeakerFactory,
    SpeakerFactory,
    StarFactory,
    TagFactory,
    TrackFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sessions(event):
    return f"/api/v1/events/{event.slug}/sessions/"


@pytest.fixture
def session(event):
    return SessionFactory(
        event=event, slug="high-water", title="High water", track=TrackFactory(event=event, slug="rivers")
    )


def slugs(client, address):
    return [row["slug"] for row in client.get(address).json()["results"]]


def test_a_session_is_told_with_its_people_and_links(session, sessions, visitor):
    SessionSpeakerFactory(session=session, speaker__name="Amara Lindqvist", speaker__slug="amara")
    SessionLinkFactory(session=session, title="Gauges")

    body = visitor.get(f"{sessions}high-water/").json()

    assert body["title"] == "High water"
    assert (body["track"], body["phase"], body["state"]) == ("rivers", "running", "planned")
    assert body["speakers"] == [{"slug": "amara", "name": "Amara Lindqvist"}]
    assert [link["title"] for link in body["links"]] == ["Gauges"]


def test_sessions_come_in_the_order_of_time_and_page_by_page(event, sessions, visitor):
    for number in (3, 1, 2):
        start = event.starts_at + timedelta(hours=number)
        SessionFactory(event=event, slug=f"s{number}", starts_at=start, ends_at=start + timedelta(minutes=5))

    assert slugs(visitor, sessions) == ["s1", "s2", "s3"]
    first = visitor.get(f"{sessions}?limit=1").json()
    second = visitor.get(first["next"]).json()
    assert [row["slug"] for row in second["results"]] == ["s2"]
    assert slugs(visitor, second["previous"]) == ["s1"]


@pytest.mark.parametrize(
    "query",
    [
        "track=rivers",
        "room=weir",
        "speaker=amara",
        "kind=Talk",
        "language=pt",
        "tag=floods",
        "starred=true",
        "q=agua",
        "state=cancelled",
        "day=2031-05-06",
    ],
)
def test_a_list_is_narrowed(event, sessions, attendee, enter, query):
    wanted = SessionFactory(
        event=event, slug="wanted", kind="Talk", language="pt",
        track=TrackFactory(event=event, slug="rivers"), room=RoomFactory(event=event, slug="weir"),
        title="Água alta", state=Session.State.CANCELLED, starts_at=datetime(2031, 5, 6, 10, tzinfo=UTC),
    )  # fmt: skip
    SessionSpeakerFactory(session=wanted, speaker=SpeakerFactory(event=event, slug="amara"))
    wanted.tags.add(TagFactory(event=event, name="floods"))
    StarFactory(session=wanted, user=attendee)
    SessionFactory(event=event, slug="other")

    assert slugs(enter(attendee), f"{sessions}?{query}") == ["wanted"]


def test_speakers_are_found_by_every_word(event, visitor):
    for name in ("Amara Lindqvist", "Amara Okoro"):
        SessionSpeakerFactory(session__event=event, speaker__name=name, speaker__slug=name.split()[1].lower())

    assert slugs(visitor, f"/api/v1/events/{event.slug}/speakers/?q=amara okoro") == ["okoro"]


def test_only_the_fields_are_given_that_were_asked_for(session, sessions, visitor):
    assert visitor.get(f"{sessions}?fields=slug,track").json()["results"] == [{"slug": "high-water", "track": "rivers"}]
    assert visitor.get(f"{sessions}high-water/?fields=links,title").json() == {"title": "High water", "links": []}


def test_a_field_that_is_not_there_is_refused_by_name(sessions, visitor):
    problem = visitor.get(f"{sessions}?fields=slug,salary").json()
    assert (problem["status"], problem["code"]) == (400, "invalid")
    assert problem["errors"]["fields"][0].startswith("There is no field salary here. There are: slug, guid,")


def test_a_cursor_that_was_written_by_hand_is_refused(sessions, visitor):
    for cursor in ("cD1uZXZlcg%3D%3D", "cD0lMDA%3D", "never", "%C3%A9"):
        answer = visitor.get(f"{sessions}?cursor={cursor}")
        assert (answer.status_code, answer.json()["errors"].keys()) == (400, {"cursor"}), cursor


def test_a_query_that_makes_no_sense_is_refused(sessions, visitor):
    assert visitor.get(f"{sessions}?starts_after=yesterday").status_code == 400


def test_withdrawn_sessions_are_gone_and_cancelled_ones_say_so(event, sessions, visitor):
    SessionFactory(event=event, slug="off", state=Session.State.CANCELLED)
    SessionFactory(event=event, slug="gone", state=Session.State.WITHDRAWN)

    assert slugs(visitor, sessions) == ["off"]
    assert visitor.get(f"{sessions}gone/").status_code == 404


def test_a_star_is_put_and_taken(session, sessions, attendee, enter):
    client = enter(attendee)
    other = SessionFactory(event=session.event, slug="low-water")
    StarFactory(session=other, user=attendee)

    put = client.put(f"{sessions}high-water/star/").json()

    assert put["starred"] is True
    assert [clash["slug"] for clash in put["clashes"]] == ["low-water"]
    assert client.delete(f"{sessions}high-water/star/").json() == {"starred": False, "clashes": []}
    assert list(Star.objects.values_list("session", flat=True)) == [other.pk]


def test_who_is_not_of_the_event_stars_nothing(session, sessions, visitor, outsider, enter):
    assert visitor.put(f"{sessions}high-water/star/").status_code in (401, 403)
    assert enter(outsider).put(f"{sessions}high-water/star/").status_code == 403
    assert not Star.objects.exists()


def test_another_events_session_is_unknown(session, other_event, attendee, enter, visitor):
    there = f"/api/v1/events/{other_event.slug}/sessions/high-water/"

    assert visitor.get(there).status_code == 404
    assert enter(attendee).put(f"{there}star/").status_code in (403, 404)


def test_speakers_are_those_who_speak(event, visitor):
    SessionSpeakerFactory(session__event=event, session__slug="talk", speaker__slug="amara")
    SpeakerFactory(event=event, slug="idle")
    address = f"/api/v1/events/{event.slug}/speakers/"

    assert slugs(visitor, address) == ["amara"]
    assert [one["slug"] for one in visitor.get(f"{address}amara/").json()["sessions"]] == ["talk"]
    assert visitor.get(f"{address}idle/").status_code == 404


def test_tracks_and_rooms_are_listed(event, visitor):
    TrackFactory(event=event, slug="rivers")
    RoomFactory(event=event, slug="weir")

    assert slugs(visitor, f"/api/v1/events/{event.slug}/tracks/") == ["rivers"]
    assert slugs(visitor, f"/api/v1/events/{event.slug}/rooms/") == ["weir"]


@pytest.mark.parametrize("what", ["sessions", "speakers", "tracks", "rooms"])
def test_a_list_costs_the_same_for_one_and_for_three(event, visitor, what, django_assert_num_queries):
    address = f"/api/v1/events/{event.slug}/{what}/"
    counts = []
    for more in (1, 2):
        for _number in range(more):
            spoken = SessionSpeakerFactory(session__event=event, session__track=TrackFactory(event=event))
            spoken.session.tags.add(TagFactory(event=event))
        visitor.get(address)
        with django_assert_num_queries(8, exact=False) as counted:
            visitor.get(address)
        counts.append(len(counted))
    assert counts[0] == counts[1]
