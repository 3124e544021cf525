"""A live process with the test feature, forked from one that has loaded it (`tests.plugins.forks`).

Its flavour is `transport` (ours), `send` (uvicorn's own WebSocket protocol, so that the hub falls back) or `front`
(pages beside it).
"""

import asyncio

import django
from django.conf import settings

from apps.live import doors, registry, server
from tests.live import feature


def load():
    django.setup(set_prefix=False)
    for declared in (*feature.TOPICS, *feature.COMMANDS):
        registry.register(declared)
    registry.keep_epochs(lambda event_id: 1, lambda event_id: 1)


def run(port, flavour, numbers, trusts):
    settings.LIVE = numbers
    if trusts:
        settings.CSRF_TRUSTED_ORIGINS = [trusts]
    if flavour == "front":
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        from events_platform.front import application
    else:
        application = doors.application()
    application = freezable(application)
    config = server.config(application, host="127.0.0.1", port=port)
    if flavour == "send":
        config.http, config.ws = "httptools", "websockets-sansio"
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
