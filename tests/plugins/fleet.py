"""The platform in its production roles: two web and two live processes behind haproxy, workers, and files in S3.

The balancer runs deploy/haproxy.cfg; only the addresses of its servers are written in. Every process has a folder of
its own, so that what one keeps on its disk is not there for the others.
"""

import os
import re
import shutil
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from events_platform import embedded
from events_platform.embedded.services import in_use
from tests.plugins.left_out import HAPROXY
from tests.plugins.platform import Platform, free_port, running, wait_for
from tests.plugins.services import INNER

ROOT = Path(__file__).parents[2]
ENTRYPOINT = str(ROOT / "deploy" / "entrypoint.sh")
SECRET = "one-secret-for-every-process-of-the-fleet-under-test"


@dataclass(frozen=True)
class Fleet(Platform):
    web: tuple
    live: tuple
    workers: tuple


def role_environment(home):
    """What a container has and the suite's own environment does not."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PLENARY_HOME": str(home),
        "WORKER_TMP": str(home),
        "BIND": "127.0.0.1",
        "SECRET_KEY": SECRET,
        "WEB_PROCESSES": "1",
        "WORKER_PROCESSES": "1",
        "BULK_PROCESSES": "1",
    }


def balancer_configuration(web, live, files, **encoders):
    """`encoders`: the ports of `relay` and `ingest`; without them there is no way in for encoders."""
    text = (ROOT / "deploy" / "haproxy.cfg").read_text()
    text = re.sub(r"resolvers docker\n(?:    .*\n)+", "", text)
    text = text.replace(" resolvers docker init-addr libc,none", "").replace('bind :"', 'bind 127.0.0.1:"')
    if not encoders:
        text = re.sub(r"(?:frontend encoders|frontend gates|backend relay|backend ingest)\n(?:    .*\n)+", "", text)
    for name, ports in {"web": web, "live": live, "green": (), **encoders}.items():
        servers = "\n".join(f"    server {name}{port} 127.0.0.1:{port}" for port in ports)
        text, found = re.subn(rf"    server-template {name} .*", servers, text)
        assert found == 1
    return (
        text.replace("s3:8333", files.removeprefix("http://"))
        .replace("inter 2s", "inter 500ms")
        .replace("maxconn 20000", "maxconn 1000")
    )


def balanced(item):
    return "fleet" in getattr(item, "fixturenames", ()) or item.get_closest_marker("haproxy") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    if HAPROXY.unwanted or shutil.which("haproxy") is None:
        for item in filter(balanced, items):
            HAPROXY.leave_out(item)


@pytest.fixture
def fleet(process_environment, transactional_db, s3, settings, tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    shared = {
        **process_environment,
        **s3.environment,
        "STATIC_ROOT": str(settings.STATIC_ROOT),
        "SITE_URL": url,
        "SITE_HOST": "127.0.0.1",
        "BALANCER_PORT": str(port),
        # Browsers and processes reach the bucket under the site's own address.
        "AWS_S3_ENDPOINT_URL": url,
    }
    # A Redis of its own: the suite's may have a worker on it that knows nothing of this bucket.
    folder = Path(tempfile.mkdtemp(prefix=INNER, dir=os.environ["PLENARY_HOME"]))
    shared["REDIS_URL"] = embedded.redis_url(folder)
    settings.SITE_URL, settings.CSRF_TRUSTED_ORIGINS, settings.SECRET_KEY = url, [url], SECRET
    with ExitStack() as stack:
        stack.enter_context(in_use(folder, postgres=False, throwaway=True))

        def start(role, number):
            home = tmp_path / f"{role}{number}"
            home.mkdir()
            own = free_port()
            log = home / "log"
            environment = {**role_environment(home), **shared, "PORT": str(own)}
            return own, stack.enter_context(running(ENTRYPOINT, role, log=log, **environment)), log

        web = [start("web", number) for number in (1, 2)]
        live = [start("live", number) for number in (1, 2)]
        workers = [start(role, 1) for role in ("worker", "bulk", "files", "media", "drain")]
        for own, process, log in web + live:
            wait_for(f"http://127.0.0.1:{own}/healthz", process, log)
        configuration = tmp_path / "haproxy.cfg"
        configuration.write_text(balancer_configuration([found[0] for found in web], [f[0] for f in live], s3.url))
        log = tmp_path / "haproxy.log"
        balancer = stack.enter_context(running("haproxy", "-db", "-f", str(configuration), log=log, **shared))
        wait_for(f"{url}/readyz", balancer, log)
        yield Fleet(
            url,
            tuple(found[2] for found in (*web, *live, *workers)),
            web=tuple(found[1] for found in web),
            live=tuple(found[1] for found in live),
            workers=tuple(found[1] for found in workers),
        )
        for _port, process, _log in (*web, *live, *workers):  # all at once; the stack then waits for each
            process.terminate()
