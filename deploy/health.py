"""Whether this container's role lives: the front roles by their address, the others by being process 1."""

import os
import sys
import urllib.request
from pathlib import Path

# A health check is a process of its own; the role stands in the environment of process 1.
ENVIRONMENT = Path("/proc/1/environ")


def main() -> int:
    settings = dict(part.split("=", 1) for part in ENVIRONMENT.read_text().split("\0") if "=" in part)
    if settings.get("PLENARY_ROLE") not in {"web", "live"}:
        return 0
    host = os.environ.get("SITE_URL", "http://localhost").partition("://")[2].partition("/")[0]
    asked = urllib.request.Request(f"http://127.0.0.1:{settings.get('PORT', '8000')}/healthz", headers={"Host": host})
    with urllib.request.urlopen(asked, timeout=4) as answer:  # noqa: S310 - our own address
        return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
