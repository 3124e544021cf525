"""Mail domains of an organisation's way to sign in: proven by a record, and looked up again."""

import socket
import threading
from datetime import timedelta

import dns.flags
import dns.message
import dns.resolver
import dns.rrset
import pytest
from django.db.models import F
from django.urls import reverse

from apps.core.errors import Refused
from apps.events import services
from apps.events.adapters import domain_records
from apps.events.models import SignInConnection, SignInDomain
from tests.factories.accounts import UserFactory, give_second_factor
from tests.factories.events import EventFactory, MembershipFactory, SignInDomainFactory


@pytest.fixture
def owner(connection):
    return MembershipFactory(organisation=connection.organisation, user__name="Inês Falcão").user


def setup_page(connection):
    return f"/admin/events/signinconnection/{connection.pk}/setup/"


@pytest.fixture
def name_server(monkeypatch):
    """Answers for the records in the dictionary that it gives."""
    records = {}
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                asked, place = server.recvfrom(2000)
            except OSError:
                return
            question = dns.message.from_wire(asked)
            answer = dns.message.make_response(question, recursion_available=True)
            name = question.question[0].name
            for text in records.get(name.to_text(omit_final_dot=True), ()):
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", f'"{text}"'))
            server.sendto(answer.to_wire(), place)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()

    def resolver():
        made = dns.resolver.Resolver(configure=False)
        made.nameservers, made.port = ["127.0.0.1"], server.getsockname()[1]
        return made

    monkeypatch.setattr(domain_records, "resolver", resolver)
    yield records
    server.close()


@pytest.fixture
def unproven(connection):
    return SignInDomainFactory(connection=connection, domain="mill.example", proven_at=None)


def test_record_proves_a_domain(owner, connection, unproven, name_server, enter):
    client = enter(owner)
    client.post(setup_page(connection), {"do": "check", "domain": unproven.pk})
    assert SignInDomain.objects.get(pk=unproven.pk).proven_at is None
    name_server["_plenary-signin.mill.example"] = ["v=other", f"plenary={unproven.record}"]
    client.post(setup_page(connection), {"do": "check", "domain": unproven.pk})
    assert SignInDomain.objects.get(pk=unproven.pk).proven_at is not None


def test_record_of_another_connection_proves_nothing(unproven, name_server):
    name_server["_plenary-signin.mill.example"] = ["plenary=somebody-elses", "plenary="]
    assert not services.check_domain(unproven)


def test_domain_belongs_to_one_connection(unproven, name_server):
    rival = SignInDomainFactory(domain="mill.example")
    name_server["_plenary-signin.mill.example"] = [f"plenary={unproven.record}"]
    with pytest.raises(Refused) as refused:
        services.check_domain(unproven)
    assert refused.value.code == "domain.of_another"
    assert SignInDomain.objects.proven().get(domain="mill.example") == rival


RECORD = "_plenary-signin.mill.example"


@pytest.fixture
def proven(unproven, name_server):
    name_server[RECORD] = [f"plenary={unproven.record}"]
    assert services.check_domain(unproven)
    return unproven


def days_later(domain, days):
    """As long ago as that it was looked up, and missed."""
    rows = SignInDomain.objects.filter(pk=domain.pk)
    rows.update(checked_at=F("checked_at") - timedelta(days=days), gone_since=F("gone_since") - timedelta(days=days))
    services.look_domains_up_again()
    domain.refresh_from_db()
    return domain.proven_at is not None, domain.gone_since is not None


def test_proof_is_looked_up_again_a_day_later_and_not_before(proven, name_server):
    del name_server[RECORD]
    assert services.look_domains_up_again() == 0
    assert days_later(proven, 1) == (True, True)
    assert services.look_domains_up_again() == 0


def test_record_that_stays_away_for_a_week_proves_nothing(proven, name_server):
    record = name_server.pop(RECORD)
    assert [days_later(proven, days) for days in (1, 6, 1)] == [(True, True), (True, True), (False, True)]
    name_server[RECORD] = record
    assert services.check_domain(proven)
    proven.refresh_from_db()
    assert (proven.proven_at is not None, proven.gone_since) == (True, None)


def test_record_that_comes_back_is_no_loss(proven, name_server):
    record = name_server.pop(RECORD)
    days_later(proven, 1)
    name_server[RECORD] = record
    assert days_later(proven, 5) == (True, False)


def test_look_up_that_nobody_answers_says_nothing(proven, monkeypatch):
    def silent():
        made = dns.resolver.Resolver(configure=False)
        made.nameservers, made.port = ["127.0.0.1"], 9
        return made

    monkeypatch.setattr(domain_records, "resolver", silent)
    monkeypatch.setattr(domain_records, "SECONDS", 0.2)
    assert days_later(proven, 30) == (True, False)


def test_domain_trusted_without_a_record_is_not_looked_up(unproven, name_server):
    services.trust_domain(unproven)
    assert days_later(unproven, 30) == (True, False)


def test_owners_are_told_at_the_desk_that_a_record_is_gone(owner, connection, proven, name_server, enter):
    SignInConnection.objects.update(is_on=True)
    EventFactory(organisation=connection.organisation)
    del name_server[RECORD]
    days_later(proven, 1)
    client = enter(owner)
    pages = [client.get(page).content.decode() for page in (reverse("admin:index"), setup_page(connection))]
    assert "The record that proves mill.example is gone." in pages[0]
    assert "Its record is gone since" in pages[1]


def test_only_a_superuser_trusts_a_domain_without_a_record(owner, connection, unproven, enter):
    client = enter(owner)
    client.post(setup_page(connection), {"do": "trust", "domain": unproven.pk})
    assert SignInDomain.objects.get(pk=unproven.pk).proven_at is None
    root = UserFactory(is_superuser=True, is_staff=True)
    give_second_factor(root)
    enter(root).post(setup_page(connection), {"do": "trust", "domain": unproven.pk})
    assert SignInDomain.objects.get(pk=unproven.pk).proven_at is not None


def test_domain_of_another_connection_is_not_found(owner, connection, enter):
    other = SignInDomainFactory(proven_at=None)
    answer = enter(owner).post(setup_page(connection), {"do": "check", "domain": other.pk})
    assert answer.status_code == 404
