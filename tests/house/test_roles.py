"""The roles of the image, started as a container starts them and ended as a deploy ends them."""

import re
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from events_platform.embedded import processes
from tests.plugins.fleet import ENTRYPOINT, ROOT, role_environment
from tests.plugins.platform import free_port, running, wait_for

COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
SIGNS = {
    **dict.fromkeys(("worker", "bulk", "files", "media"), "ready"),
    "drain": "The drain is ready", "beat": "Starting", "ingest": "Listening at", "hear": "no machine here",
}  # fmt: skip
# uvicorn ends in order and then hands the signal on to whoever started it; the rest end with 0.
CLEAN = {0, -signal.SIGTERM}


def group(pid):
    """The processes that the role started, itself included: each was given a session of its own."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == pid and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def test_roles_start_and_end_in_order_on_sigterm(process_environment, transactional_db, settings, tmp_path):
    environment = {**role_environment(tmp_path), **process_environment, "STATIC_ROOT": str(settings.STATIC_ROOT)}
    environment["REDIS_URL"] = settings.REDIS_URL
    environment["INGEST_PORT"] = environment["INGEST_SOCKET_PORT"] = "0"
    with ExitStack() as stack:
        started = {}
        for role in ("web", "live", "worker", "bulk", "files", "media", "drain", "ingest", "hear", "beat"):
            port, log = free_port(), tmp_path / f"{role}.log"
            process = stack.enter_context(running(ENTRYPOINT, role, log=log, **environment, PORT=str(port)))
            started[role] = (process, port, log)
        for role, (process, port, log) in started.items():
            if role in SIGNS:
                assert processes.wait_until(lambda log=log, role=role: SIGNS[role] in log.read_text(), 180), role
            else:
                wait_for(f"http://127.0.0.1:{port}/healthz", process, log)

        for process, _port, _log in started.values():
            process.terminate()
        codes = {role: process.wait(120) for role, (process, _port, _log) in started.items()}

    assert {role: code for role, code in codes.items() if code not in CLEAN} == {}
    assert {role: group(found[0].pid) for role, found in started.items()} == {role: [] for role in started}


def test_entry_point_runs_any_other_command(tmp_path):
    said = subprocess.run([ENTRYPOINT, "echo", "hello"], capture_output=True, text=True, check=True)

    assert said.stdout == "hello\n"


def test_compose_starts_exactly_the_roles_of_the_entry_point():
    roles = re.findall(r"^    (\w+)\)$", Path(ENTRYPOINT).read_text(), re.MULTILINE)
    ours = {
        name: service["command"]
        for name, service in COMPOSE["services"].items()
        if service.get("image") == "plenary:local"
    }

    assert ours == {role: [role] for role in roles}


def test_compose_sets_no_variable_that_is_not_documented():
    known = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "configuration.md").read_text(), re.MULTILINE))
    known |= {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}  # boto3's own

    assert set(COMPOSE["services"]["web"]["environment"]) - known == set()


def test_compose_lets_encoders_in_by_the_balancer_and_nginx():
    services = COMPOSE["services"]
    relay, balancer, web = (services[name]["environment"] for name in ("relay", "balancer", "web"))
    open_to_all = [name for name, one in services.items() if any("1935" in port for port in one.get("ports", ()))]
    needed = re.findall(r"\$\{(\w+):\?", (ROOT / "deploy" / "nginx" / "relay.sh").read_text())

    assert open_to_all == ["balancer"]
    assert set(needed) == {*relay}
    assert (relay["SITE_URL"], relay["INGEST_SECRET"]) == (web["SITE_URL"], web["INGEST_SECRET"])
    assert relay["GATE"].endswith(f":{balancer['GATE_PORT']}")


@pytest.mark.parametrize("path", ["web", "live"])
def test_health_check_of_the_image_fails_where_nobody_answers(path, monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT / "deploy"))
    import health

    environ = tmp_path / "environ"
    environ.write_text(f"PLENARY_ROLE={path}\0PORT={free_port()}\0")
    monkeypatch.setattr(health, "ENVIRONMENT", environ)

    with pytest.raises(OSError, match="refused"):
        health.main()
