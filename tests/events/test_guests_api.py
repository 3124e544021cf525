"""People invited by file over REST, and an event's logo and its end, as the desk does them."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Event, GuestList, Registration
from tests.access.test_tokens import program
from tests.factories.events import GuestListFactory, RegistrationFactory, TicketKindFactory

DESK = "/api/v1/events/freshet/desk"
LISTS = f"{DESK}/guest-lists/"
FILE = b"email,name,ticket\nada@example.org,Ada,\nnobody,Nobody,\nbram@example.org,Bram,Day\n"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


def sent(client, content=FILE, **extra):
    return client.post(LISTS, {"file": SimpleUploadedFile("guests.csv", content)}, **extra)


def picture(size=(1200, 600)):
    drawn = BytesIO()
    Image.new("RGB", size).save(drawn, "PNG")
    return drawn.getvalue()


def put_logo(client, content):
    form = {"file": SimpleUploadedFile("logo.png", content)}
    return client.put(f"{DESK}/logo/", encode_multipart(BOUNDARY, form), content_type=MULTIPART_CONTENT)


def test_file_is_read_and_invites_nobody(client, event):
    TicketKindFactory(event=event, name="Day")

    answer = sent(client)

    told = answer.json()
    assert (answer.status_code, told["state"], told["people"], told["wrong"], told["done"]) == (201, "read", 2, 1, 0)
    assert [(row["line"], row["email"], row["result"]) for row in told["report"]] == [
        (3, "", "wrong"),
        (2, "ada@example.org", "not yet"),
        (4, "bram@example.org", "not yet"),
    ]
    assert not Registration.objects.exists()


def test_its_people_are_invited_once_and_the_report_says_of_whom_it_was_refused(client, event):
    event.capacity = 1
    event.save()
    made = sent(client, b"email\nada@example.org\nbram@example.org\n").json()

    begun = [client.post(f"{LISTS}{made['id']}/invite/") for _time in range(2)]
    services.invite_all(made["id"])

    told = client.get(f"{LISTS}{made['id']}/").json()
    assert [answer.status_code for answer in begun] == [202, 202]
    assert (told["state"], told["done"], [row["result"] for row in told["report"]]) == ("done", 2, ["refused"])
    assert Registration.objects.confirmed().get().user.email == "ada@example.org"


def test_file_that_is_no_list_is_refused_by_name(client, event):
    refused = sent(client, b"shoes,hats\n1,2\n")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "guests.unreadable", "file")
    assert not GuestList.objects.exists()


def test_same_file_with_the_same_key_is_kept_once(client, event):
    answers = [sent(client, headers={"Idempotency-Key": "guests"}) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert GuestList.objects.count() == 1


def test_list_of_another_event_is_not_there(client, event, other_event):
    elsewhere = GuestListFactory(event=other_event)
    for method, path in (("get", ""), ("delete", ""), ("post", "invite/")):
        assert getattr(client, method)(f"{LISTS}{elsewhere.pk}/{path}").status_code == 404
    assert GuestList.objects.get().state == "read"


def test_moderator_brings_no_guests(moderator, event, enter):
    assert sent(enter(moderator)).status_code == 403


def test_token_that_may_decide_on_registrations_brings_guests(organiser, event):
    assert sent(program(organiser, "registrations:write")).status_code == 201
    assert sent(program(organiser, "organising:write")).status_code == 403


def test_deleted_list_leaves_those_who_were_invited(client, event, organiser):
    made = sent(client, b"email\nada@example.org\n").json()
    services.invite_guests(GuestList.objects.get(), by=organiser)
    services.invite_all(made["id"])
    assert client.delete(f"{LISTS}{made['id']}/").status_code == 204
    assert (GuestList.objects.exists(), Registration.objects.confirmed().count()) == (False, 1)


# The logo -------------------------------------------------------------------------------------------------------------
def test_logo_is_written_anew_and_taken_away(client, event):
    answer = put_logo(client, picture())
    event.refresh_from_db()
    address = answer.json()["logo"]
    assert (answer.status_code, address, address.endswith(".webp")) == (200, event.logo_url, True)
    with event.logo.open() as file, Image.open(file) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (800, 400))
    assert client.get(f"{DESK}/settings/").json()["logo"] == address

    assert client.delete(f"{DESK}/logo/").status_code == 204
    assert client.get(f"{DESK}/settings/").json()["logo"] == ""


def test_what_is_no_picture_is_no_logo(client, event):
    refused = put_logo(client, b"<svg onload=alert(1)>")
    event.refresh_from_db()
    assert (refused.status_code, refused.json()["code"], bool(event.logo)) == (422, "picture.unreadable", False)


def test_logo_is_the_organisers_to_set(moderator, event, enter):
    assert put_logo(enter(moderator), picture()).status_code == 403


# Its end --------------------------------------------------------------------------------------------------------------
def test_draft_is_deleted(client, event):
    Event.objects.update(state="draft")
    assert client.delete(f"{DESK}/").status_code == 204
    assert not Event.objects.exists()


@pytest.mark.parametrize("state", ["published", "live", "ended", "archived"])
def test_what_was_published_is_not_deleted(client, event, state):
    Event.objects.update(state=state)
    refused = client.delete(f"{DESK}/")
    wanted = "event.archived" if state == "archived" else "event.not_draft"
    assert (refused.status_code, refused.json()["code"]) == (409, wanted)
    assert Event.objects.exists()


def test_event_that_is_published_at_this_moment_is_not_deleted(event):
    seen = Event(pk=event.pk, state="draft")
    RegistrationFactory(event=event)
    with pytest.raises(Refused, match=r"event\.not_draft"):
        services.delete_event(seen)
    assert Registration.objects.exists()


def test_another_event_is_not_deleted(client, event, other_event):
    Event.objects.update(state="draft")
    assert client.delete("/api/v1/events/undertow/desk/").status_code == 404
    assert Event.objects.count() == 2
