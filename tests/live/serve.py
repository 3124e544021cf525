"""A live process with the test feature: `python -m tests.live.serve PORT FLAVOUR`, numbers in LIVE_NUMBERS.

FLAVOUR is `transport` (ours), `send` (uvicorn's own WebSocket protocol, so that the hub falls back) or `front`
(pages beside it).
"""

import asyncio
import json
import os
import signal
import sys
import threading

import django
from django.conf import settings

from apps.live import doors, registry, server
from tests.live import feature


def main():
    port, flavour = int(sys.argv[1]), sys.argv[2]
    django.setup(set_prefix=False)
    settings.LIVE = json.loads(os.environ.get("LIVE_NUMBERS", "{}"))
    for declared in (*feature.TOPICS, *feature.COMMANDS):
        registry.register(declared)
    registry.keep_epochs(lambda event_id: 1, lambda event_id: 1)
    if flavour == "front":
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        from events_platform.front import application
    else:
        application = doors.application()
    application = freezable(application)
    config = server.config(application, host="127.0.0.1", port=port)
    if flavour == "send":
        config.http, config.ws = "httptools", "websockets-sansio"
    threading.Thread(target=end_with_the_tests, daemon=True).start()
    server.run(config)


def freezable(application):
    """The same, beside something that can hold up the loop."""

    async def started(scope, receive, send):
        freezing = asyncio.create_task(feature.freeze()) if scope["type"] == "lifespan" else None
        try:
            await application(scope, receive, send)
        finally:
            if freezing is not None:
                freezing.cancel()

    return started


def end_with_the_tests():
    """A run that is killed leaves nobody behind."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
