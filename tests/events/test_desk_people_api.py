"""The desk's people over REST: everybody of an event, many roles or bans at once, codes that nobody used."""

import pytest

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Errand, InvitationCode, JoinLink, Registration, Unmet
from apps.events.services import errands
from apps.notifications.models import OwedMail
from tests.access.test_tokens import program
from tests.factories.events import (
    BanFactory,
    EventRoleFactory,
    InvitationCodeFactory,
    JoinLinkFactory,
    RegistrationFactory,
)

JSON = "application/json"
DESK = "/api/v1/events/freshet/desk"
PEOPLE = f"{DESK}/people/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


def told(answer):
    return answer.status_code, answer.json()["code"]


def names(client, **asked):
    return {row["name"] for row in client.get(PEOPLE, asked).json()["results"]}


# Everybody ----------------------------------------------------------------------------------------------------------
def test_everybody_of_the_event_is_listed_once_with_their_roles(client, event, attendee, speaker, outsider):
    RegistrationFactory(event=event, user=speaker, state=Registration.State.CANCELLED)
    found = {row["name"]: (row["roles"], row["state"]) for row in client.get(PEOPLE).json()["results"]}
    assert found == {
        "Inês Falcão": (["organiser"], None),
        "Nadia Okello": ([], "confirmed"),
        "Amara Lindqvist": (["speaker"], "cancelled"),
    }


def test_people_are_found_by_words_roles_and_places(client, event, attendee, speaker, moderator):
    User.objects.filter(pk=attendee.pk).update(company="Lakeside Trust")
    assert names(client, q="okel") == names(client, q="lakeside") == names(client, state="confirmed")
    assert names(client, q="okel") == {"Nadia Okello"}
    assert names(client, role="speaker") == {"Amara Lindqvist"}
    assert names(client, role="organiser") == {"Inês Falcão"}


def test_who_never_came_and_what_they_hide_is_not_told(client, event, attendee, speaker):
    Unmet.objects.create(organisation=event.organisation, user=attendee, name="N. Okello")
    User.objects.filter(pk=speaker.pk).update(company="Secret Springs", hidden_fields=["company"])
    assert names(client) == {"Inês Falcão", "Amara Lindqvist"}
    assert names(client, q="Springs") == names(client, q=attendee.email) == set()


@pytest.mark.parametrize("who", ["attendee", "moderator", "outsider"])
def test_people_are_for_organisers(who, request, event, enter):
    assert enter(request.getfixturevalue(who)).get(PEOPLE).status_code == 403


def test_list_of_people_is_no_profile(event, organiser):
    assert told(program(organiser, "people:read").get(PEOPLE)) == (403, "token.scope")
    assert program(organiser, "registrations:read").get(PEOPLE).status_code == 200


# Many at once -------------------------------------------------------------------------------------------------------
def test_roles_are_mailed_by_workers_and_staff_left_out(client, event, speaker, moderator):
    rows = [*event.event_roles.order_by("pk").values_list("pk", flat=True)]
    begun = client.post(f"{DESK}/roles/errands/", {"deed": "mail_roles", "roles": rows}, JSON)
    assert (begun.status_code, begun.json()["count"]) == (202, 2)
    errands.do_errand(begun.json()["id"])
    found = client.get(f"{DESK}/roles/errands/{begun.json()['id']}/").json()
    assert (found["state"], found["done"]) == ("done", 1)
    assert [row["code"] for row in found["left_out"]] == ["link.staff_role"]
    assert OwedMail.objects.get().to == speaker.email


def test_links_of_roles_end_by_workers(client, event):
    role = EventRoleFactory(event=event)
    link = JoinLinkFactory(registration=None, role=role)
    begun = client.post(f"{DESK}/roles/errands/", {"deed": "end_roles", "roles": [role.pk]}, JSON)
    errands.do_errand(begun.json()["id"])
    assert JoinLink.objects.get(pk=link.pk).revoked_at is not None


def test_bans_are_lifted_by_workers(client, event, organiser):
    bans = BanFactory.create_batch(2, event=event)
    begun = client.post(f"{DESK}/bans/errands/", {"bans": [ban.pk for ban in bans]}, JSON)
    errands.do_errand(begun.json()["id"])
    assert client.get(f"{DESK}/bans/errands/{begun.json()['id']}/").json()["done"] == 2
    assert {(ban.lifted_at is None, ban.lifted_by_id) for ban in event.bans.all()} == {(False, organiser.pk)}


@pytest.mark.parametrize(
    ("path", "body"),
    [("roles", lambda other: {"deed": "end_roles", "roles": [EventRoleFactory(event=other).pk]}),
     ("bans", lambda other: {"bans": [BanFactory(event=other).pk]})],
)  # fmt: skip
def test_what_another_event_has_is_refused_and_nothing_begins(path, body, client, other_event):
    answer = client.post(f"{DESK}/{path}/errands/", body(other_event), JSON)
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, [path])
    assert not Errand.objects.exists()


def test_the_same_is_not_begun_twice(client, event):
    wish = {"deed": "end_roles", "roles": [EventRoleFactory(event=event).pk]}
    assert client.post(f"{DESK}/roles/errands/", wish, JSON).status_code == 202
    assert told(client.post(f"{DESK}/roles/errands/", wish, JSON)) == (409, "errand.running")


def test_deeds_keep_to_their_scope(event, organiser):
    role, ban = EventRoleFactory(event=event), BanFactory(event=event)
    client = program(organiser, "registrations:write", "registrations:read")
    assert told(client.post(f"{DESK}/roles/errands/", {"roles": [role.pk]}, JSON)) == (403, "token.scope")
    assert told(client.post(f"{DESK}/bans/errands/", {"bans": [ban.pk]}, JSON)) == (403, "token.scope")
    of_bans = services.begin_errand(event, deed="lift_bans", rows=[ban.pk], by=organiser)
    reader = program(organiser, "team:read")
    assert reader.get(f"{DESK}/roles/errands/{of_bans.pk}/").status_code == 404


# Codes --------------------------------------------------------------------------------------------------------------
def test_code_that_nobody_used_is_deleted(client, event, other_event):
    code, foreign = InvitationCodeFactory(event=event), InvitationCodeFactory(event=other_event)
    assert client.delete(f"{DESK}/codes/{foreign.pk}/for-good/").status_code == 404
    assert client.delete(f"{DESK}/codes/{code.pk}/for-good/").status_code == 204
    assert [*InvitationCode.objects.all()] == [foreign]


def test_code_that_somebody_used_stays(client, event):
    code = InvitationCodeFactory(event=event, used=1)
    assert told(client.delete(f"{DESK}/codes/{code.pk}/for-good/")) == (409, "code.used")
    assert InvitationCode.objects.filter(pk=code.pk).exists()


def test_code_that_is_used_at_this_moment_stays(event):
    code = InvitationCodeFactory(event=event)
    InvitationCode.objects.update(used=1)  # after it was read
    with pytest.raises(Refused) as refused:
        services.remove_code(code)
    assert refused.value.code == "code.used"
