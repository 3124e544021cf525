"""Links, codes, one's own photo and one's membership over REST."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from apps.accounts.models import User
from apps.audit.models import Entry
from apps.events import services
from apps.events.models import InvitationCode, JoinLink, Membership, Registration
from apps.notifications.models import OwedMail
from tests.access.test_tokens import program
from tests.events.test_link_sessions import come_by
from tests.factories.events import (
    BanFactory,
    EventRoleFactory,
    InvitationCodeFactory,
    JoinLinkFactory,
    MembershipFactory,
    TicketKindFactory,
)

JSON = "application/json"
DESK = "/api/v1/events/freshet/desk"
PHOTO = "/api/v1/me/photo/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.fixture
def place(event, attendee):
    return Registration.objects.get(event=event, user=attendee)


def sent(client, content):
    file = SimpleUploadedFile("me.png", content, content_type="image/png")
    return client.put(PHOTO, encode_multipart(BOUNDARY, {"photo": file}), content_type=MULTIPART_CONTENT)


def picture():
    file = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(file, "PNG")
    return file.getvalue()


# Links --------------------------------------------------------------------------------------------------------------
def test_links_of_a_place_are_listed_and_one_is_ended(client, place):
    first, second = (JoinLinkFactory(registration=place) for _number in range(2))
    links = f"{DESK}/registrations/{place.pk}/links/"
    assert [row["id"] for row in client.get(links).json()["results"]] == [second.pk, first.pk]
    assert client.delete(f"{links}{first.pk}/").status_code == 204
    assert [row["works"] for row in client.get(links).json()["results"]] == [True, False]
    assert "token" not in client.get(links).content.decode()


def test_link_of_a_place_is_mailed(client, place):
    links = f"{DESK}/registrations/{place.pk}/links/"
    answer = client.post(links)
    assert (answer.status_code, answer.json()["id"]) == (201, JoinLink.objects.get().pk)
    assert OwedMail.objects.get().kind == "link"
    services.cancel_registration(place)
    refused = client.post(links)
    assert (refused.status_code, refused.json()["code"]) == (409, "registration.cancelled")


def test_link_of_another_place_is_not_found(client, place, outsider, other_event):
    elsewhere = JoinLinkFactory(registration=Registration.objects.get(user=outsider))
    assert client.get(f"{DESK}/registrations/{elsewhere.registration_id}/links/").status_code == 404
    assert client.delete(f"{DESK}/registrations/{place.pk}/links/{elsewhere.pk}/").status_code == 404
    elsewhere.refresh_from_db()
    assert elsewhere.revoked_at is None


def test_link_of_a_role_is_mailed_listed_and_ended(event, client):
    role = EventRoleFactory(event=event)
    links = f"{DESK}/roles/{role.pk}/links/"
    made = client.post(links).json()
    assert OwedMail.objects.get().kind == "role_link"
    assert [row["id"] for row in client.get(links).json()["results"]] == [made["id"]]
    assert client.delete(f"{links}{made['id']}/").status_code == 204
    assert JoinLink.objects.get().revoked_at is not None


def test_link_is_mailed_to_no_staff_and_to_nobody_who_is_banned(event, client):
    staff = EventRoleFactory(event=event, role="moderator")
    banned = EventRoleFactory(event=event)
    BanFactory(event=event, user=banned.user)
    codes = [client.post(f"{DESK}/roles/{role.pk}/links/").json()["code"] for role in (staff, banned)]
    assert codes == ["link.staff_role", "role.banned"]
    assert not JoinLink.objects.exists()


def test_links_are_the_organisers_alone(place, moderator, enter):
    assert enter(moderator).get(f"{DESK}/registrations/{place.pk}/links/").status_code == 403


# Codes --------------------------------------------------------------------------------------------------------------
def test_code_is_changed_ended_and_revived(event, client):
    code, day = InvitationCodeFactory(event=event, used=2, uses=5), TicketKindFactory(event=event)
    path = f"{DESK}/codes/{code.pk}/"
    told = client.patch(path, {"uses": 3, "ticket": day.pk, "note": "For Bram"}, content_type=JSON).json()
    assert (told["uses"], told["ticket"], told["note"], told["used"]) == (3, day.pk, "For Bram", 2)
    assert client.patch(path, {"ended": True}, content_type=JSON).json()["works"] is False
    assert client.patch(path, {"ended": False}, content_type=JSON).json()["works"] is True


def test_code_is_not_given_fewer_uses_than_were_made_nor_another_events_ticket(event, client, other_event):
    code = InvitationCodeFactory(event=event, used=2, uses=5)
    path = f"{DESK}/codes/{code.pk}/"
    refused = client.patch(path, {"uses": 1}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "code.overused")
    elsewhere = TicketKindFactory(event=other_event)
    refused = client.patch(path, {"ticket": elsewhere.pk}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (400, "registration.ticket")
    assert InvitationCode.objects.values_list("uses", "ticket").get(pk=code.pk) == (5, None)


# One's own ----------------------------------------------------------------------------------------------------------
def test_own_photo_is_brought_and_taken_away(attendee, enter, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = enter(attendee)
    answer = sent(client, picture())
    assert answer.status_code == 200, answer.json()
    attendee.refresh_from_db()
    assert answer.json()["photo"] == attendee.own_photo_url != ""
    with attendee.photo.open() as file, Image.open(file) as kept:
        assert (kept.format, kept.width) == ("WEBP", kept.height)
    assert client.delete(PHOTO).status_code == 204
    assert User.objects.get(pk=attendee.pk).photo.name == ""


def test_file_that_is_no_picture_is_refused(attendee, enter):
    answer = sent(enter(attendee), b"GIF89a, or so it says")
    assert (answer.status_code, answer.json()["code"]) == (422, "picture.unreadable")
    assert User.objects.get(pk=attendee.pk).photo.name == ""


def test_photo_is_not_changed_by_the_link_of_a_mail_or_by_a_token_without_the_scope(place, attendee):
    assert sent(come_by(JoinLinkFactory(registration=place)), picture()).status_code == 403
    token = program(attendee, "events:read")
    assert token.delete(PHOTO).json()["code"] == "token.scope"


def test_member_leaves_and_the_last_owner_stays(event, organiser, enter):
    path = f"/api/v1/organisations/{event.organisation.slug}/membership/"
    refused = enter(organiser).delete(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "member.last_owner")
    manager = MembershipFactory(organisation=event.organisation, role=Membership.Role.MANAGER).user
    assert enter(manager).delete(path).status_code == 204
    assert [row.user for row in event.organisation.memberships.all()] == [organiser]
    assert enter(manager).delete(path).status_code == 404


@pytest.mark.parametrize("holder", ["registrations", "roles"])
def test_link_that_was_mailed_is_told_and_not_another_of_that_moment(client, event, place, holder, monkeypatch):
    name = {"registrations": "send_link_again", "roles": "invite_with_role"}[holder]
    mail, mailed = getattr(services, name), []

    def twice(*args, **kwargs):
        mailed.extend(mail(*args, **kwargs) for _time in range(2))
        return mailed[0]

    monkeypatch.setattr(services, name, twice)
    pk = {"registrations": place.pk, "roles": EventRoleFactory(event=event).pk}[holder]
    told = client.post(f"{DESK}/{holder}/{pk}/links/").json()
    assert told["id"] == mailed[0].pk == min(JoinLink.objects.values_list("pk", flat=True))


def test_code_is_changed_and_ended_in_one_act(client, event):
    code = InvitationCodeFactory(event=event)
    told = client.patch(f"{DESK}/codes/{code.pk}/", {"note": "press", "ended": True}, content_type=JSON).json()
    assert (told["note"], told["revoked_at"] is None) == ("press", False)
    [entry] = Entry.objects.filter(kind="changed")
    assert {*entry.after} == {"note", "revoked_at"}
    again = client.patch(f"{DESK}/codes/{code.pk}/", {"ended": False}, content_type=JSON).json()
    assert (again["note"], again["revoked_at"]) == ("press", None)
