"""Calling an organisation's provider: where it may be, how long it may take, how often it is asked."""

import threading

import pytest

from apps.events import selectors, services
from apps.events.adapters import calling
from apps.events.adapters.claims import Doubt
from apps.events.models import SignInConnection, SignInIdentity
from tests.events.coming_in import come_back, go, refused, sign_in, who
from tests.factories.events import SignInConnectionFactory


def test_provider_that_refuses_signs_nobody_in(connection, directory, visitor, caplog):
    state = directory.let_in(go(visitor, connection))["state"]
    answer = come_back(visitor, connection, {"state": state, "error": "access_denied"})
    assert refused(answer, caplog) == "signin.refused"


def test_provider_on_a_private_network_is_not_called(connection, directory, visitor, caplog, settings):
    settings.SIGNIN_LOOPBACK = False
    for issuer in (directory.issuer, "https://127.0.0.1:1", "https://169.254.169.254", "https://10.0.0.1"):
        SignInConnection.objects.update(issuer=issuer)
        answer = visitor.get(f"/signin/connection/{connection.pk}/go/")
        assert refused(answer, caplog) in ("signin.address", "signin.unreachable")
    assert directory.asked == []


def test_provider_that_says_another_issuer_is_not_used(connection, directory, visitor, caplog):
    directory.configuration = {"issuer": "https://evil.example"}
    assert refused(visitor.get(f"/signin/connection/{connection.pk}/go/"), caplog) == "signin.issuer"


def test_provider_that_publishes_without_end_is_given_up(connection, directory, visitor, caplog):
    directory.configuration = {"more": "x" * 300_000}
    assert refused(visitor.get(f"/signin/connection/{connection.pk}/go/"), caplog) == "signin.unreachable"


def test_provider_is_not_asked_each_time(connection, directory, nadia, visitor, client):
    for one in (visitor, client):
        sign_in(one, connection, directory)
    assert directory.asked.count("/.well-known/openid-configuration") == 1
    assert directory.asked.count("/jwks") == 1


def test_provider_that_failed_is_not_asked_again_at_once(connection, directory, nadia, visitor, caplog):
    directory.failing = {"/.well-known/openid-configuration"}
    for _one in range(3):
        assert refused(visitor.get(f"/signin/connection/{connection.pk}/go/"), caplog) == "signin.unreachable"
    assert directory.asked == ["/.well-known/openid-configuration"]


def test_provider_that_failed_for_one_connection_is_asked_for_another(connection, directory, nadia, visitor, caplog):
    other = SignInConnectionFactory(issuer=directory.issuer)
    directory.failing = {"/.well-known/openid-configuration"}
    visitor.get(f"/signin/connection/{connection.pk}/go/")
    directory.failing = set()
    assert visitor.get(f"/signin/connection/{other.pk}/go/").status_code == 302


def test_made_up_code_closes_the_way_for_nobody(connection, directory, nadia, visitor, client, caplog):
    state = directory.let_in(go(visitor, connection))["state"]
    answer = come_back(visitor, connection, {"state": state, "code": "made-up"})
    assert refused(answer, caplog) == "signin.unreachable"
    sign_in(client, connection, directory)
    assert who(client) == str(nadia.pk)


def test_few_wait_for_one_provider_at_a_time(connection, directory, nadia, visitor, client, caplog):
    line = f"{connection.pk}\0{directory.issuer}"
    answer = directory.let_in(go(visitor, connection))
    with calling.Line(line).open(), calling.Line(line).open():
        assert refused(come_back(visitor, connection, answer), caplog) == "signin.busy"
    assert directory.redeemed == []
    sign_in(client, connection, directory)
    assert who(client) == str(nadia.pk)


def test_whole_way_back_has_one_end(directory, settings):
    settings.SIGNIN_LOOPBACK = True
    line = calling.Line("one", seconds=0)
    with pytest.raises(Doubt):
        line.get_json(f"{directory.issuer}/jwks")
    assert directory.asked == []


def test_provider_that_answers_too_late_is_given_up(directory, settings, monkeypatch):
    settings.SIGNIN_LOOPBACK = True
    monkeypatch.setattr(calling, "SECONDS", 0.2)
    directory.late = threading.Event()
    with pytest.raises(Doubt) as doubt:
        calling.Line("one").get_json(f"{directory.issuer}/jwks")
    directory.late.set()
    assert doubt.value.why == "unreachable"


@pytest.mark.parametrize("where", ["https://id.example/a\nb", "https://id.example/a b", "https://id.example/\x7f"])
def test_address_that_fits_no_header_is_refused(connection, directory, visitor, caplog, where):
    directory.configuration = {"authorization_endpoint": where}
    assert refused(visitor.get(f"/signin/connection/{connection.pk}/go/"), caplog) == "signin.address"


def test_what_another_owner_set_meanwhile_stays(connection, nadia):
    stale = SignInConnection.objects.get(pk=connection.pk)
    connection.issuer = "https://id.example"
    services.change_connection(connection, changed={"issuer"}, secret="new")
    known = SignInIdentity.objects.create(connection=connection, user=nadia, subject="7")

    stale.name = "Ours"
    services.change_connection(stale, changed={"name"})

    row = SignInConnection.objects.get()
    assert (row.name, row.issuer, selectors.secret_of(row)) == ("Ours", "https://id.example", "new")
    assert SignInIdentity.objects.get() == known


def test_secret_is_told_to_no_other_issuer(connection):
    connection.issuer = "https://evil.example"
    services.save_connection(connection)
    assert SignInConnection.objects.get().client_secret == ""
