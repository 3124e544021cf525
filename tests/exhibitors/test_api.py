"""Booths over REST."""

import pytest

from tests.factories.exhibitors import BoothFactory, BoothStaffFactory

QUESTION = {"message": "Which maps show 1953?", "name": "Nadia", "email": "nadia@example.org", "consent": True}


@pytest.fixture
def booths(event):
    return f"/api/v1/events/{event.slug}/booths/"


def test_list_costs_the_same_for_one_and_for_three(event, booths, visitor, django_assert_num_queries):
    counts = []
    for more in (1, 2):
        for _booth in range(more):
            BoothStaffFactory(booth__event=event)
        visitor.get(booths)
        with django_assert_num_queries(4, exact=False) as counted:
            visitor.get(booths)
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_list_and_detail(event, booths, visitor):
    booth = BoothStaffFactory(booth__event=event, booth__name="Ostra", booth__slug="ostra", user__name="Bea").booth

    assert [row["slug"] for row in visitor.get(booths).json()["results"]] == [booth.slug]
    assert visitor.get(f"{booths}ostra/").json()["staff"] == ["Bea"]
    assert visitor.get(f"{booths}nowhere/").status_code == 404


def test_contact_takes_a_request_with_consent_only(event, booths, attendee, enter):
    booth = BoothFactory(event=event, slug="ostra")
    client = enter(attendee)

    refused = client.post(f"{booths}ostra/contact/", {**QUESTION, "consent": False}, content_type="application/json")
    made = client.post(f"{booths}ostra/contact/", QUESTION, content_type="application/json")

    assert refused.status_code == 400
    assert made.status_code == 201
    assert booth.contact_requests.get().user == attendee


def test_missing_consent_is_told_in_the_language_of_the_reader(event, booths, attendee, enter):
    BoothFactory(event=event, slug="ostra")
    asked, client = {**QUESTION, "consent": False}, enter(attendee)
    said = [
        client.post(f"{booths}ostra/contact/", asked, content_type="application/json", headers={"Accept-Language": one})
        for one in ("en", "de")
    ]
    english, german = (answer.json()["errors"]["consent"] for answer in said)
    assert english == ["Without your consent the booth would not know how to answer you."]
    assert english != german


def test_contact_is_refused_to_an_outsider(event, booths, outsider, enter):
    booth = BoothFactory(event=event, slug="ostra")

    assert enter(outsider).post(f"{booths}ostra/contact/", QUESTION).status_code == 403
    assert booth.contact_requests.count() == 0
