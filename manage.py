#!/usr/bin/env python
"""Django's command line; finds the private services running, or starts them for itself."""

import os
import signal
import sys
from contextlib import nullcontext
from types import FrameType

# These read files only; starting a database for them would be a waste of a second.
WITHOUT_SERVICES = {
    "",
    "help",
    "version",
    "makemessages",
    "compilemessages",
    "collectstatic",
    "findstatic",
    "diffsettings",
}


def leave(signum: int, frame: FrameType | None) -> None:
    """A plain exit, so that the services are given back."""
    sys.exit(128 + signum)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "events_platform.settings")
    from django.core.management import execute_from_command_line

    from events_platform import plainly
    from events_platform.embedded.errors import EmbeddedError
    from events_platform.embedded.services import use_until_exit
    from events_platform.embedded.where import home, needed

    with nullcontext() if "--traceback" in sys.argv else plainly.told():
        command = sys.argv[1] if len(sys.argv) > 1 else ""
        if not command.startswith("-") and command not in WITHOUT_SERVICES and "--help" not in sys.argv:
            signal.signal(signal.SIGTERM, leave)
            try:
                use_until_exit(home(), **needed())
            except EmbeddedError as error:
                sys.exit(str(error))
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
