"""Runs the live role (or, embedded, everything) on uvicorn, with the settings that the engine relies on.

`python -m apps.live.server events_platform.asgi:application --port 8001`
"""

import argparse
import logging
import signal
from types import FrameType

import uvicorn

from apps.live import conf

WS_MOST_BYTES = 64 * 1024
GRACE_SECONDS = 15
KEEP_ALIVE_SECONDS = 65  # longer than the balancer keeps its side, so that it never writes into a closing one


def config(app: str, *, host: str, port: int, fd: int | None = None) -> uvicorn.Config:
    numbers = conf.read()
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        fd=fd,
        loop="uvloop",
        http="apps.live.transport:HttpProtocol",
        ws="apps.live.transport:SocketProtocol",
        ws_max_size=WS_MOST_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        lifespan="on",
        backlog=4096,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(numbers.drain_seconds + numbers.move_seconds + GRACE_SECONDS),
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # `core.addresses` reads them, and believes what TRUSTED_PROXIES says
    )


def run(prepared: uvicorn.Config) -> None:
    """Serves until SIGTERM or SIGINT, and then ends with 0 once everybody has been seen off."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal that ended it once more afterwards.
        signal.signal(number, _already_ended)
    # One line for each socket that opens is no news in a process of thousands.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    uvicorn.Server(prepared).run()


def _already_ended(number: int, frame: FrameType | None) -> None:
    """Nothing is left to do."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("app")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--fd", type=int, default=None, help="take over a listening socket")
    asked = parser.parse_args()
    run(config(asked.app, host=asked.host, port=asked.port, fd=asked.fd))


if __name__ == "__main__":
    main()
