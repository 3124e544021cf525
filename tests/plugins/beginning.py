"""What every process of a run begins with, made once for all of them: a database with every migration in it, and the
static files.

Both take a minute of a core. The process that shares the tests out has them made in its own home (by this module as a
command) while the others still collect; these take a copy of each, and make their test database after the first.
"""

import gc
import os
import subprocess
import sys
from pathlib import Path

from events_platform.embedded import processes
from events_platform.embedded.places import Places
from events_platform.embedded.services import in_use

ROOT = Path(__file__).parents[2]
KNOWN = "TEST_BEGINNING"
"""The variable that says where it was made."""
MOST_SECONDS = 900
"""On a machine where everything else stands still."""


def begin(home):
    """Has it made in this home; the environment says which one that is."""
    with log_of(home).open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.plugins.beginning"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "events_platform.settings"},
        )


def take_copy(made, home, *, maker):
    """Into `home`, as soon as it is there; before PostgreSQL starts in it."""
    made, maker = Path(made), int(maker)
    processes.wait_until(lambda: is_there(made) or not processes.alive(maker), MOST_SECONDS, pause=0.2)
    if not is_there(made):
        raise RuntimeError(f"What the tests begin with was not made:\n{log_of(made).read_text()[-3000:]}")
    copy(made, home)
    os.environ[KNOWN] = str(made)


def copy(made, home):
    # Not by shutil: PostgreSQL's files belong to another user where we are root.
    subprocess.run(["cp", "-a", str(Places(made).postgres), str(made / "static"), str(home)], check=True)


def copy_if_known(home):
    """For benches and drills, which bring services of their own; false where no suite started them."""
    made = os.environ.get(KNOWN)
    if made:
        copy(Path(made), home)
    return bool(made)


def use_copy():
    """This process makes its test database after the one that was copied, and finds the static files."""
    from django.conf import settings
    from django.core.signals import setting_changed
    from django.db import connection

    connection.settings_dict["TEST"]["TEMPLATE"] = connection.settings_dict["NAME"]
    setting_changed.send(None, setting="STATIC_ROOT", value=settings.STATIC_ROOT, enter=True)


def is_there(home):
    return (home / "begun").exists()


def log_of(home):
    return home / "beginning.log"


def main():
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from tests.plugins.services import collect_static_files

    django.setup()
    # Each step draws all models anew and leaves the old ones to the collector, which else looks through everything.
    gc.freeze()
    gc.set_threshold(100_000)
    with in_use(settings.HOME, throwaway=True):
        call_command("migrate", interactive=False, verbosity=0)
        connections.close_all()
        collect_static_files()
    (settings.HOME / "begun").touch()  # PostgreSQL has stopped, and its files are whole


if __name__ == "__main__":
    main()
