"""A wrong environment ends a program with one line that says so, and status 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError

from events_platform import plainly
from tests.plugins.fleet import ENTRYPOINT
from tests.plugins.platform import free_port

ROOT = Path(__file__).parents[2]


def manage(*arguments, **environment):
    command = [sys.executable, "manage.py", *arguments]
    given = {**os.environ, "REDIS_URL": "redis://127.0.0.1:1/0", **environment}
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("arguments", [["migrate"], ["check"], ["seed_demo", "--password", "of-the-demo"]])
def test_an_address_of_another_kind_is_named(arguments):
    ended = manage(*arguments, DATABASE_URL="mysql://app@db/plenary")

    assert ended.stderr == "DATABASE_URL must begin with postgres:// or postgresql://.\n"
    assert ended.returncode == 2


@pytest.mark.parametrize(
    "role", ["web", "live", "worker", "bulk", "files", "media", "drain", "ingest", "hear", "beat", "migrate"]
)
def test_every_role_names_it_in_one_line(role, process_environment):
    given = {**os.environ, **process_environment, "DATABASE_URL": "mysql://app@db/plenary"}
    given["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        ["sh", ENTRYPOINT, role], cwd=ROOT, env=given, capture_output=True, text=True, check=False, timeout=120
    )

    assert ended.stderr == "DATABASE_URL must begin with postgres:// or postgresql://.\n"
    assert ended.returncode == 2


def test_a_database_that_does_not_answer_is_named():
    ended = manage("migrate", DATABASE_URL=f"postgres://app@127.0.0.1:{free_port()}/plenary")

    assert ended.stderr.startswith("The database of DATABASE_URL cannot be reached: ")
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 2


@pytest.mark.django_db
def test_an_error_of_a_connection_that_stands_keeps_its_traceback():
    from django.db import connection

    connection.ensure_connection()
    with pytest.raises(OperationalError, match="deadlock"), plainly.told():
        raise OperationalError("deadlock detected")
