"""What a session may do that a provider opened alone: nothing that leaves a way into the account."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import ApiToken
from apps.events.models import Membership, SignInConnection
from apps.notifications.models import OwedMail
from tests.events.coming_in import sign_in, who
from tests.factories.events import MemberInvitationFactory, MembershipFactory

WAYS_IN = ["account_set_password", "mfa_activate_totp", "mfa_replace_totp", "mfa_add_webauthn"]


@pytest.mark.parametrize("name", WAYS_IN)
def test_no_way_into_the_account_is_left_behind(connection, directory, nadia, visitor, name):
    """Whoever runs the directory could use it when that person runs what is another organisation's."""
    sign_in(visitor, connection, directory)
    for answer in (visitor.get(reverse(name)), visitor.post(reverse(name), {"code": "1"})):
        assert answer.status_code == 403
        assert "We mail a code to nadia@lakeside.example" in answer.content.decode()


def test_no_token_is_made_without_a_mailed_code(connection, directory, nadia, visitor):
    sign_in(visitor, connection, directory)
    typed = {"name": "Mine", "scopes": ["me:read"], "days": "30"}
    assert visitor.post("/tokens/", typed).status_code in (200, 403)
    assert not ApiToken.objects.exists()


def test_mailed_code_opens_what_the_provider_alone_does_not(connection, directory, nadia, visitor):
    SignInConnection.objects.update(is_required=True)
    sign_in(visitor, connection, directory)
    answer = visitor.post("/devices/code/", {"next": reverse("mfa_activate_totp")})
    confirm = "/accounts/login/code/confirm/"
    assert answer.headers["Location"] == f"{confirm}?next=%2Faccounts%2F2fa%2Fapp%2F"
    assert who(visitor) is None
    code = re.search(r"^[A-Z0-9-]{4,}$", OwedMail.objects.get().text, re.MULTILINE).group()
    answer = visitor.post(confirm, {"code": code, "next": reverse("mfa_activate_totp")})
    assert answer.headers["Location"] == reverse("mfa_activate_totp")
    assert who(visitor) == str(nadia.pk)
    assert visitor.get(reverse("mfa_activate_totp")).status_code == 200


def test_invitation_elsewhere_asks_for_a_mailed_code(connection, directory, nadia, visitor):
    owner = MembershipFactory().user
    invitation = MemberInvitationFactory(
        email=nadia.email, by=owner, organisation=Membership.objects.get(user=owner).organisation
    )
    sign_in(visitor, connection, directory)
    answer = visitor.post("/organisations/", {"accept": invitation.pk})
    assert answer.status_code == 403
    assert not Membership.objects.filter(user=nadia).exists()


def test_codes_for_oneself_have_an_end(nadia):
    answers = []
    for _one in range(4):
        client = Client()
        client.force_login(nadia, backend="allauth.account.auth_backends.AuthenticationBackend")
        answers.append(client.post("/devices/code/", {"next": "https://evil.example/"}))
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "evil" not in answers[0].headers["Location"]
