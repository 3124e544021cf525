"""Whether this process lives, and whether it can serve."""

from django.core.cache import cache
from django.db import connection

from apps.core import replica


def unready() -> list[str]:
    """The names of the parts that this process cannot reach; empty when it can serve."""
    missing = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        missing.append("database")
    try:
        cache.set("health", 1, 5)
    except Exception:
        missing.append("redis")
    return missing


def replica_state() -> str | None:
    """How the reading copy is; None where none is set. This process serves without it, from the primary."""
    return replica.this.state() if replica.is_set() else None
