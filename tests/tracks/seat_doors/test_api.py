"""Taking a seat and giving it back over REST."""

import pytest
from django.urls import reverse

from apps.tracks.models import Session
from tests.factories.tracks import SeatFactory
from tests.tracks.seat_doors.held import mine


@pytest.fixture
def api(event, session):
    return reverse("api:agenda-seat", args=[event.slug, session.slug])


def test_api_takes_tells_and_gives_back(session, api, attendee, enter):
    SeatFactory(session=session)
    client = enter(attendee)

    taken = client.post(api).json()
    assert taken == {
        "sign_up": "open", "seats": 1, "left": 0, "waiting": 1, "mine": "waiting", "number": 1, "clashes": [],
    }  # fmt: skip
    assert client.get(api).json() == taken

    given = client.delete(api).json()
    assert (given["mine"], given["waiting"], given["number"]) == ("none", 0, None)


def test_api_call_that_is_sent_again_is_answered_and_not_done_again(session, api, attendee, enter):
    client = enter(attendee)
    first = client.post(api, headers={"Idempotency-Key": "seat-1"})
    client.delete(api)

    again = client.post(api, headers={"Idempotency-Key": "seat-1"})

    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert mine(session, attendee) == "given_back"


def test_api_refuses_with_its_code(event, session, api, attendee, outsider, enter):
    Session.objects.update(sign_up=False)
    refused = enter(attendee).post(api)
    assert (refused.status_code, refused.json()["code"]) == (409, "seat.not_needed")
    assert enter(outsider).post(api).status_code == 403
