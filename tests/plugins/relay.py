"""nginx with its RTMP module, started as deploy/nginx starts it, on loopback; its log told in more words."""

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from events_platform.embedded import processes
from tests.plugins.fleet import ROOT
from tests.plugins.left_out import NGINX
from tests.plugins.platform import RELAY_SECRET, free_port, running

MODULES = (Path("/usr/lib/nginx/modules"), Path("/usr/lib64/nginx/modules"))
PATH = f"{os.environ['PATH']}:/usr/sbin"
"""Debian keeps nginx where only root looks."""


def module():
    """Of a machine that has all three: nginx, its module, and what fills in the configuration."""
    if all(shutil.which(name, path=PATH) for name in ("nginx", "envsubst")):
        return next((path for folder in MODULES if (path := folder / "ngx_rtmp_module.so").exists()), None)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    if NGINX.unwanted or module() is None:
        for item in items:
            if item.get_closest_marker("nginx"):
                NGINX.leave_out(item)


@dataclass(frozen=True)
class Relay:
    port: int
    log: Path

    @property
    def url(self):
        return f"rtmp://127.0.0.1:{self.port}/live"


@contextmanager
def relaying(folder, *, site, gate):
    """`gate` is HOST:PORT."""
    home = folder / "relay"
    shutil.copytree(ROOT / "deploy" / "nginx", home)
    template = home / "rtmp.conf.template"
    text = template.read_text()
    assert "error_log stderr warn;" in text
    template.write_text(text.replace("error_log stderr warn;", "error_log stderr info;"))
    port, log = free_port(), folder / "relay.log"
    environment = {
        "PATH": PATH, "RTMP_MODULE": str(module()), "RELAY_FOLDER": str(home),
        "RELAY_LISTEN": f"127.0.0.1:{port}", "RELAY_ASKS": f"127.0.0.1:{free_port()}",
        "SITE_URL": site, "INGEST_SECRET": RELAY_SECRET, "GATE": gate,
    }  # fmt: skip
    with running(str(home / "relay.sh"), log=log, **environment) as process:
        pid = home / "nginx.pid"
        assert processes.wait_until(lambda: pid.exists() or process.poll() is not None, 60)
        assert process.poll() is None, log.read_text()
        yield Relay(port, log)
