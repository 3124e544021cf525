"""An organisation's ways to sign in by call, for its owners: set up, proven, and no secret comes out."""

import pytest

from apps.audit.models import Entry
from apps.core.models import KeptAnswer
from apps.events import selectors
from apps.events.adapters import domain_records
from apps.events.models import Membership, SignInConnection, SignInDomain, SignInIdentity
from tests.access.test_tokens import program
from tests.events.coming_in import SECRET
from tests.events.providers import Federation
from tests.factories.events import MembershipFactory, SignInConnectionFactory, SignInDomainFactory

JSON = "application/json"
CONNECTIONS = "/api/v1/organisations/lakeside/connections/"


@pytest.fixture
def client(owner, enter):
    return enter(owner)


@pytest.fixture
def path(connection):
    return f"{CONNECTIONS}{connection.pk}/"


def given(directory, **more):
    return {"name": "Staff", "issuer": directory.issuer, "client_id": "plenary", "secret": SECRET} | more


def test_provider_is_connected_and_its_secret_comes_out_nowhere(client, connection, directory):
    wish, key = given(directory), {"Idempotency-Key": "one"}
    made = client.post(CONNECTIONS, wish, content_type=JSON, headers=key)
    told = made.json()
    again = client.post(CONNECTIONS, wish, content_type=JSON, headers=key)

    row = SignInConnection.objects.get(name="Staff")
    assert (made.status_code, told["has_secret"], told["is_on"], told["kind"]) == (201, True, False, "oidc")
    assert told["addresses"]["redirect"].endswith(f"/signin/connection/{row.pk}/back/")
    assert selectors.secret_of(row) == SECRET
    assert again.json()["code"] == "connection.name_taken"
    said = made.content + client.get(CONNECTIONS).content + client.get(f"{CONNECTIONS}{row.pk}/").content
    kept = str(list(Entry.objects.values())) + str(list(KeptAnswer.objects.values()))
    assert SECRET not in said.decode() + kept


def test_saml_provider_is_read_from_its_metadata(client, connection):
    federation = Federation()
    wish = {"name": "Staff", "kind": "saml", "metadata": federation.metadata()}
    told = client.post(CONNECTIONS, wish, content_type=JSON).json()
    assert (told["entity_id"], told["sso_url"]) == (federation.entity_id, federation.sso_url)
    assert told["certificates"].startswith("-----BEGIN CERTIFICATE-----")
    assert {*told["addresses"]} == {"entity_id", "acs"}


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"issuer": "https://127.0.0.1:1"}, ["issuer"]),
        ({"issuer": "not an address"}, ["issuer"]),
        ({"client_id": ""}, ["client_id"]),
        ({"kind": "saml"}, ["entity_id", "sso_url", "certificates"]),
        ({"kind": "saml", "metadata": "<x/>"}, ["body"]),
        ({"kind": "ldap"}, ["kind"]),
    ],
)
def test_provider_that_cannot_be_is_refused_by_field(client, connection, directory, said, fields):
    refused = client.post(CONNECTIONS, given(directory, **said), content_type=JSON)
    assert (refused.status_code, [*refused.json()["errors"]]) == (400, fields)
    assert SignInConnection.objects.count() == 1


def test_change_keeps_the_secret_unless_another_provider_would_be_told_it(client, connection, path, directory):
    told = client.patch(path, {"is_on": True, "new_people": "account", "kind": "saml"}, content_type=JSON).json()
    connection.refresh_from_db()
    assert (told["new_people"], told["kind"], selectors.secret_of(connection)) == ("account", "oidc", SECRET)
    assert client.patch(path, {"client_id": "another"}, content_type=JSON).json()["has_secret"] is False


def test_what_is_left_out_of_a_form_stays(client, connection, path):
    connection.is_required = True
    connection.save()
    told = client.patch(path, "name=Ours", content_type="application/x-www-form-urlencoded").json()
    assert (told["name"], told["is_on"], told["is_required"]) == ("Ours", True, True)


def test_connection_is_deleted(client, path):
    assert client.delete(path).status_code == 204
    assert not SignInConnection.objects.exists()


def test_eleventh_connection_is_refused(client, connection, directory):
    SignInConnectionFactory.create_batch(9, organisation=connection.organisation)
    refused = client.post(CONNECTIONS, given(directory), content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "connection.too_many")


def test_domain_is_named_proven_and_removed(client, connection, path, monkeypatch):
    made = client.post(f"{path}domains/", {"domain": "Mail.Example."}, content_type=JSON)
    told = made.json()
    assert (made.status_code, told["domain"], told["is_proven"]) == (201, "mail.example", False)

    records = []
    monkeypatch.setattr(domain_records, "texts", lambda _name: records)
    prove = f"{path}domains/{told['id']}/prove/"
    assert client.post(prove).json()["code"] == "domain.no_record"
    records.append(told["record_text"])
    assert client.post(prove).json()["is_proven"] is True
    assert client.delete(f"{path}domains/{told['id']}/").status_code == 204
    assert [row["domain"] for row in client.get(path).json()["domains"]] == ["lakeside.example"]


@pytest.mark.parametrize(
    ("domain", "code"),
    [("lakeside.example", "domain.there"), ("no domain", "domain.unreadable"), ("x" * 250, "domain.unreadable")],
)
def test_domain_that_cannot_be_is_refused(client, path, domain, code):
    refused = client.post(f"{path}domains/", {"domain": domain}, content_type=JSON)
    assert (refused.json()["code"], refused.json()["field"]) == (code, "domain")


def test_domain_of_another_connection_proves_nothing_here(client, path, monkeypatch):
    told = client.post(f"{path}domains/", {"domain": "mail.example"}, content_type=JSON).json()
    SignInDomainFactory(domain="mail.example")
    monkeypatch.setattr(domain_records, "texts", lambda _name: [told["record_text"]])
    refused = client.post(f"{path}domains/{told['id']}/prove/")
    assert (refused.status_code, refused.json()["code"]) == (409, "domain.of_another")


def test_everybody_is_connected_anew_with_a_line_in_the_log(client, connection, path, nadia, owner):
    SignInIdentity.objects.create(connection=connection, user=nadia, subject="1")
    assert client.post(f"{path}forget/").json() == {"forgotten": 1}
    entry = Entry.objects.get(kind="done")
    assert (entry.who_id, entry.organisation_id, entry.after) == (owner.pk, connection.organisation_id, {"people": 1})


def test_managers_and_owners_elsewhere_find_nothing(client, connection, path, other_organiser, enter, directory):
    manager = MembershipFactory(organisation=connection.organisation, role=Membership.Role.MANAGER).user
    for person, status in ((manager, 403), (other_organiser, 404)):
        other = enter(person)
        for answer in (
            other.get(CONNECTIONS),
            other.post(CONNECTIONS, given(directory), content_type=JSON),
            other.patch(path, {"is_on": False}, content_type=JSON),
            other.delete(path),
            other.post(f"{path}forget/"),
        ):
            assert answer.status_code == status
    assert SignInConnection.objects.get().is_on


def test_connection_of_another_organisation_is_not_there(client, connection):
    foreign = SignInDomainFactory()
    theirs = f"{CONNECTIONS}{foreign.connection_id}/"
    mine = f"{CONNECTIONS}{connection.pk}/domains/{foreign.pk}/"
    assert [client.get(theirs).status_code, client.delete(theirs).status_code] == [404, 404]
    assert [client.post(f"{mine}prove/").status_code, client.delete(mine).status_code] == [404, 404]
    assert SignInDomain.objects.filter(pk=foreign.pk).exists()


def test_token_for_the_team_connects_no_provider(owner, connection, directory):
    """Whoever may invite members by a token does not get to say how everybody signs in."""
    refused = program(owner, "team:write").post(CONNECTIONS, given(directory), content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "token.scope")
