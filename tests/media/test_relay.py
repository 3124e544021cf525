"""nginx with its RTMP module before the gates: what it asks of us, what it makes of our answers, and the whole way of
pictures through balancer, nginx and gate to storage."""

import http.server
import re
import socket
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import reverse

from apps.media import selectors, services
from apps.media.models import Segment, Stream
from tests.media.pushing import Encoder, wait_until
from tests.plugins.fleet import balancer_configuration
from tests.plugins.platform import RELAY_SECRET, free_port, running, wait_for
from tests.plugins.relay import relaying

MOST_CUT_S = 2
KEPT_S = 4
"""So long an encoder stays that is asked about each second."""


@pytest.fixture
def stream(event):
    return services.create_stream(event, title="The river, live")


def key_of(stream):
    return selectors.secret_of(stream.keys.get(input="primary", revoked_at=None))


# What it asks -------------------------------------------------------------------------------------------------------
@pytest.fixture
def asks(client, settings):
    def status(name, secret=RELAY_SECRET):
        headers = {"Authorization": f"Bearer {secret}"}
        return client.post(reverse("media:authorise"), {"call": "publish", "name": name}, headers=headers).status_code

    settings.INGEST = replace(settings.INGEST, secret=RELAY_SECRET)
    return status


@pytest.mark.django_db
def test_a_key_is_let_through_until_it_is_revoked(stream, asks):
    key = key_of(stream)
    assert asks(key) == 204
    services.revoke_key(stream, which="primary")
    assert asks(key) == 403


@pytest.mark.django_db
def test_nobody_else_is_told(stream, asks, client, settings):
    assert asks(key_of(stream), secret="another") == 403
    assert client.post(reverse("media:authorise"), {"name": key_of(stream)}).status_code == 403
    assert asks("nobody") == 403
    settings.INGEST = replace(settings.INGEST, secret="")
    assert asks(key_of(stream), secret="") == 404


# What it makes of the answers ---------------------------------------------------------------------------------------
class Site(http.server.BaseHTTPRequestHandler):
    """Answers the first question about a key, and those after it, as it is told; away where it is told nothing."""

    first = later = 204
    asked = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append((self.path, self.headers["Authorization"], body))
        status = self.first if "call=publish" in body else self.later
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Location", "https://somewhere.example/")
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(Site, "asked", [])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def pushes(site, tmp_path):
    """Pushes to an nginx behind which no gate answers."""
    with ExitStack() as stack:
        deaf = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        relay = stack.enter_context(relaying(tmp_path, site=site, gate=f"127.0.0.1:{deaf.getsockname()[1]}"))

        def push(key):
            encoder = Encoder(f"{relay.url}/{key}")
            stack.callback(encoder.kill)
            return encoder

        push.log = relay.log
        yield push


@pytest.mark.nginx
@pytest.mark.parametrize("status", [403, 301, 503])
def test_whom_the_site_does_not_let_in_nginx_does_not(status, pushes, monkeypatch):
    monkeypatch.setattr(Site, "first", status)

    assert pushes("plenary_live_abc-D_e").process.wait(20) != 0
    [(path, proof, body)] = Site.asked
    assert (path, proof) == (reverse("media:authorise"), f"Bearer {RELAY_SECRET}")
    assert "name=plenary_live_abc-D_e" in body


@pytest.mark.nginx
def test_who_is_let_in_is_cut_off_by_a_no_and_by_nothing_else(pushes, monkeypatch):
    encoder = pushes("plenary_live_abc-D_e")
    for status in (204, 503, 301):
        monkeypatch.setattr(Site, "later", status)
        asked = len(Site.asked)
        wait_until(lambda asked=asked: len(Site.asked) >= asked + KEPT_S, seconds=20)
        assert encoder.process.poll() is None, status
    monkeypatch.setattr(Site, "later", 403)
    told = time.monotonic()
    wait_until(lambda: encoder.ended_at, seconds=10)
    assert encoder.ended_at - told <= MOST_CUT_S

    said = pushes.log.read_text()
    assert "publish: name='plenary_live_…'" in said
    assert "abc-D_e" not in said
    assert RELAY_SECRET not in said


# The whole way ------------------------------------------------------------------------------------------------------
@pytest.fixture
def way(platform, new_gate, s3, tmp_path):
    """The balancer, an nginx and two gates: (address for encoders, the gates' processes, nginx' log)."""
    addresses, gates = zip(*(new_gate(**s3.environment) for _gate in range(2)), strict=True)
    behind = [int(re.search(r":(\d+)/", address)[1]) for address in addresses]
    ports = {name: free_port() for name in ("BALANCER_PORT", "ENCODER_PORT", "GATE_PORT")}
    site = f"http://127.0.0.1:{ports['BALANCER_PORT']}"
    with ExitStack() as stack:
        relay = stack.enter_context(relaying(tmp_path, site=site, gate=f"127.0.0.1:{ports['GATE_PORT']}"))
        web = [int(platform.url.rpartition(":")[2])]
        configuration, log = tmp_path / "haproxy.cfg", tmp_path / "haproxy.log"
        configuration.write_text(balancer_configuration(web, web, s3.url, relay=[relay.port], ingest=behind))
        environment = {"SITE_HOST": "127.0.0.1", "AWS_STORAGE_BUCKET_NAME": s3.bucket}
        environment |= {name: str(port) for name, port in ports.items()}
        balancer = stack.enter_context(running("haproxy", "-db", "-f", str(configuration), log=log, **environment))
        wait_for(f"{site}/healthz", balancer, log)
        yield f"rtmp://127.0.0.1:{ports['ENCODER_PORT']}/live", gates, relay.log


def encodes(gate):
    """It has begun an ffmpeg, which nothing else begins there."""
    return bool(Path(f"/proc/{gate.pid}/task/{gate.pid}/children").read_text())


@pytest.mark.nginx
@pytest.mark.haproxy
@pytest.mark.django_db(transaction=True)
def test_a_push_goes_through_balancer_and_nginx_to_storage_until_its_key_is_revoked(event, way, s3):
    address, gates, log = way
    stream = services.create_stream(event, title="The river, live")
    key = key_of(stream)
    stranger = Encoder(f"{address}/plenary_live_nobody")
    encoder = Encoder(f"{address}/{key}")
    try:
        assert stranger.process.wait(20) != 0
        wait_until(lambda: Stream.objects.get(pk=stream.pk).segments >= 2, told=log.read_text)
        listed = Segment.objects.filter(stream=stream).select_related("take")
        names = {f"{one.take.folder}/{rung}/{one.file:05}.m4s" for one in listed for rung in one.sizes}
        assert names and names <= set(s3.keys())

        # A gate that dies costs the encoder nothing: nginx goes to the other one.
        next(gate for gate in gates if encodes(gate)).kill()
        wait_until(lambda: Segment.objects.filter(stream=stream, stretch=1).exists(), told=log.read_text)
        assert encoder.process.poll() is None

        revoked = time.monotonic()
        services.revoke_key(stream, which="primary")
        wait_until(lambda: encoder.ended_at, seconds=10)
        print("cut_s", encoder.ended_at - revoked)
        assert encoder.ended_at - revoked <= MOST_CUT_S
        assert key not in log.read_text()
    finally:
        encoder.kill()
        stranger.kill()
