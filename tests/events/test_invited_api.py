"""Invitations to run an organisation's events, accepted over REST."""

import pytest

from apps.accounts.models import User
from apps.events import selectors, services
from apps.events.models import Membership
from tests.access.test_tokens import program
from tests.accounts.test_leaving import signed_in_now
from tests.factories.accounts import UserFactory
from tests.factories.events import MembershipFactory

HERE = "/api/v1/me/invitations/"
JSON = "application/json"


@pytest.fixture
def asked(db):
    owner = MembershipFactory(organisation__name="Lakeside Trust", organisation__slug="lakeside")
    return services.invite_member(owner.organisation, email="nadia@lakeside.example", by=owner.user)


@pytest.fixture
def nadia(asked):
    return User.objects.get(email="nadia@lakeside.example")


def told(answer):
    return answer.status_code, answer.json()["code"]


def by_link(client, invitation):
    return client.post(HERE, {"token": selectors.member_token(invitation)}, JSON)


def is_member(person):
    return Membership.objects.filter(user=person).exists()


def test_invitation_is_read_and_accepted_by_its_link(asked, nadia, enter):
    client = enter(nadia)
    [row] = client.get(HERE).json()
    assert (row["id"], row["organisation"], row["role"]) == (asked.pk, "lakeside", "manager")
    assert by_link(client, asked).json() == {"slug": "lakeside", "name": "Lakeside Trust", "role": "manager"}
    assert client.get(HERE).json() == []
    assert told(by_link(client, asked)) == (410, "member.over")


def test_token_of_the_invited_accepts_by_the_link_alone(asked, nadia):
    client = program(nadia, "team:write")
    assert told(client.post(f"{HERE}{asked.pk}/")) == (403, "token.session_needed")
    assert by_link(client, asked).status_code == 200


def test_link_is_for_one_address(asked, enter):
    other = UserFactory()
    assert told(by_link(enter(other), asked)) == (403, "member.other_address")
    assert enter(other).get(HERE).json() == []
    assert enter(other).post(f"{HERE}{asked.pk}/").status_code == 404
    assert not is_member(other)


def test_link_that_is_not_ours_is_not_found(nadia, enter):
    assert enter(nadia).post(HERE, {"token": "1.1:abc"}, JSON).status_code == 404


def test_without_the_link_the_mailbox_is_shown_by_a_code(asked, nadia, enter):
    client = enter(nadia)
    assert told(client.post(f"{HERE}{asked.pk}/")) == (403, "signin.mailbox")
    assert not is_member(nadia)
    assert signed_in_now(client, nadia).post(f"{HERE}{asked.pk}/").status_code == 200
    assert is_member(nadia)


def test_invitation_that_was_revoked_is_over(asked, nadia, enter):
    services.revoke_invitation(asked)
    assert told(by_link(enter(nadia), asked)) == (410, "member.over")
    assert not is_member(nadia)
