"""A server that webhooks are sent to: real, on this machine, doing as it is told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from apps.notifications.registry import facts
from tests.factories.notifications import DeliveryFactory, EndpointFactory


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
                    hook.hold.wait(60)
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
