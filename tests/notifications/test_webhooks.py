"""Webhooks are written with the fact, signed, tried until they are taken, and never called where they should not be."""

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import close_old_connections, connections, transaction

from apps.core import clock
from apps.core.errors import Refused
from apps.events.services import cancel_registration, end_event, publish_event, register_person
from apps.notifications import selectors, services
from apps.notifications.adapters import webhooks
from apps.notifications.models import Attempt, Delivery, Endpoint, OwedMail
from apps.notifications.registry import facts
from apps.notifications.services.delivering import FAILING, KEPT, PAUSES
from apps.notifications.services.telling import VERSION
from apps.polls.services import close_poll
from apps.tracks.services import touch_agenda
from tests.factories import polls
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, MembershipFactory
from tests.factories.notifications import DeliveryFactory, EndpointFactory, ReceiverFactory


class Hook:
    """A server that keeps what it is told, and answers what it is set to."""

    def __init__(self):
        self.heard, self.status, self.headers, self.body = [], 204, {}, b""
        self.hold = None
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.heard.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                if hook.hold is not None:
                    hook.hold.wait(30)
                self.send_response(hook.status)
                for name, value in hook.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(hook.body)))
                self.end_headers()
                self.wfile.write(hook.body)

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?of=us"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hook(settings):
    settings.WEBHOOK_LOOPBACK = True
    server = Hook()
    yield server
    server.close()


@pytest.fixture
def endpoint(event, hook):
    return EndpointFactory(organisation=event.organisation, url=hook.url, kinds=sorted(facts.FACTS))


@pytest.fixture
def delivery(endpoint):
    return DeliveryFactory(endpoint=endpoint)


def again(row):
    return type(row).objects.get(pk=row.pk)


def signature(secret, headers, body):
    """As the specification says it, without our code."""
    key = base64.b64decode(secret.split("_", 1)[1])
    said = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


# What is told


def test_fact_is_owed_to_who_wants_it(event, endpoint):
    EndpointFactory(organisation=event.organisation, kinds=["poll.closed"])
    EndpointFactory(organisation=event.organisation, is_on=False, kinds=["registration.created"])
    EndpointFactory(organisation=event.organisation, event=EventFactory(), kinds=["registration.created"])
    EndpointFactory(kinds=["registration.created"])
    person = UserFactory(name="Nadia Okello")

    register_person(event, user=person)

    owed = Delivery.objects.get()
    said = json.loads(owed.body)
    assert (owed.endpoint, owed.kind) == (endpoint, "registration.created")
    assert (said["type"], said["version"]) == ("registration.created", VERSION)
    assert said["data"]["event"] == {"id": event.pk, "slug": event.slug}
    assert said["data"]["email"] == person.email
    assert "Nadia" not in owed.body
    assert said["timestamp"].endswith("Z")


def test_endpoint_of_one_event_is_told_of_it(event):
    mine = EndpointFactory(organisation=event.organisation, event=event, kinds=["event.ended"])

    end_event(event)

    assert Delivery.objects.get().endpoint == mine


def test_one_message_has_one_id_everywhere(event, endpoint):
    EndpointFactory(organisation=event.organisation, kinds=endpoint.kinds)

    end_event(event)

    assert len(Delivery.objects.values_list("message_id", flat=True)) == 2
    assert len({*Delivery.objects.values_list("message_id", flat=True)}) == 1


def test_what_is_rolled_back_is_not_told(event, endpoint):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        end_event(event)
        raise ZeroDivisionError

    assert not Delivery.objects.exists()


def test_states_and_places_are_told(endpoint, event):
    event.state = "draft"
    event.save(update_fields=["state"])
    publish_event(event)
    place = register_person(event, user=UserFactory())
    cancel_registration(place)
    end_event(event)

    kinds = [*Delivery.objects.order_by("pk").exclude(kind="agenda.changed").values_list("kind", flat=True)]
    assert kinds == ["event.published", "registration.created", "registration.cancelled", "event.ended"]


def test_poll_that_closes_is_told(event, endpoint):
    poll = polls.PollFactory(event=event, state="open")

    close_poll(poll)

    said = json.loads(Delivery.objects.get(kind="poll.closed").body)
    assert said["data"]["poll"] == poll.pk


def test_changes_that_follow_each_other_are_told_once(event, endpoint):
    for _time in range(3):
        touch_agenda(event_id=event.pk)
    assert Delivery.objects.filter(kind="agenda.changed").count() == 1

    Delivery.objects.update(attempts=1)
    touch_agenda(event_id=event.pk)

    assert Delivery.objects.filter(kind="agenda.changed").count() == 2


# How it is sent


def test_call_is_signed(delivery, hook):
    assert services.deliver(delivery.pk)

    [(path, headers, body)] = hook.heard
    assert (path, body.decode()) == ("/hook?of=us", delivery.body)
    assert headers["webhook-id"] == delivery.message_id
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    [secret] = selectors.secrets_of(delivery.endpoint)
    assert secret.startswith("whsec_")
    assert headers["webhook-signature"] == signature(secret, headers, body)
    assert again(delivery).state == "done"
    assert (Attempt.objects.get().status, Attempt.objects.get().error) == (204, "")


def test_secret_is_sealed_in_the_database(endpoint):
    assert "whsec_" not in endpoint.secret
    assert len(base64.b64decode(selectors.secrets_of(endpoint)[0].removeprefix("whsec_"))) == 32


def test_both_secrets_sign_for_a_day(delivery, hook):
    endpoint = delivery.endpoint
    [old] = selectors.secrets_of(endpoint)
    new = services.rotate_secret(endpoint)
    services.deliver(delivery.pk)

    [(_path, headers, body)] = hook.heard
    assert headers["webhook-signature"].split() == [signature(new, headers, body), signature(old, headers, body)]
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert selectors.secrets_of(again(endpoint)) == [new]


def test_secret_is_shown_once(endpoint):
    assert services.take_secret(endpoint) == selectors.secrets_of(endpoint)[0]

    with pytest.raises(Refused) as refused:
        services.take_secret(endpoint)
    assert refused.value.code == "webhook.secret_shown"


def test_signature_of_ours_holds_and_others_do_not(endpoint):
    secrets = selectors.secrets_of(endpoint)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": "1000"}
    headers["webhook-signature"] = signature(secrets[0], headers, b"{}")

    assert webhooks.holds(headers, b"{}", secrets, now=1000)
    assert not webhooks.holds(headers, b"{ }", secrets, now=1000)
    assert not webhooks.holds(headers, b"{}", secrets, now=1301)
    assert not webhooks.holds({**headers, "webhook-id": "msg_2"}, b"{}", secrets, now=1000)
    assert not webhooks.holds(headers, b"{}", ["whsec_" + base64.b64encode(b"x" * 32).decode()], now=1000)


def test_nothing_leaves_unsigned(delivery, hook, settings):
    settings.SECRET_KEY = "another one"
    settings.SECRET_KEY_FALLBACKS = []

    assert not services.deliver(delivery.pk)
    assert hook.heard == []
    assert "SECRET_KEY" in Attempt.objects.get().error


def test_key_of_before_still_opens(delivery, hook, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"

    assert services.deliver(delivery.pk)


# What goes wrong


def test_who_does_not_answer_is_hung_up_on(delivery, hook, monkeypatch):
    monkeypatch.setattr(webhooks, "SECONDS", 0.3)
    hook.hold = threading.Event()

    assert not services.deliver(delivery.pk)
    assert "No answer" in Attempt.objects.get().error
    hook.hold.set()


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
        thread.join(10)

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
    monkeypatch.setattr(webhooks.socket, "getaddrinfo", lambda *words, **options: known)

    with pytest.raises(webhooks.Forbidden):
        webhooks.address_of("both.example", 443)
    assert webhooks.address_of("both.example", 443, reach=webhooks.ANY) == "93.184.215.14"


def test_name_is_looked_up_once(delivery, hook, settings, monkeypatch):
    """A name that leads elsewhere the second time is called where it led the first time."""
    asked = []

    def look_up(host, port, **options):
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port))]

    monkeypatch.setattr(webhooks, "socket", type("Net", (), {**vars(webhooks.socket), "getaddrinfo": look_up}))
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
    monkeypatch.setattr(webhooks.socket, "getaddrinfo", lambda *words, **options: found)
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
    services.switch(delivery.endpoint, is_on=False)
    assert not services.deliver(delivery.pk)

    services.switch(delivery.endpoint, is_on=True)

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

    return wait(futures, timeout=20, return_when=FIRST_COMPLETED).done


def test_worker_that_died_leaves_it_due(delivery):
    now = clock.now()
    Delivery.objects.update(due_at=now + timedelta(seconds=60), attempts=1)

    assert selectors.deliveries_due(limit=5) == []
    with clock.at(now + timedelta(seconds=61)):
        assert selectors.deliveries_due(limit=5) == [delivery.pk]


# Again


def test_replay_has_the_same_id(delivery, hook):
    services.deliver(delivery.pk)
    assert services.replay(delivery)
    assert not services.replay(delivery)  # it waits already
    services.deliver(delivery.pk)

    assert [headers["webhook-id"] for _path, headers, _body in hook.heard] == [delivery.message_id] * 2
    assert Attempt.objects.count() == 2


def test_replay_of_what_failed_since(endpoint):
    now = clock.now()
    old = DeliveryFactory(endpoint=endpoint, state="failed", created_at=now - timedelta(days=3))
    new = DeliveryFactory(endpoint=endpoint, state="failed", created_at=now)
    done = DeliveryFactory(endpoint=endpoint, state="done", created_at=now)
    other = DeliveryFactory(state="failed", created_at=now)

    assert services.replay_failed(endpoint, since=now - timedelta(days=1)) == 1

    assert [again(row).state for row in (old, new, done, other)] == ["failed", "owed", "done", "failed"]


def test_log_is_kept_for_a_month(delivery, hook):
    services.deliver(delivery.pk)
    with clock.at(clock.now() + KEPT - timedelta(minutes=1)):
        services.give_up_old()
    assert Attempt.objects.exists()

    with clock.at(clock.now() + KEPT + timedelta(minutes=1)):
        services.give_up_old()

    assert not Delivery.objects.exists()
    assert not Attempt.objects.exists()


def test_test_goes_to_a_receiver_and_harms_nothing(endpoint, hook, settings):
    settings.SITE_URL = hook.url.partition("/hook")[0]
    settings.WEBHOOK_LOOPBACK = False
    receiver = ReceiverFactory(endpoint=endpoint)
    delivery = services.send_test(endpoint, to=receiver)
    hook.status = 500

    assert not services.deliver(delivery.pk)

    assert [path for path, _headers, _body in hook.heard] == [receiver.path]
    assert again(delivery).state == "failed"  # a test is not tried again
    assert again(endpoint).failing_since is None


def test_every_kind_is_documented():
    told = (settings_dir() / "docs" / "webhooks.md").read_text()

    for fact in facts.FACTS.values():
        assert f"`{fact.kind}`" in told, fact.kind
        row = next(line for line in told.splitlines() if f"`{fact.kind}`" in line)
        for field in fact.Data.__struct_fields__:
            assert f"`{field}`" in row, (fact.kind, field)
        assert fact.Data.__doc__, fact.kind


def settings_dir():
    from django.conf import settings

    return settings.BASE_DIR
