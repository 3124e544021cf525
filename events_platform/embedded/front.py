"""The front process of the embedded platform: prepares the database and the static files, then serves.

One process does both, because loading the platform is most of what a start costs.
"""

import argparse
import os
import signal
from types import FrameType

DRAIN = {"drain_seconds": 0.3, "move_seconds": 0.7}
"""On a laptop nobody waits for a balancer: Ctrl-C should end within a breath."""


class StoppedError(Exception):
    """An ordinary exception, so that what is half made is taken away again."""


def stop(signum: int, frame: FrameType | None) -> None:
    raise StoppedError("Told to stop while the platform was being prepared.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--terminal", type=int, help="file descriptor for words to the person who started us")
    asked = parser.parse_args()

    import django

    from events_platform import plainly

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "events_platform.settings")
    with plainly.told():
        django.setup()

    import uvicorn
    from django.conf import settings
    from django.db import connections

    from apps.live import server
    from events_platform.embedded.prepare import prepare

    if asked.terminal is not None:
        with os.fdopen(asked.terminal, "w", buffering=1) as terminal:
            signal.signal(signal.SIGTERM, stop)
            with plainly.told():
                prepare(terminal)
        connections.close_all()
    settings.LIVE = {**getattr(settings, "LIVE", {}), **DRAIN}
    config = server.config("events_platform.front:application", host="127.0.0.1", port=asked.port)
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
