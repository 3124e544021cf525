"""The private PostgreSQL and Redis of a machine that was given none: where they are, and the secrets they need."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit


def secret_key(home: Path) -> str:
    """A secret of this installation, made at the first start and readable by its owner alone."""
    path = home / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("embedded-" + secrets.token_urlsafe(48))
    except FileExistsError:  # another process was quicker
        pass
    return path.read_text().strip()


def database(home: Path) -> dict[str, object]:
    """The Django DATABASES entry of the private PostgreSQL."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "plenary",
        "USER": "plenary",
        "HOST": str(home / "run"),
        "OPTIONS": {"connect_timeout": 10},
    }


def redis_url(home: Path) -> str:
    return f"unix://{home / 'run' / 'redis.sock'}?db=0"


def celery_broker(redis_url: str) -> str:
    """The same Redis in the words of Celery, which spells unix sockets its own way."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parts.query.partition("db=")[2] or "0"
    return f"redis+socket://{parts.path}?virtual_host={database}"
