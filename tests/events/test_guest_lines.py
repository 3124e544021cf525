"""What is told of a list of guests: so much of it as is asked for, and nothing of it after some weeks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core import clock
from apps.events import selectors, services
from apps.events.models import Event, GuestBatch, GuestList
from apps.events.services import guests as inviting
from apps.events.tasks import do_round

LISTS = "/api/v1/events/freshet/desk/guest-lists/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


def read(event, organiser, text):
    return services.read_guests(event, data=text.encode(), name="guests.csv", by=organiser)


@pytest.fixture
def half_done(event, organiser):
    """Twenty-five people and a line that names nobody; one place is left, and twenty people had their turn."""
    Event.objects.update(capacity=1)
    event.refresh_from_db()
    lines = [f"guest{number}@example.org" for number in range(25)]
    found = read(event, organiser, "\n".join(["email", *lines[:3], "nobody", *lines[3:]]) + "\n")
    services.invite_guests(found, by=organiser)
    services.invite_some(found.pk)
    found.refresh_from_db()
    return found


def test_lines_go_on_behind_those_that_were_read(half_done):
    first = selectors.guest_lines(half_done, limit=4)
    assert [(one.line, one.email[:6], one.result) for one in first] == [
        (2, "guest0", "invited"),
        (3, "guest1", "refused"),
        (4, "guest2", "refused"),
        (5, "", "wrong"),
    ]
    assert [one.line for one in selectors.guest_lines(half_done, after=5, limit=2)] == [6, 7]
    assert [one.line for one in selectors.guest_lines(half_done, result="not yet")] == [23, 24, 25, 26, 27]
    assert len(selectors.guest_lines(half_done)) == 26


def test_remarks_begin_with_what_went_wrong(half_done):
    told = [(one.line, one.result) for one in selectors.guest_remarks(half_done, limit=22)]
    wrong = [(line, "wrong" if line == 5 else "refused") for line in range(3, 23)]
    assert told == [*wrong, (23, "not yet"), (24, "not yet")]


def test_list_of_which_all_went_well_has_no_remarks_and_asks_for_none(event, organiser, django_assert_num_queries):
    found = read(event, organiser, "email\na@example.org\n")
    services.invite_guests(found, by=organiser)
    services.invite_all(found.pk)
    found.refresh_from_db()
    with django_assert_num_queries(0):
        assert selectors.guest_remarks(found, limit=500) == []


@pytest.mark.parametrize("path", ["", "lines/", "lines/?result=refused&limit=2"])
def test_asking_how_far_a_list_is_does_not_read_it_whole(half_done, client, path):
    with CaptureQueriesContext(connection) as queries:
        told = client.get(f"{LISTS}{half_done.pk}/{path}")
    assert told.status_code == 200
    asked = [query["sql"] for query in queries]
    assert not [sql for sql in asked if '"rows"' in sql or '"outcomes"' in sql]
    assert len([sql for sql in asked if "jsonb_array_elements" in sql]) == 1


def test_counts_stand_beside_the_report(half_done, client):
    told = client.get(f"{LISTS}{half_done.pk}/").json()
    assert (told["people"], told["done"], told["invited"], told["known"], told["wrong"]) == (25, 20, 1, 0, 1)
    assert [row["line"] for row in told["report"]] == [*range(3, 28)]


def test_every_line_is_told_once_however_they_are_paged(half_done, client):
    lines, after = [], 0
    while after is not None:
        page = client.get(f"{LISTS}{half_done.pk}/lines/", {"after": after, "limit": 13}).json()
        lines += [row["line"] for row in page["lines"]]
        after = page["next_after"]
    assert lines == [*range(2, 28)]


# Forgotten ------------------------------------------------------------------------------------------------------------
def long_ago():
    GuestList.objects.update(touched_at=clock.now() - inviting.KEPT)


def test_people_of_a_list_are_forgotten_after_some_weeks_and_its_numbers_stay(half_done, client):
    services.invite_all(half_done.pk)
    do_round()
    half_done.refresh_from_db()
    assert (half_done.forgotten_at, len(half_done.rows)) == (None, 25)

    long_ago()
    do_round()

    half_done.refresh_from_db()
    assert (half_done.rows, half_done.problems, GuestBatch.objects.count()) == ([], [], 0)
    assert (half_done.people, half_done.invited, half_done.refused, half_done.wrong) == (25, 1, 24, 1)
    told = client.get(f"{LISTS}{half_done.pk}/").json()
    assert (told["report"], told["forgotten_at"] is None) == ([], False)
    page = client.get(reverse("admin:events_guestlist_change", args=[half_done.pk])).content.decode()
    assert "It is forgotten; the numbers stay." in page
    assert "guest1@example.org" not in page


def test_list_of_which_nobody_was_invited_goes_whole(event, organiser):
    read(event, organiser, "email\na@example.org\n")
    assert services.forget_guests() == 0
    long_ago()
    assert services.forget_guests() == 1
    assert not GuestList.objects.exists()


def test_list_that_is_under_way_is_not_forgotten(half_done):
    long_ago()
    assert services.forget_guests() == 0
    half_done.refresh_from_db()
    assert len(half_done.rows) == 25
