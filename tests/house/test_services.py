"""The private PostgreSQL and Redis: shared by leases, nothing lost, and clear words where they cannot run."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from redis import Redis as RedisClient

from events_platform import embedded
from events_platform.embedded import places, processes, redis
from events_platform.embedded.errors import EmbeddedError
from events_platform.embedded.places import Places
from events_platform.embedded.postgres import Postgres, find_binaries
from events_platform.embedded.services import Use, in_use, keep, let_go

ROOT = Path(__file__).parents[2]


def ask(home, sql):
    found = embedded.database(home)
    with closing(psycopg2.connect(host=found["HOST"], user=found["USER"], dbname=found["NAME"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None


def run(home, *command, **environment):
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**kept, "PLENARY_HOME": str(home), **environment},
    )


def test_services_stop_with_their_last_user_and_keep_their_data(home):
    first, second = Use(home, throwaway=True), Use(home, throwaway=True)
    assert first.take() == ["postgres", "redis"]
    assert second.take() == []
    ask(home, "CREATE TABLE kept AS SELECT 'Käse' AS word")

    first.give_back()
    assert [service.running() for service in second.services] == [True, True]
    second.give_back()
    assert [service.pid() for service in second.services] == [None, None]

    with in_use(home, throwaway=True):
        assert ask(home, "SELECT upper(word) FROM kept") == [("KÄSE",)]


def test_redis_answers_only_after_the_write_is_on_disk(home):
    with in_use(home, postgres=False), RedisClient.from_url(embedded.redis_url(home)) as client:
        assert client.config_get("append*")["appendonly"] == "yes"
        assert client.config_get("append*")["appendfsync"] == "always"
        client.set("kept", "yes")

    with in_use(home, postgres=False), RedisClient.from_url(embedded.redis_url(home)) as client:
        assert client.get("kept") == b"yes"


def test_role_of_the_application_is_no_superuser(home):
    with in_use(home, redis=False, throwaway=True):
        assert ask(home, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user") == [(False, True)]
        assert stat.S_IMODE(Places(home).postgres_sockets.stat().st_mode) == 0o700


def test_services_of_a_killed_user_are_found_and_stopped_by_the_next(home):
    script = (
        "import sys; from pathlib import Path; from events_platform.embedded.services import Use\n"
        "Use(Path(sys.argv[1]), throwaway=True).take(); print('up', flush=True); input()"
    )
    with run(home, "-c", script, str(home)) as killed:
        assert killed.stdout.readline() == "up\n"
        killed.kill()

    with in_use(home, throwaway=True) as use:
        assert use.take() == []
    assert [service.pid() for service in use.services] == [None, None]


def test_process_id_of_a_stranger_does_not_pass_for_the_server(home):
    with in_use(home, redis=False, throwaway=True) as use:
        lines = (use.services[0].data / "postmaster.pid").read_text().splitlines()
    (use.services[0].data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))

    with in_use(home, redis=False, throwaway=True):
        assert ask(home, "SELECT 1") == [(1,)]


def test_kept_services_outlive_their_users_until_let_go(home):
    keep(home, postgres=False)
    with in_use(home, postgres=False) as use:
        assert use.take() == []
    assert use.services[0].running()

    assert let_go(home)
    assert use.services[0].pid() is None


def test_folder_too_deep_for_a_socket_gets_a_short_one(home):
    deep = home / ("deep" * 30)
    with in_use(deep, postgres=False), RedisClient.from_url(embedded.redis_url(deep)) as client:
        assert client.ping()
        assert len(str(Places(deep).sockets)) < 40
    let_go(deep)
    shutil.rmtree(Places(deep).sockets)


def test_short_folder_of_somebody_else_is_refused(home, monkeypatch):
    monkeypatch.setattr(places, "SOCKET_PATH_MOST", 1)
    Places(home).sockets.mkdir(mode=0o777)
    Places(home).sockets.chmod(0o777)
    try:
        with pytest.raises(EmbeddedError, match="belongs to somebody else"):
            Use(home, postgres=False).take()
    finally:
        Places(home).sockets.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_reaches_data_below_a_closed_folder(home):
    home.chmod(0o700)
    inner = home / "closed"
    with in_use(inner, redis=False, throwaway=True) as use:
        assert ask(inner, "SELECT 1") == [(1,)]
        assert "runs as the user" in use.services[0].log.read_text()
        owner = Path(f"/proc/{use.services[0].pid()}").stat().st_uid
    assert owner != 0


def test_data_of_another_major_version_is_left_alone(home):
    (home / "postgres").mkdir()
    (home / "postgres" / "PG_VERSION").write_text("9\n")

    with pytest.raises(EmbeddedError, match="was made by version 9; this machine has"):
        Use(home, redis=False).take()


def test_every_version_of_the_wheel_is_found_by_its_number():
    assert find_binaries(18).version == 18
    assert find_binaries(16).version == 16


def test_older_redis_does_not_touch_newer_data(home):
    (home / "redis").mkdir()
    (home / "redis" / "VERSION").write_text("99.1\n")

    with pytest.raises(EmbeddedError, match=r"No Redis 99\.1 or newer"):
        Use(home, postgres=False).take()


def test_machine_without_binaries_says_what_to_do(home, monkeypatch):
    monkeypatch.setattr(redis, "candidates", lambda: iter([]))

    with pytest.raises(EmbeddedError, match="Run make setup, or set REDIS_URL"):
        Use(home, postgres=False).take()


def test_command_starts_services_for_itself_and_stops_them(home):
    asked = "from django.db import connection; connection.ensure_connection(); print('connected')"
    with run(home, "manage.py", "shell", "--no-imports", "-c", asked) as command:
        output = command.communicate(timeout=120)[0]

    assert (command.returncode, output) == (0, "connected\n")
    assert Postgres(Places(home)).pid() is None


def test_command_with_a_wrong_variable_names_it(home):
    with run(home, "manage.py", "check", DATABASE_URL="mysql://somewhere/else") as command:
        output = command.communicate(timeout=120)[0]

    assert command.returncode == 2
    assert "DATABASE_URL must begin with postgres://" in output.splitlines()[-1]


def test_secret_is_made_once_and_is_for_its_owner_only(tmp_path):
    secret = embedded.secret_key(tmp_path)

    assert embedded.secret_key(tmp_path) == secret
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_ended_process_is_not_alive_though_nobody_collects_it():
    process = subprocess.Popen(["sleep", "60"])
    process.send_signal(signal.SIGKILL)

    assert processes.wait_until(lambda: not processes.alive(process.pid), 60)
    process.wait()
