"""What is away, and comes back by itself: the database, Redis."""

from django.db import InterfaceError, OperationalError

from apps.live import store

DATABASE = (OperationalError, InterfaceError)
AWAY = (store.Failed, *store.ConnectionFailed, TimeoutError, *DATABASE)
GONE = ("08", "57P", "53")
"""How PostgreSQL's codes begin: the connection broke, the server stops, it has no room for us."""


def is_lost(error: BaseException) -> bool:
    """Whether the database cannot be had: whoever asks at once for the next thing waits once more for nothing. Not a
    deadlock or a statement that took too long, which are the one statement's own."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.__cause__, "pgcode", None)
    return code is None or code.startswith(GONE)
