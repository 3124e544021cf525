"""Domains of a way to sign in: proven by a record, by a superuser's word, and by one organisation alone."""

import socket
import threading

import dns.flags
import dns.message
import dns.resolver
import dns.rrset
import pytest

from apps.core.errors import Refused
from apps.events import services
from apps.events.adapters import domain_records
from apps.events.models import SignInDomain
from tests.events.coming_in import setup_page
from tests.factories.accounts import UserFactory, give_second_factor
from tests.factories.events import SignInDomainFactory


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
