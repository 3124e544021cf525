"""Passkeys: made, shown, kept apart, and what only looks like one."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.views import second_factor as views
from tests.accounts.device import Device
from tests.accounts.steps import ASKED, CODES, DESK, INDEX, KEY, add_key, is_in, options_on, steps_of


def test_passkey_is_added_and_signs_in_as_the_second_step(untold, sign_in):
    client = sign_in(untold)
    device, answer = add_key(client)
    assert answer.headers["Location"] == CODES
    assert User.objects.get(pk=untold.pk).has_second_factor
    assert is_in(client)

    other = sign_in(untold)
    assert other.answer.headers["Location"] == ASKED
    other.post(ASKED, {"credential": device.shown(options_on(other, ASKED))})
    assert other.get(DESK).status_code == 200


def test_passkey_alone_signs_in_where_it_knows_its_owner(untold, sign_in):
    device, _answer = add_key(sign_in(untold))
    client = Client(REMOTE_ADDR="198.51.100.7")
    address = reverse("mfa_login_webauthn")

    options = client.get(address, headers={"Accept": "application/json"}).json()["request_options"]
    answer = client.post(address, {"credential": device.shown(options), "next": DESK})

    assert answer.headers["Location"] == DESK
    assert client.get(DESK).status_code == 200


@pytest.mark.parametrize("spoilt", ["challenge", "origin", "owner", "key"])
def test_passkey_that_does_not_fit_signs_nobody_in(untold, sign_in, organiser, attendee, spoilt):
    device, _answer = add_key(sign_in(untold))
    client = Client(REMOTE_ADDR="198.51.100.7")
    address = reverse("mfa_login_webauthn")
    options = client.get(address, headers={"Accept": "application/json"}).json()["request_options"]
    if spoilt == "challenge":
        client.get(address, headers={"Accept": "application/json"})
    elif spoilt == "origin":
        device.origin = "https://evil.example"
    elif spoilt == "owner":
        device.flags = Device(knows_its_owner=False).flags
    else:
        device.key = Device().key

    client.post(address, {"credential": device.shown(options)})

    assert "_auth_user_id" not in client.session


PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")


def credential(**response):
    return json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": response})


@pytest.mark.parametrize(
    "credential",
    [
        "", "{}", "[]", "7", '{"id": "x"}', "null", '"text"', '{"response": 7}', "[" * 5000, "x" * 30_000, credential(),
        credential(clientDataJSON="{{", attestationObject="!"),
        credential(**dict.fromkeys(PARTS, "eA")),
        credential(**dict.fromkeys(PARTS, 7)),
        credential(**{**dict.fromkeys(PARTS, "e30"), "userHandle": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"}),
        credential(clientDataJSON="e30", attestationObject="oA", userHandle="AAAA"),
    ],
)  # fmt: skip
def test_what_is_no_passkey_is_refused(untold, sign_in, credential):
    client = sign_in(untold)
    client.get(KEY)
    assert client.post(KEY, {"name": "x", "credential": credential}).status_code == 200
    assert client.post(reverse("mfa_login_webauthn"), {"credential": credential}).status_code < 500
    assert Client().post(reverse("mfa_login_webauthn"), {"credential": credential}).status_code < 500
    assert steps_of(untold) == []


@pytest.mark.parametrize("extra", ["\0", "\ud800", float("nan")])
def test_passkey_that_no_database_can_keep_is_refused(untold, sign_in, extra):
    client = sign_in(untold)
    made = json.loads(Device().made(options_on(client, KEY)))

    answer = client.post(KEY, {"name": "x", "credential": json.dumps({**made, "extra": extra})})

    assert (answer.status_code, steps_of(untold)) == (200, [])


def test_passkey_of_somebody_else_is_not_found(untold, sign_in, attendee):
    add_key(sign_in(untold))
    theirs = Authenticator.objects.get(user=untold, type="webauthn")
    client = sign_in(attendee)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[theirs.pk])).status_code == 404
        assert client.post(reverse(name, args=[theirs.pk]), {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "My desk"


def test_passkey_is_renamed_within_bounds(untold, sign_in):
    client = sign_in(untold)
    add_key(client)
    key = Authenticator.objects.get(user=untold, type="webauthn")
    address = reverse("mfa_edit_webauthn", args=[key.pk])

    assert client.post(address, {"name": "x" * 61}).status_code == 200
    assert client.post(address, {"name": "Laptop"}).status_code == 302
    key.refresh_from_db()
    assert key.data["name"] == "Laptop"


def test_passkeys_have_an_end(untold, sign_in, monkeypatch):
    monkeypatch.setattr(views, "MOST_KEYS", 1)
    client = sign_in(untold)
    add_key(client)

    assert client.get(KEY).headers["Location"] == INDEX
    assert client.post(KEY, {"credential": "{}"}).headers["Location"] == INDEX
