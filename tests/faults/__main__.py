"""Breaks the platform while people use it, and holds what they saw against what is true.

    python -m tests.faults [--clients 1000] [--only NAME …] [--short] [--json]

Two web and two live processes behind haproxy, and a drain, on a PostgreSQL and a Redis of their own. `--short` is
what CI runs: fewer people, half the time between the blows, and the same drills. After each drill: every acknowledged
message is stored once, everybody who stayed or came back has a gapless log, state topics agree with a fresh snapshot,
memory is back, and nobody saw a topic that they may not. The last line is JSON where asked for; the exit code is 1
where something did not hold.
"""

import argparse
import asyncio
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from tests.plugins import warden

SHORT_CLIENTS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--short", action="store_true", help=f"{SHORT_CLIENTS} people")
    parser.add_argument("--json", action="store_true", help="one line of JSON, last")
    asked = parser.parse_args()
    if shutil.which("haproxy") is None:
        raise SystemExit("The drills need haproxy: sh .ci/apt.sh haproxy, or your system's package.")
    clients = min(asked.clients, SHORT_CLIENTS) if asked.short else asked.clients
    _least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    home = Path(tempfile.mkdtemp(prefix="plenary-faults-")).resolve()
    home.chmod(0o711)  # PostgreSQL runs as another user where we are root
    warden.keep_watch(home)  # whatever ends us, we leave no process behind
    try:
        failed = run(home, clients, asked.only, short=asked.short, as_json=asked.json)
    except BaseException:
        print(f"The logs are in {home}", file=sys.stderr)
        raise
    if failed:
        print(f"The logs are in {home}", file=sys.stderr)
        raise SystemExit(1)
    shutil.rmtree(home, ignore_errors=True)


def run(home: Path, clients: int, only: list[str], *, short: bool, as_json: bool) -> bool:
    from tests.faults.ground import SECRET, Ground

    ground = Ground(home)
    os.environ |= {
        "PLENARY_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "events_platform.settings",
        "DATABASE_URL": f"postgres://plenary@{quote(str(ground.use.places.postgres_sockets), safe='')}/plenary",
        "REDIS_URL": f"unix://{quote(str(ground.use.places.redis_socket))}?db=0",
        "SECRET_KEY": SECRET,
        "LOG_LEVEL": "WARNING",
    }
    ground.take()
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", interactive=False, verbosity=0)
        from tests.faults import places, stampede, world  # noqa: F401 - they add their drills
        from tests.faults.drills import DRILLS

        if unknown := set(only) - set(DRILLS):
            raise SystemExit(f"There is no drill {', '.join(sorted(unknown))}. There are: {', '.join(DRILLS)}.")
        made = world.make(clients)
        ground.open()
        return asyncio.run(hold(ground, made, clients, only or list(DRILLS), short=short, as_json=as_json))
    finally:
        ground.close()


async def hold(ground, made, clients: int, names: list[str], *, short: bool, as_json: bool) -> bool:
    from tests.faults.crowd import Crowd
    from tests.faults.drills import DRILLS

    told: dict[str, list[str]] = {}
    for name in names:
        begun = time.monotonic()
        crowd = Crowd(ground, made, clients, name, short=short)
        await crowd.arrive()
        before = crowd.memory()
        faults = await DRILLS[name](crowd)
        faults += await crowd.verdict(before)
        sent = sum(len(person.ledger.sent) for person in crowd.people)
        back = sum(len(person.ledger.closes) for person in crowd.people)
        await crowd.leave()
        told[name] = faults
        seconds = time.monotonic() - begun
        state = "held" if not faults else "FAILED"
        print(f"{state:<7} {name:<36} {seconds:5.0f} s  {sent} commands, {back} came back", flush=True)
        for fault in [*crowd.notes, *faults]:
            print(f"        {fault}", flush=True)
    failed = [name for name, faults in told.items() if faults]
    if as_json:
        print(json.dumps({"clients": clients, "drills": len(told), "failed": failed}))
    return bool(failed)


if __name__ == "__main__":
    main()
