"""`python -m events_platform.embedded run | services | stop`: what the Makefile calls."""

import argparse
import sys

from django.core.exceptions import ImproperlyConfigured

from events_platform import embedded
from events_platform.embedded import services
from events_platform.embedded.errors import EmbeddedError
from events_platform.embedded.run import run
from events_platform.embedded.where import home, needed


def start_services() -> int:
    wanted = needed()
    services.keep(home(), **wanted)
    if wanted["postgres"]:
        print(f"PostgreSQL: database plenary, role plenary, socket in {embedded.database(home())['HOST']}")
    if wanted["redis"]:
        print(f"Redis: {embedded.redis_url(home())}")
    print(
        "Both run until make services-stop." if all(wanted.values()) else "Addresses that are set are used as they are."
    )
    return 0


def stop_services() -> int:
    if services.let_go(home()):
        print("The private services are stopped.")
        return 0
    print("They are still in use; they stop when their last user ends.")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m events_platform.embedded", description=__doc__)
    parser.add_argument("action", choices=["run", "services", "stop"])
    actions = {"run": run, "services": start_services, "stop": stop_services}
    try:
        return actions[parser.parse_args(arguments).action]()
    except (EmbeddedError, ImproperlyConfigured) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
