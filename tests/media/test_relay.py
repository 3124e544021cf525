"""nginx with its RTMP module before the gate: what it asks of us; and a real one, where NGINX_RTMP names the module."""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import reverse

from apps.media import selectors, services
from apps.media.models import Stream
from tests.media.pushing import Encoder, wait_until
from tests.plugins.fleet import ROOT
from tests.plugins.platform import RELAY_SECRET, free_port, running

MODULE = os.environ.get("NGINX_RTMP", "")
NGINX = os.environ.get("NGINX_PROGRAM") or shutil.which("nginx")
CONFIG = ROOT / "deploy" / "nginx" / "rtmp.conf.template"


@pytest.fixture
def stream(event):
    return services.create_stream(event, title="The river, live")


def key_of(stream):
    return selectors.secret_of(stream.keys.get(input="primary", revoked_at=None))


@pytest.fixture
def asks(client, settings):
    def status(name, secret=RELAY_SECRET):
        return client.post(
            f"{reverse('media:authorise')}?secret={secret}", {"call": "publish", "name": name}
        ).status_code

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
    assert asks("nobody") == 403
    settings.INGEST = replace(settings.INGEST, secret="")
    assert asks(key_of(stream), secret="") == 404


@pytest.fixture
def relay(gate, platform, tmp_path):
    """A real nginx before a real gate; gives its address."""
    port, written = free_port(), CONFIG.read_text()
    told = {
        "RTMP_MODULE": MODULE, "RTMP_PORT": str(port), "INGEST_SECRET": RELAY_SECRET,
        "APP": platform.url.removeprefix("http://"), "GATE": re.search(r"//([^/]+)/", gate)[1],
    }  # fmt: skip
    for name, value in told.items():
        written = written.replace(f"${{{name}}}", value)
    config = tmp_path / "nginx.conf"
    config.write_text(written.replace("pid /tmp/", f"pid {tmp_path}/"))
    log = tmp_path / "nginx.log"
    with running(NGINX, "-p", str(tmp_path), "-c", str(config), "-e", "stderr", "-g", "daemon off;", log=log):
        wait_until(lambda: Path(tmp_path / "nginx-rtmp.pid").exists(), told=log.read_text)
        yield f"rtmp://127.0.0.1:{port}/live"


@pytest.mark.skipif(not (MODULE and NGINX), reason="NGINX_RTMP names no module of nginx")
@pytest.mark.django_db(transaction=True)
def test_a_push_passes_through_nginx_until_its_key_is_revoked(event, relay):
    stream = services.create_stream(event, title="The river, live")
    encoder = Encoder(f"{relay}/{key_of(stream)}")
    try:
        wait_until(lambda: Stream.objects.get(pk=stream.pk).segments >= 2)
        services.revoke_key(stream, which="primary")
        assert encoder.process.wait(10) is not None
    finally:
        encoder.kill()
