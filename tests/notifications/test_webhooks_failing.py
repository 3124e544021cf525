"""What webhooks do where nobody answers well, and where they must not be sent at all."""

import contextlib
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import close_old_connections, connections

from apps.core import clock, reaching
from apps.core.errors import Refused
from apps.notifications import selectors, services
from apps.notifications.adapters import webhooks
from apps.notifications.models import Attempt, Delivery, Endpoint, OwedMail
from apps.notifications.services import delivering
from apps.notifications.services.delivering import FAILING, PAUSES
from tests.factories.events import MembershipFactory
from tests.factories.notifications import DeliveryFactory


def again(row):
    return type(row).objects.get(pk=row.pk)


def test_who_does_not_answer_is_hung_up_on(delivery, hook, monkeypatch):
    monkeypatch.setattr(webhooks, "SECONDS", 0.3)
    hook.hold = threading.Event()

    assert not services.deliver(delivery.pk)
    assert "no answer in time" in Attempt.objects.get().error
    hook.hold.set()


@pytest.mark.parametrize("status", [204, 500])
def test_who_keeps_a_worker_waiting_rests(delivery, endpoint, hook, monkeypatch, status):
    monkeypatch.setattr(delivering, "SLOW_MS", 0)
    hook.status = status
    waits = DeliveryFactory(endpoint=endpoint)

    assert services.deliver(delivery.pk) is (status == 204)

    assert not services.deliver(waits.pk)
    assert len(hook.heard) == 1
    hook.status = 204
    with clock.at(clock.now() + delivering.REST + timedelta(seconds=1)):
        assert services.deliver(waits.pk)


def test_who_trickles_is_hung_up_on(delivery, hook, monkeypatch):
    """Each read is in time, and all of them together would last for ever."""
    monkeypatch.setattr(webhooks, "SECONDS", 0.5)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        Endpoint.objects.update(url=f"http://127.0.0.1:{server.getsockname()[1]}/")

        def trickle():
            with server.accept()[0] as line:
                line.sendall(b"HTTP/1.1 200 OK\r\n")
                while not over.wait(0.05):
                    line.sendall(b"x-more: and more\r\n")

        thread = threading.Thread(target=_quietly, args=[trickle])
        thread.start()
        assert not services.deliver(delivery.pk)
        over.set()
        thread.join(60)

    assert Attempt.objects.get().status is None
    assert Attempt.objects.get().ms < 10_000


def _quietly(work):
    with contextlib.suppress(OSError):
        work()


def test_schedule_is_kept_and_ends(delivery, hook):
    hook.status = 500
    moment = clock.now()
    pauses = []
    for number in range(len(PAUSES) + 1):
        with clock.at(moment):
            assert not services.deliver(delivery.pk)
        row = again(delivery)
        assert row.attempts == number + 1
        if row.state == "owed":
            pauses.append(row.due_at - moment)
            with clock.at(row.due_at - timedelta(seconds=1)):
                assert not services.deliver(delivery.pk)
            moment = row.due_at

    assert again(delivery).state == "failed"
    assert len(hook.heard) == Attempt.objects.count() == 10
    for wanted, pause in zip(PAUSES, pauses, strict=True):
        assert wanted <= pause <= wanted * 1.1


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_within_bounds(delivery, hook, status):
    hook.status, hook.headers = status, {"Retry-After": "3600"}
    now = clock.now()
    with clock.at(now):
        services.deliver(delivery.pk)
    assert again(delivery).due_at - now == timedelta(hours=1)

    hook.headers = {"Retry-After": "99999999"}
    later = again(delivery).due_at
    with clock.at(later):
        services.deliver(delivery.pk)
    assert again(delivery).due_at - later == timedelta(days=1)


def test_endpoint_that_asks_for_rest_is_left_alone(delivery, hook):
    hook.status, hook.headers = 503, {"Retry-After": "3600"}
    other = DeliveryFactory(endpoint=delivery.endpoint)
    services.deliver(delivery.pk)

    assert not services.deliver(other.pk)
    assert len(hook.heard) == 1
    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        hook.status = 200
        assert services.deliver(other.pk)


def test_redirect_is_not_followed(delivery, hook):
    hook.status, hook.headers = 302, {"Location": hook.url}

    assert not services.deliver(delivery.pk)
    assert len(hook.heard) == 1
    assert Attempt.objects.get().status == 302


def test_answer_is_kept_in_part(delivery, hook):
    hook.status, hook.body = 400, b"\x00no" * 4096

    services.deliver(delivery.pk)

    assert len(Attempt.objects.get().excerpt) <= 2048
    assert Attempt.objects.get().excerpt.startswith("nono")


def test_nobody_there_is_a_failed_attempt(delivery):
    Endpoint.objects.update(url="http://127.0.0.1:1/")

    assert not services.deliver(delivery.pk)
    assert (Attempt.objects.get().status, again(delivery).state) == (None, "owed")
    assert Attempt.objects.get().error


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://0.0.0.0:{port}/",
     "http://[::ffff:127.0.0.1]:{port}/", "http://2130706433:{port}/", "http://169.254.169.254/", "http://10.0.0.1/"],
)  # fmt: skip
def test_private_addresses_are_not_called(delivery, hook, settings, url):
    settings.WEBHOOK_LOOPBACK = False
    Endpoint.objects.update(url=url.format(port=hook.server.server_port))

    assert not services.deliver(delivery.pk)
    assert hook.heard == []
    assert Attempt.objects.get().status is None
    assert "network" in Attempt.objects.get().error


def test_name_with_one_private_address_is_not_called(monkeypatch):
    known = [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(reaching.socket, "getaddrinfo", lambda *words, **options: known)

    with pytest.raises(reaching.Forbidden):
        reaching.address_of("both.example", 443)
    assert reaching.address_of("both.example", 443, reach=reaching.ANY) == "93.184.215.14"


def test_name_is_looked_up_once(delivery, hook, settings, monkeypatch):
    """A name that leads elsewhere the second time is called where it led the first time."""
    asked = []

    def look_up(host, port, **options):
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port))]

    monkeypatch.setattr(reaching, "socket", type("Net", (), {**vars(reaching.socket), "getaddrinfo": look_up}))
    Endpoint.objects.update(url=f"http://rebinding.example:{hook.server.server_port}/")

    assert services.deliver(delivery.pk)
    assert asked == ["rebinding.example"]
    assert hook.heard[0][1]["host"] == f"rebinding.example:{hook.server.server_port}"


def test_plain_http_where_tls_is_wanted_is_no_answer(delivery, hook):
    Endpoint.objects.update(url=hook.url.replace("http:", "https:"))

    assert not services.deliver(delivery.pk)
    assert "SSL" in Attempt.objects.get().error


@pytest.fixture
def certified(hook, tmp_path, monkeypatch):
    """The server speaks TLS as hooks.example, and whoever signed that is trusted; every name leads to it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(clock.now() - timedelta(days=1)).not_valid_after(clock.now() + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    written = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "both.pem").write_bytes(written + plain)
    (tmp_path / "ca.pem").write_bytes(written)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    hook.server.socket = context.wrap_socket(hook.server.socket, server_side=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    found = [(2, 1, 6, "", ("127.0.0.1", hook.server.server_port))]
    monkeypatch.setattr(reaching.socket, "getaddrinfo", lambda *words, **options: found)
    return hook


@pytest.mark.parametrize(("host", "taken"), [("hooks.example", True), ("other.example", False)])
def test_certificate_must_be_the_names(delivery, certified, host, taken):
    """Though we connect to the number that was looked at."""
    Endpoint.objects.update(url=f"https://{host}:{certified.server.server_port}/")

    assert services.deliver(delivery.pk) is taken
    assert len(certified.heard) == taken


@pytest.mark.parametrize(
    "url",
    ["ftp://x.example/", "https://", "https://u:p@x.example/", "https://x.example/#a", "https://x.example:22/",
     "https://x.example:99999/", "https://ü.example/", "https://[::1/", "x"],
)  # fmt: skip
def test_address_that_cannot_be_called_is_refused(url):
    with pytest.raises(Refused):
        services.check_url(url)


def test_plain_http_is_refused_where_the_site_is_not_plain(settings):
    settings.HTTPS = True

    with pytest.raises(Refused) as refused:
        services.check_url("http://x.example/")
    assert refused.value.code == "webhook.https"


def test_gone_switches_off_and_tells_the_members(delivery, hook, event):
    owner = MembershipFactory(organisation=event.organisation, role="owner").user
    hook.status = 410
    services.deliver(delivery.pk)

    endpoint = again(delivery.endpoint)
    assert (endpoint.is_on, endpoint.why_off, again(delivery).state) == (False, "gone", "failed")
    mail = OwedMail.objects.get()
    assert (mail.to, mail.kind) == (owner.email, "webhook_off")
    assert f"/admin/notifications/endpoint/{endpoint.pk}/" in mail.text


def test_days_of_failure_switch_off_once(delivery, hook, event):
    MembershipFactory(organisation=event.organisation)
    other = DeliveryFactory(endpoint=delivery.endpoint)
    hook.status = 500
    now = clock.now()
    with clock.at(now):
        services.deliver(delivery.pk)
    assert again(delivery.endpoint).failing_since == now
    with clock.at(now + FAILING):
        services.deliver(other.pk)
        services.deliver(delivery.pk)

    assert again(delivery.endpoint).why_off == "failing"
    assert (len(hook.heard), OwedMail.objects.count()) == (2, 1)


def test_one_that_is_taken_ends_the_count_of_days(delivery, hook):
    Endpoint.objects.update(failing_since=clock.now() - timedelta(days=4))

    services.deliver(delivery.pk)

    assert again(delivery.endpoint).failing_since is None


def test_switched_on_again_it_gets_what_is_owed(delivery, hook):
    services.switch(delivery.endpoint, is_on=False, by_id=delivery.endpoint.keeper_id)
    assert not services.deliver(delivery.pk)

    services.switch(delivery.endpoint, is_on=True, by_id=delivery.endpoint.keeper_id)

    assert selectors.deliveries_due(limit=5) == [delivery.pk]
    assert services.deliver(delivery.pk)


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_call(delivery, hook):
    hook.hold = threading.Event()

    def work():
        close_old_connections()
        try:
            return services.deliver(delivery.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(work) for _worker in range(2)]
        quick = next(iter([done for done in _first(both) if not done.result()]))
        hook.hold.set()
        assert not quick.result()
        assert sorted(done.result() for done in both) == [False, True]
    assert len(hook.heard) == 1
    assert again(delivery).attempts == 1


def _first(futures):
    """Those that are done as soon as one is."""
    from concurrent.futures import FIRST_COMPLETED, wait

    return wait(futures, timeout=60, return_when=FIRST_COMPLETED).done


def test_worker_that_died_leaves_it_due(delivery):
    now = clock.now()
    Delivery.objects.update(due_at=now + timedelta(seconds=60), attempts=1)

    assert selectors.deliveries_due(limit=5) == []
    with clock.at(now + timedelta(seconds=61)):
        assert selectors.deliveries_due(limit=5) == [delivery.pk]
