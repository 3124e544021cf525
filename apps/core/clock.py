"""The one clock: services ask here what time it is, so that a test can set it."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    return timezone.now()
