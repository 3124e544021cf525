"""Runs the live role (or, embedded, everything) on uvicorn, with the settings that the engine relies on.

`python -m apps.live.server events_platform.asgi:application --port 8001`
"""

import argparse
import logging

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
        http="httptools",
        ws="apps.live.transport:TransportProtocol",
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
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("app")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--fd", type=int, default=None, help="take over a listening socket")
    asked = parser.parse_args()
    # One line for each socket that opens is no news in a process of thousands.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    uvicorn.Server(config(asked.app, host=asked.host, port=asked.port, fd=asked.fd)).run()


if __name__ == "__main__":
    main()
