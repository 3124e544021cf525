"""Breaks the platform while people use it, and holds what they saw against what is true.

    python -m tests.faults [--clients 1000] [--voters 10000] [--only NAME …] [--short] [--json]

Two web and two live processes behind haproxy, and a drain, on a PostgreSQL and a Redis of their own. `--clients` people
stay for all drills; where everybody votes, there are `--voters` in all. `--short` is what CI runs: fewer people, half
the time between the blows, and the same drills. After each drill: every acknowledged message is stored once, in its
newest words, everybody who stayed or came back has a gapless log, state topics agree with a fresh snapshot, memory is
back, and nobody saw a topic that they may not. The last line is JSON where asked for; the exit code is 1 where
something did not hold.
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

from tests.plugins import beginning, warden
from tests.plugins.services import collect_static_files

SHORT_CLIENTS, SHORT_VOTERS = 60, 100
MORE_FILES = 1000
"""Beside its sockets, for what a process has open."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument(
        "--voters", type=int, default=10_000, help="who answer in the drills of votes, clients included"
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--short", action="store_true", help=f"{SHORT_CLIENTS} people, {SHORT_VOTERS} voters")
    parser.add_argument("--json", action="store_true", help="one line of JSON, last")
    asked = parser.parse_args()
    if shutil.which("haproxy") is None:
        raise SystemExit("The drills need haproxy: sh .ci/apt.sh haproxy, or your system's package.")
    if asked.short:
        asked.clients, asked.voters = min(asked.clients, SHORT_CLIENTS), min(asked.voters, SHORT_VOTERS)
    _least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if max(asked.clients, asked.voters) + MORE_FILES > most:
        raise SystemExit(f"One process must hold everybody, and may open {most} files here: ask for fewer people.")
    home = Path(tempfile.mkdtemp(prefix="plenary-faults-")).resolve()
    home.chmod(0o711)  # PostgreSQL runs as another user where we are root
    warden.keep_watch(home)  # whatever ends us, we leave no process behind
    try:
        failed = run(home, asked)
    except BaseException:
        print(f"The logs are in {home}", file=sys.stderr)
        raise
    if failed:
        print(f"The logs are in {home}", file=sys.stderr)
        raise SystemExit(1)
    shutil.rmtree(home, ignore_errors=True)


def run(home: Path, asked: argparse.Namespace) -> bool:
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
    begun = beginning.copy_if_known(home)
    ground.take()
    try:
        import django

        django.setup()
        from django.core.management import call_command

        if not begun:
            call_command("migrate", verbosity=0, interactive=False)
            collect_static_files()
        from tests.faults import places, stampede, world  # noqa: F401 - they add their drills
        from tests.faults.drills import DRILLS

        if unknown := set(asked.only) - set(DRILLS):
            raise SystemExit(f"There is no drill {', '.join(sorted(unknown))}. There are: {', '.join(DRILLS)}.")
        made = world.make(asked.clients, max(0, asked.voters - asked.clients))
        ground.open(max(asked.clients, asked.voters))
        return asyncio.run(hold(ground, made, asked.only or list(DRILLS), asked))
    finally:
        ground.close()


async def hold(ground, made, names: list[str], asked: argparse.Namespace) -> bool:
    from tests.faults.voters import Voters

    failed = []
    async with Voters.ready(ground, made) as voters:
        for name in names:
            if faults := await drilled(ground, made, voters, name, short=asked.short):
                failed.append(name)
            for fault in faults:
                print(f"        {fault}", flush=True)
    if asked.json:
        print(json.dumps({"clients": asked.clients, "voters": asked.voters, "drills": len(names), "failed": failed}))
    return bool(failed)


async def drilled(ground, made, voters, name: str, *, short: bool) -> list[str]:
    """What did not hold in this drill; tells how it went."""
    from tests.faults.crowd import Crowd
    from tests.faults.drills import DRILLS

    begun = time.monotonic()
    crowd = Crowd(ground, made, voters, name, short=short)
    await crowd.arrive()
    before = crowd.memory()
    faults = await DRILLS[name](crowd)
    faults += await crowd.verdict(before)
    sent = sum(len(person.sent) for person in crowd.people)
    back = sum(person.ledger.opened - 1 for person in crowd.people)
    resumed = sum(person.ledger.resumed for person in crowd.people)
    await crowd.leave()
    state = "held" if not faults else "FAILED"
    told = f"{sent} commands, {back} came back, {resumed} with what their socket gave"
    print(f"{state:<7} {name:<36} {time.monotonic() - begun:5.0f} s  {told}", flush=True)
    for note in crowd.notes:
        print(f"        {note}", flush=True)
    return faults


if __name__ == "__main__":
    main()
