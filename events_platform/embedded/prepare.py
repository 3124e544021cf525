"""What stands between running services and a page: migrations, static files, and the demo of an empty database."""

from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.core.ids import new_token
from apps.events.models import Event
from apps.venue.demo import renew, seed


def prepare(terminal: TextIO) -> None:
    migrate(terminal)
    collect(terminal)
    offer_demo(terminal)


def migrate(terminal: TextIO) -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Bringing the database up to date …", file=terminal)
        call_command("migrate", interactive=False, verbosity=0)


def collect(terminal: TextIO) -> None:
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        print("Collecting and compressing the static files …", file=terminal)
    call_command("collectstatic", interactive=False, verbosity=0)


def offer_demo(terminal: TextIO) -> None:
    """Makes the demo in a database without an event; where the demo is, says who can sign in.

    In a database of ours one of another day is moved to this one: whoever starts the platform finds a session running.
    In one that was given, the demo's people get a password of their own, told this once.
    """
    if demo := seed.existing():
        is_ours = settings.EMBEDDED_DATABASE
        call_command("seed_demo", renew=is_ours and renew.has_passed(demo), stdout=terminal)
    elif not Event.objects.exists():
        print("Making the demo event …", file=terminal)
        call_command("seed_demo", password="" if settings.EMBEDDED_DATABASE else new_token(12), stdout=terminal)
