"""The web role's entry point: pages, API and admin."""

import os

from django.core.wsgi import get_wsgi_application

from apps.core.collector import calm_collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "events_platform.settings")

application = get_wsgi_application()
calm_collector()
