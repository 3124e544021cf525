"""The ASGI applications of the live role: sockets, feed, health, and the life of the process."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from channels.routing import ProtocolTypeRouter

from apps.core.collector import calm_collector
from apps.live import asking, current, store
from apps.live.consumer import LiveConsumer
from apps.live.feed import ADDRESS, Feed

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

REPORTED = ("sockets", "topics", "loop_lag_ms", "tick_lag_ms", "level", "resting", "draining")
SOCKET = re.compile(r"/ws/[-\w]+/")


async def sockets(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if SOCKET.fullmatch(scope["path"]) is None:
        await receive()
        await send({"type": "websocket.close", "code": 4404})
        return
    await LiveConsumer()(scope, receive, send)


async def lifespan(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await receive()
    await current.hub()
    calm_collector()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await current.end()
    await send({"type": "lifespan.shutdown.complete"})


def application(other: App | None = None) -> App:
    """The live role; `other` answers every HTTP request that is not the feed's (embedded: the pages)."""
    feed = Feed()

    async def http(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if asking.ADDRESS.fullmatch(scope["path"]):
            await asking.ask(scope, receive, send)
        elif ADDRESS.fullmatch(scope["path"]):
            await feed(scope, receive, send)
        elif other is not None:
            await other(scope, receive, send)
        elif scope["path"] in ("/healthz", "/readyz"):
            await health(scope, send)
        else:
            await feed(scope, receive, send)

    routed: App = ProtocolTypeRouter({"websocket": sockets, "http": http, "lifespan": lifespan})
    return routed


async def health(scope: dict[str, Any], send: Send) -> None:
    """`/healthz`: the loop turns. `/readyz`: send people here; not while leaving, or without Redis. It also says how
    the process is: what rests while it cannot keep up is no reason to take it out."""
    status, body, kind = 200, b"ok", b"text/plain"
    if scope["path"] == "/readyz":
        hub, missing, words = current.running(), [], {}
        try:
            await store.loop_client().ping()
        except store.Failed:
            missing.append("redis")
        if hub is None or hub.draining:
            missing.append("engine")
        if hub is not None:
            report = hub.shedding.report()
            words = {name: getattr(report, name) for name in REPORTED}
        status = 503 if missing else 200
        body, kind = json.dumps({"ready": not missing, "missing": missing} | words).encode(), b"application/json"
    headers = [(b"content-type", kind), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
