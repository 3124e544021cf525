"""The base of commands by which somebody who has the machine does what staff do."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand

from apps.audit import context


class StaffCommand(BaseCommand):
    """What it writes stands in the audit log under the name of the machine's user."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        place = type(self).__module__.rpartition(".")[2]
        with context.acting(door="command", who=user_of_machine(), place=place):
            done: str | None = super().execute(*args, **options)
            return done


def user_of_machine() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "?"
