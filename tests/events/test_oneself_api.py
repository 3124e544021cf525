"""One's own account over REST: devices, tokens, second step, data, and its end."""

import pytest
from allauth.usersessions.models import UserSession

from apps.accounts import services
from apps.accounts.models import ApiToken, User
from apps.core import clock
from tests.access.test_tokens import program
from tests.accounts.test_leaving import signed_in_now
from tests.events.test_link_sessions import come_by
from tests.factories.accounts import ApiTokenFactory, UserSessionFactory
from tests.factories.events import JoinLinkFactory

ME = "/api/v1/me"
JSON = "application/json"
WISH = {"name": "Sign board", "scopes": ["agenda:read"], "days": 30}
LEAVE = f"{ME}/leaving/"
CALLS = [
    *[("get", f"{ME}/{name}/") for name in ("devices", "tokens", "second-step", "data", "invitations")],
    *[("delete", f"{ME}/{name}/") for name in ("devices", "devices/1", "tokens/1")],
    *[("post", f"{ME}/{name}/") for name in ("tokens", "leaving", "invitations", "invitations/1")],
    *[(method, f"/api/v1/{name}/") for name in ("organisations", "organisation-wishes") for method in ("get", "post")],
]


def told(answer):
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def client(attendee, enter):
    return signed_in_now(enter(attendee), attendee)


# Devices ------------------------------------------------------------------------------------------------------------
def test_devices_are_listed_and_one_is_signed_out(attendee, client):
    there = UserSessionFactory(user=attendee)
    rows = client.get(f"{ME}/devices/").json()
    assert [row["browser"] for row in rows if row["id"] == there.pk] == ["Firefox"]
    assert client.delete(f"{ME}/devices/{there.pk}/").status_code == 204
    assert not UserSession.objects.filter(pk=there.pk).exists()


def test_device_of_somebody_else_is_not_found(attendee, outsider, client):
    there = UserSessionFactory(user=outsider)
    assert client.delete(f"{ME}/devices/{there.pk}/").status_code == 404
    assert UserSession.objects.filter(pk=there.pk).exists()


def test_all_other_devices_are_signed_out_and_this_one_stays(attendee, outsider, client):
    UserSessionFactory(user=attendee, session_key=client.session.session_key)
    own, foreign = UserSessionFactory(user=attendee), UserSessionFactory(user=outsider)
    assert client.delete(f"{ME}/devices/").status_code == 204
    assert not UserSession.objects.filter(pk=own.pk).exists()
    assert UserSession.objects.filter(pk=foreign.pk).exists()
    assert client.get(f"{ME}/devices/").status_code == 200


def test_token_signs_out_every_device(attendee, client):
    UserSessionFactory(user=attendee, session_key=client.session.session_key)
    assert program(attendee, "account:write").delete(f"{ME}/devices/").status_code == 204
    assert client.get(f"{ME}/devices/").status_code == 401


def test_devices_are_signed_out_a_few_times_a_minute(client):
    answers = [client.delete(f"{ME}/devices/").status_code for _time in range(11)]
    assert answers == [204] * 10 + [429]


# Tokens -------------------------------------------------------------------------------------------------------------
def test_token_is_made_and_its_secret_said_this_once(event, client, attendee):
    answer = client.post(f"{ME}/tokens/", WISH | {"event": event.slug}, JSON)
    made = answer.json()
    assert (answer.status_code, made["event"], made["works"], made["scopes"]) == (201, "freshet", True, ["agenda:read"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert ApiToken.objects.get().user == attendee
    [row] = client.get(f"{ME}/tokens/").json()
    assert (row["id"], made["secret"].startswith(row["start"]), "secret" in row) == (made["id"], True, False)


def test_no_token_makes_another(attendee):
    client = program(attendee)
    assert told(client.post(f"{ME}/tokens/", WISH, JSON)) == (403, "token.session_needed")
    assert ApiToken.objects.count() == 1


def test_token_is_made_by_who_showed_lately_who_they_are(attendee, enter):
    assert told(enter(attendee).post(f"{ME}/tokens/", WISH, JSON)) == (403, "signin.again")
    services.set_password(attendee, "tidewater-heron")
    client = signed_in_now(enter(attendee), attendee)  # signed in, and not asked again since
    assert told(client.post(f"{ME}/tokens/", WISH, JSON)) == (403, "signin.again")
    assert not ApiToken.objects.exists()


def test_token_is_not_made_by_who_came_by_a_provider_alone(client):
    session = client.session
    session["account_authentication_methods"] = [{"method": "connection", "at": clock.now().timestamp()}]
    session.save()
    assert told(client.post(f"{ME}/tokens/", WISH, JSON)) == (403, "signin.own_proof")


def test_token_opens_no_event_of_others(other_event, client):
    assert told(client.post(f"{ME}/tokens/", WISH | {"event": "undertow"}, JSON)) == (400, "token.event_unknown")


def test_secret_is_kept_with_no_answer(client):
    key = {"Idempotency-Key": "one"}
    for _time in range(2):
        assert client.post(f"{ME}/tokens/", WISH, JSON, headers=key).status_code == 201
    assert ApiToken.objects.count() == 2


def test_token_is_revoked_by_its_person_alone(attendee, outsider, client):
    own, foreign = ApiTokenFactory(user=attendee), ApiTokenFactory(user=outsider)
    assert client.delete(f"{ME}/tokens/{foreign.pk}/").status_code == 404
    assert client.delete(f"{ME}/tokens/{own.pk}/").status_code == 204
    assert [*ApiToken.objects.filter(revoked_at=None)] == [foreign]


def test_token_ends_itself(attendee):
    client = program(attendee, "account:read", "account:write")
    [row] = client.get(f"{ME}/tokens/").json()
    assert row["is_this"] is True
    assert client.delete(f"{ME}/tokens/{row['id']}/").status_code == 204
    assert told(client.get(f"{ME}/tokens/")) == (401, "token.invalid")


# Second step, data, leaving -----------------------------------------------------------------------------------------
def test_second_step_is_told_without_its_secret(attendee, client):
    nothing = client.get(f"{ME}/second-step/").json()
    assert nothing == {"is_set_up": False, "is_needed": False, "app_since": None, "passkeys": [], "codes_left": 0}
    services.give_app(attendee)
    found = program(attendee, "account:read").get(f"{ME}/second-step/").json()
    assert (found["is_set_up"], found["app_since"] is not None) == (True, True)


def test_own_data_is_what_the_page_gives(attendee, client):
    found = client.get(f"{ME}/data/")
    page = client.post("/data/file/").json()
    assert found.headers["Cache-Control"] == "no-store"
    assert found.json().keys() == page.keys()
    assert found.json()["person"]["email"] == attendee.email
    assert told(program(attendee).get(f"{ME}/data/")) == (403, "token.session_needed")


def test_own_data_is_given_a_few_times_an_hour(client):
    assert [client.get(f"{ME}/data/").status_code for _time in range(7)] == [200] * 6 + [429]


def test_account_is_deleted_and_its_session_ends(attendee, client):
    assert client.post(LEAVE, {"email": attendee.email.upper()}, JSON).status_code == 204
    assert not User.objects.filter(pk=attendee.pk).exists()
    assert client.get(f"{ME}/").status_code == 401


def test_account_is_not_deleted_without_its_address_or_a_fresh_proof(attendee, client, enter):
    assert told(client.post(LEAVE, {"email": "ada@example.org"}, JSON)) == (400, "account.address")
    assert told(enter(attendee).post(LEAVE, {"email": attendee.email}, JSON)) == (403, "signin.again")
    assert told(program(attendee).post(LEAVE, {"email": attendee.email}, JSON)) == (403, "token.session_needed")
    assert User.objects.filter(pk=attendee.pk).exists()


def test_who_runs_events_hands_them_over_first(organiser, enter):
    client = signed_in_now(enter(organiser), organiser)
    assert told(client.post(LEAVE, {"email": organiser.email}, JSON)) == (409, "account.runs_events")
    assert User.objects.filter(pk=organiser.pk).exists()


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_who_came_by_a_link_does_nothing_with_the_account(attendee, method, path):
    guest = come_by(JoinLinkFactory(registration=attendee.registrations.get()))
    answer = guest.get(path) if method == "get" else getattr(guest, method)(path, {}, content_type=JSON)
    assert told(answer) == (403, "link.only")
