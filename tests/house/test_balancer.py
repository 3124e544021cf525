"""The balancer before a server that breaks off: what only looks is asked again, what may change something is not."""

import http.client
import http.server
import shutil
import threading

import pytest

from events_platform.embedded import processes
from tests.plugins.fleet import balancer_configuration
from tests.plugins.platform import free_port, running

METHODS = {"GET": 3, "HEAD": 3, "POST": 1, "PUT": 1, "PATCH": 1, "DELETE": 1}
pytestmark = pytest.mark.skipif(shutil.which("haproxy") is None, reason="haproxy is not installed")


class BreaksOff(http.server.BaseHTTPRequestHandler):
    """Takes every request, and answers none but the balancer's own question."""

    asked = []

    def answer(self):
        if self.path == "/readyz":
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.asked.append(self.command)
        self.close_connection = True

    def log_message(self, *words):
        pass


for method in METHODS:
    setattr(BreaksOff, f"do_{method}", BreaksOff.answer)


@pytest.fixture(scope="module")
def balancer(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("balancer"), free_port()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), BreaksOff)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    configuration = folder / "haproxy.cfg"
    behind = [server.server_port]
    configuration.write_text(balancer_configuration(behind, behind, f"http://127.0.0.1:{free_port()}"))
    environment = {"BALANCER_PORT": str(port), "SITE_HOST": "127.0.0.1", "AWS_STORAGE_BUCKET_NAME": "files-of-all"}
    with running("haproxy", "-db", "-f", str(configuration), log=folder / "log", **environment):
        assert processes.wait_until(lambda: status(port, "GET", "/readyz") == 200, 60)
        yield port
    server.shutdown()
    server.server_close()


def status(port, method, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/e/freshet/lobby/", "/e/freshet/feed/do"])
@pytest.mark.parametrize(("method", "times"), METHODS.items())
def test_what_may_change_something_is_sent_once(balancer, method, times, path):
    BreaksOff.asked.clear()

    assert status(balancer, method, path) == 502
    assert BreaksOff.asked == [method] * times
