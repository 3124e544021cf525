"""Typed readers of environment variables: a wrong value fails at start, with the variable's name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be one of 1, 0, true, false, yes, no, on, off; it is {value!r}.")


def number(name: str, default: int, *, least: int = 0, most: int = 2**63 - 1) -> int:
    value = text(name)
    if not value:
        return default
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number; it is {value!r}.") from None
    if not least <= result <= most:
        raise ImproperlyConfigured(f"{name} must lie between {least} and {most}; it is {result}.")
    return result


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list separated by commas."""
    value = text(name)
    return [word.strip() for word in value.split(",") if word.strip()] if value else list(default)


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}; it is {value!r}.")
    return value


def folder(name: str, default: Path) -> Path:
    return Path(text(name) or default).expanduser().resolve()


@dataclass(frozen=True)
class Address:
    """The parts of a URL such as postgres://user:password@host:5432/name?sslmode=require."""

    scheme: str
    user: str
    password: str
    host: str
    port: int | None
    path: str
    query: Mapping[str, str]


def address(name: str, schemes: tuple[str, ...]) -> Address | None:
    """Reads a URL; the host may be a percent-encoded folder of a unix socket. None where the variable is absent."""
    value = text(name)
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(s + '://' for s in schemes)}.")
    try:
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} has a port that is no number.") from None
    return Address(
        scheme=parts.scheme,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=unquote(parts.hostname or "") if "%" not in parts.netloc else _encoded_host(parts.netloc),
        port=port,
        path=unquote(parts.path.lstrip("/")),
        query=dict(parse_qsl(parts.query)),
    )


def _encoded_host(netloc: str) -> str:
    # urlsplit lowers the host's letters, which a folder's name does not survive.
    host = netloc.rpartition("@")[2]
    if ":" in host and "]" not in host:
        host = host.rpartition(":")[0]
    return unquote(host)


def database(name: str, defaults: Mapping[str, object] | None = None) -> dict[str, object] | None:
    """A Django DATABASES entry for a postgres:// URL, whose query adds to the options or replaces `defaults`."""
    found = address(name, ("postgres", "postgresql"))
    if found is None:
        return None
    if not found.path:
        raise ImproperlyConfigured(f"{name} names no database: postgres://user:password@host:5432/NAME.")
    options: dict[str, object] = {"connect_timeout": 10, **(defaults or {}), **found.query}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.path,
        "USER": found.user,
        "PASSWORD": found.password,
        "HOST": found.host,
        "PORT": str(found.port or ""),
        "OPTIONS": options,
    }
