"""The live role's entry point: sockets and feed."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "events_platform.settings")

import django

from apps.live import doors

django.setup(set_prefix=False)
application = doors.application()
