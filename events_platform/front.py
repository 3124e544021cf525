"""The embedded front: pages, API and admin beside the sockets, in one process.

Pages run as WSGI on a bounded pool of threads, as they do under gunicorn: under ASGI each request would open a
database connection of its own, and rendering would hold up the sockets.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "events_platform.settings")

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from apps.live import doors

PAGE_THREADS = 8

application = doors.application(WSGIMiddleware(get_wsgi_application(), workers=PAGE_THREADS))
