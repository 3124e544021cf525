"""What stands between running services and a page: migrations, static files, and the demo of an empty database."""

from collections.abc import Callable
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def prepare(say: Callable[[str], None]) -> None:
    migrate(say)
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        say("Collecting the static files …")
    call_command("collectstatic", interactive=False, verbosity=0)
    if not apps.get_model("events", "Event").objects.exists():
        say("Seeding the demo event …")
        call_command("seed_demo")


def migrate(say: Callable[[str], None]) -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Bringing the database up to date …")
        call_command("migrate", interactive=False, verbosity=0)
