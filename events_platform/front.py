"""The embedded front: pages, API and admin beside the sockets, in one process.

Pages run as WSGI on a bounded pool of threads, as they do under gunicorn: under ASGI each request would open a
database connection of its own, and rendering would hold up the sockets.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "events_platform.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from apps.core.middleware import MOST_DESK_BYTES
from apps.live import doors
from apps.media.adapters.storage import part_size_for
from events_platform.pages import Pages
from events_platform.relay import Relay

PAGE_THREADS = 8
MOST_BYTES = max(MOST_DESK_BYTES, part_size_for(settings.UPLOAD_MOST_BYTES))

pages = Pages(get_wsgi_application(), workers=PAGE_THREADS, most_bytes=MOST_BYTES)
application = Relay(doors.application(pages), path=settings.INGEST.socket_path, port=settings.INGEST.socket_port)
