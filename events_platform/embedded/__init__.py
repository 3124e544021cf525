"""The private PostgreSQL and Redis of a machine that was given none: where they are, and the secrets they need."""

import os
import secrets
from pathlib import Path
from urllib.parse import quote, urlsplit

from events_platform.embedded.places import Places


def secret_key(home: Path) -> str:
    """A secret of this installation, made at the first start and readable by its owner alone."""
    path = home / "secret-key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f".secret-key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("embedded-" + secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # whole or not at all, and the first of two processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def port(home: Path) -> int:
    """Where a command finds the platform: the port of this home's `make run` while it runs, else 8000."""
    try:
        return int(Places(home).port.read_text())
    except (OSError, ValueError):
        return 8000


def database(home: Path) -> dict[str, object]:
    """The Django DATABASES entry of the private PostgreSQL."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "plenary",
        "USER": "plenary",
        "HOST": str(Places(home).postgres_sockets),
        "OPTIONS": {"connect_timeout": 10},
    }


def redis_url(home: Path) -> str:
    return f"unix://{quote(str(Places(home).redis_socket))}?db=0"


def celery_broker(redis_url: str) -> str:
    """The same Redis in the words of Celery, which spells unix sockets its own way."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parts.query.partition("db=")[2] or "0"
    return f"redis+socket://{parts.path}?virtual_host={database}"
