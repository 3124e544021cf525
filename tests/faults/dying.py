"""Bans somebody, and is killed between the commit and its word of it: `python -m tests.faults.dying EVENT USER`."""

import os
import signal
import sys

import django


def main() -> None:
    django.setup()
    from apps.accounts.models import User
    from apps.events import services
    from apps.events.models import Event
    from apps.live import outbox

    event, user = int(sys.argv[1]), int(sys.argv[2])
    outbox.revoke = lambda *_words: os.kill(os.getpid(), signal.SIGKILL)
    services.ban(Event.objects.get(pk=event), user=User.objects.get(pk=user), by=None)


if __name__ == "__main__":
    main()
