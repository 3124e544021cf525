"""Events made, changed and stepped by call; members of an organisation; what staff did."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Event, MemberInvitation, Membership
from tests.factories.audit import EntryFactory
from tests.factories.events import EventFactory, MemberInvitationFactory, MembershipFactory, RegistrationFactory

JSON = "application/json"
DESK = "/api/v1/events/freshet/desk"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.fixture
def house(event):
    return f"/api/v1/organisations/{event.organisation.slug}"


@pytest.fixture
def manager(event):
    return MembershipFactory(organisation=event.organisation, role="manager").user


def test_event_begins_as_its_kind_has_it(client, house):
    given = {"kind": "webinar", "name": "Rain", "starts_at": "2030-05-06T10:00:00Z", "place": "Online"}
    made = client.post(f"{house}/events/", given, content_type=JSON)
    found = made.json()
    assert (made.status_code, found["state"], found["slug"], found["capacity"]) == (201, "draft", "rain", 1000)
    assert (found["ends_at"], found["left_out"], found["place"]) == (
        *("2030-05-06T11:00:00Z", ["speakers", "expo"]),
        "Online",
    )
    assert Event.objects.get(slug="rain").rooms.count() == 1


def test_event_is_made_in_ones_own_organisation_alone(client, other_event):
    given = {"kind": "webinar", "name": "Rain", "starts_at": "2030-05-06T10:00:00Z"}
    path = f"/api/v1/organisations/{other_event.organisation.slug}/events/"
    assert client.post(path, given, content_type=JSON).status_code == 404
    assert not Event.objects.filter(slug="rain").exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"ends_at": "2030-05-05T10:00:00Z"}, "ends_at"),
        ({"slug": "freshet"}, "slug"),
        ({"languages": ["de"]}, "languages"),
        ({"name": {"fr": "Pluie"}, "languages": ["en"]}, "name"),
        ({"allowed_domains": "not a domain"}, "allowed_domains"),
        ({"time_zone": "Moon/Sea"}, "time_zone"),
        ({"starts_at": "9999-12-31T23:30:00Z"}, "starts_at"),
        ({"starts_at": "1969-12-31T23:30:00Z", "ends_at": "2030-05-06T10:00:00Z"}, "starts_at"),
        ({"ends_at": "9999-12-31T23:30:00Z"}, "ends_at"),
    ],
)
def test_event_that_cannot_be_is_refused_by_field(client, house, said, field):
    given = {"kind": "webinar", "name": "Rain", "starts_at": "2030-05-06T10:00:00Z", **said}
    answer = client.post(f"{house}/events/", given, content_type=JSON)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_settings_are_changed_and_more_places_go_to_who_waits(client, event):
    event.capacity = 1
    event.save()
    RegistrationFactory(event=event)
    waiting = RegistrationFactory(event=event, state="waiting", waiting_since=clock.now())
    given = {"capacity": 2, "name": {"en": "Freshet", "de": "Hochwasser"}, "state": "ended"}
    found = client.patch(f"{DESK}/settings/", given, content_type=JSON).json()
    waiting.refresh_from_db()
    assert (found["capacity"], found["name"], waiting.state) == (2, given["name"], "confirmed")
    assert found["state"] == "published"


def test_same_address_again_is_no_other(client, event):
    assert client.patch(f"{DESK}/settings/", {"slug": "freshet"}, content_type=JSON).status_code == 200


def test_end_before_the_beginning_is_refused(client, event):
    given = {"ends_at": (event.starts_at - timedelta(hours=1)).isoformat()}
    assert client.patch(f"{DESK}/settings/", given, content_type=JSON).status_code == 400


def test_dates_lie_within_reach(client, event):
    refused = client.patch(f"{DESK}/settings/", {"ends_at": "2200-01-01T00:00:00Z"}, content_type=JSON)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["ends_at"])
    assert client.patch(f"{DESK}/settings/", {"ends_at": "2199-12-31T23:00:00Z"}, content_type=JSON).status_code == 200


def test_event_that_would_end_out_of_reach_is_refused(event):
    with pytest.raises(Refused) as refused:
        services.begin_event(
            event.organisation, kind="webinar", name="Rain", starts_at=datetime(2199, 12, 31, 23, 30, tzinfo=UTC)
        )
    assert (refused.value.code, refused.value.field) == ("event.far", "starts_at")


def test_dates_that_somebody_else_set_meanwhile_are_a_refusal(event):
    seen = Event.objects.get(pk=event.pk)
    Event.objects.update(starts_at=event.ends_at - timedelta(minutes=1))
    seen.ends_at = event.ends_at - timedelta(minutes=2)
    with pytest.raises(Refused) as refused:
        services.save_event(seen, changed={"ends_at"})
    assert (refused.value.code, refused.value.status) == ("event.dates_changed", 409)


@pytest.mark.parametrize("do", ["archive", "open", "end", "restore", "unpublish"])
def test_draft_takes_no_step_but_the_one_that_it_offers(client, event, do):
    Event.objects.update(state="draft")
    refused = client.post(f"{DESK}/state/", {"do": do}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "event.state")
    assert Event.objects.get().state == "draft"


def test_settings_are_for_organisers(event, moderator, enter):
    assert enter(moderator).patch(f"{DESK}/settings/", {"place": "Here"}, content_type=JSON).status_code == 403


def test_event_is_stepped_through_its_life(client, event):
    Event.objects.update(state="draft")
    before = client.get(f"{DESK}/state/").json()
    assert (before["state"], before["steps"], len(before["missing"]) > 0) == ("draft", ["publish"], True)
    for do, state in (
        *(("publish", "published"), ("open", "live"), ("end", "ended"), ("archive", "archived")),
        ("restore", "ended"),
    ):
        assert client.post(f"{DESK}/state/", {"do": do}, content_type=JSON).json()["state"] == state
    refused = client.post(f"{DESK}/state/", {"do": "restore"}, content_type=JSON)
    assert refused.json().get("code") != "event.archived"


def test_event_of_the_past_is_not_published(client, event):
    Event.objects.update(state="draft", starts_at=clock.now() - timedelta(days=9), ends_at=clock.now())
    refused = client.post(f"{DESK}/state/", {"do": "publish"}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "event.past", "ends_at")


def test_archived_event_takes_no_new_settings(client, event):
    Event.objects.update(state="archived")
    refused = client.patch(f"{DESK}/settings/", {"place": "Here"}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "event.archived")


def test_ones_organisations_are_listed(client, organiser, other_organiser, event):
    [found] = client.get("/api/v1/organisations/").json()["results"]
    assert found == {"slug": event.organisation.slug, "name": "Weir Society", "role": "owner"}


def test_owner_invites_changes_and_removes_members(client, house, event, manager):
    asked = client.post(f"{house}/invitations/", {"email": "Ada@Example.org"}, content_type=JSON)
    assert (asked.status_code, asked.json()["email"], asked.json()["role"]) == (201, "ada@example.org", "manager")
    twice = client.post(f"{house}/invitations/", {"email": "ada@example.org"}, content_type=JSON)
    assert twice.json()["code"] == "member.invited"
    assert client.delete(f"{house}/invitations/{asked.json()['id']}/").status_code == 204
    assert MemberInvitation.objects.get().revoked_at is not None
    member = Membership.objects.get(user=manager)
    assert client.patch(f"{house}/members/{member.pk}/", {"role": "owner"}, content_type=JSON).json()["role"] == "owner"
    assert client.delete(f"{house}/members/{member.pk}/").status_code == 204
    assert not Membership.objects.filter(user=manager).exists()


def test_last_owner_stays(client, house, organiser):
    own = Membership.objects.get(user=organiser)
    refused = client.delete(f"{house}/members/{own.pk}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "member.last_owner")


def test_manager_sees_members_and_changes_none(house, event, manager, organiser, enter):
    client, own = enter(manager), Membership.objects.get(user=organiser)
    assert len(client.get(f"{house}/members/").json()["results"]) == 2
    assert client.delete(f"{house}/members/{own.pk}/").status_code == 403
    assert client.get(f"{house}/invitations/").status_code == 403


def test_manager_reads_what_staff_did_as_at_the_desk(house, event, manager, enter):
    EntryFactory(organisation_id=event.organisation_id, event_id=event.pk, words="Rain", address="192.0.2.7")
    [act] = enter(manager).get(f"{house}/audit/").json()["results"]
    assert (act["words"], act["address"]) == ("Rain", "192.0.2.7")


def test_organisation_of_others_is_not_found(client, other_event):
    elsewhere = f"/api/v1/organisations/{other_event.organisation.slug}"
    invitation = MemberInvitationFactory(organisation=other_event.organisation)
    for path in ("members", "invitations", "events", "audit", "webhooks", f"invitations/{invitation.pk}"):
        assert client.delete(f"{elsewhere}/{path}/").status_code in (404, 405), path
        if "/" not in path:
            assert client.get(f"{elsewhere}/{path}/").status_code == 404, path


def test_owner_without_a_second_step_is_told_so(house, organiser, enter):
    organiser.has_second_factor = False
    organiser.save()
    refused = enter(organiser).get(f"{house}/members/")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor.missing")


def test_owner_reads_what_staff_did_in_the_own_organisation(client, house, event, other_event):
    entry = EntryFactory(organisation_id=event.organisation_id, event_id=event.pk, words="Rain")
    EntryFactory(organisation_id=other_event.organisation_id, event_id=other_event.pk, words="Rain")
    EntryFactory(organisation_id=event.organisation_id, words="Else", kind="made")
    found = client.get(f"{house}/audit/", {"event": "freshet", "kind": "changed", "q": "rain"}).json()["results"]
    assert [(row["id"], row["before"]) for row in found] == [(entry.pk, {"title": "Before"})]


def test_event_made_by_call_is_on_record(client, house, organiser):
    client.post(
        f"{house}/events/",
        {"kind": "panel", "name": "Rain", "starts_at": "2030-05-06T10:00:00Z"},
        content_type=JSON,
    )
    [made] = client.get(f"{house}/audit/", {"model": "events.event"}).json()["results"]
    assert (made["kind"], made["who"], made["door"]) == ("made", organiser.email, "api")


def test_drafts_are_listed_to_members(client, house, event):
    EventFactory(organisation=event.organisation, state="draft", slug="rain")
    found = client.get(f"{house}/events/", {"state": "draft"}).json()["results"]
    assert [row["slug"] for row in found] == ["rain"]


def test_invitation_is_mailed_again_once_a_minute(client, house, event):
    asked = MemberInvitationFactory(organisation=event.organisation)
    path = f"{house}/invitations/{asked.pk}/"
    assert client.post(path).json()["is_open"] is True
    again = client.post(path)
    assert (again.status_code, again.json()["code"]) == (409, "member.too_soon")
