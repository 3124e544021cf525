"""The process that is measured: `python -m tests.bench.serve FLAVOUR PORT`, the engine's numbers in LIVE_NUMBERS.

`ours` is the live role as it is deployed; `send` is the same on uvicorn's own WebSocket protocol, so that the hub
falls back; `stock_core` and `stock_pubsub` are an ordinary Channels consumer on the two Redis layers, and
`stock_votes` one that writes votes; `bare` accepts and does nothing. With BENCH_STAGES it notes where a message's time
goes (`stages.py`).
"""

import importlib
import itertools
import json
import os
import sys

import django

from tests.bench import stages


def main():
    flavour, port = sys.argv[1], int(sys.argv[2])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "events_platform.settings")
    django.setup(set_prefix=False)
    from django.conf import settings

    from apps.live import server, tickets

    # All tickets are written before the first socket opens.
    tickets.TICKET_SECONDS = tickets.RESUME_SECONDS = 3600
    settings.LIVE = json.loads(os.environ.get("LIVE_NUMBERS", "{}"))
    count = counted()
    if flavour == "bare":
        from tests.bench.stock import bare as application
    elif flavour.startswith("stock"):
        from tests.bench import stock

        stock.use(flavour)
        application = stock.votes if flavour == "stock_votes" else stock.application
    else:
        application = importlib.import_module("events_platform.asgi").application
    if "BENCH_STAGES" in os.environ:
        stages.observe()
    config = server.config(observed(application, count), host="127.0.0.1", port=port)
    if flavour != "ours":
        config.http, config.ws = "httptools", "websockets-sansio"
    if flavour == "bare" or flavour.startswith("stock"):
        config.lifespan = "off"
    server.run(config)


def counted():
    """Counts every query that any thread makes from now on."""
    from django.db.backends.signals import connection_created

    count = itertools.count(1)
    seen = [0]

    def one_more(execute, *words):
        seen[0] = next(count)
        return execute(*words)

    def wrap(connection, **words):
        connection.execute_wrappers.append(one_more)

    connection_created.connect(wrap, weak=False)
    return seen


def observed(application, count):
    """The application, and beside it two addresses: how many queries it has made, and where the time went."""
    told = {
        "/bench/queries": lambda: str(count[0]),
        "/healthz": str,
        "/bench/stages": lambda: json.dumps(stages.between()),
    }

    async def outer(scope, receive, send):
        if scope["type"] == "http" and scope["path"] in told:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
            await send({"type": "http.response.body", "body": told[scope["path"]]().encode()})
        else:
            await application(scope, receive, send)

    return outer


if __name__ == "__main__":
    main()
