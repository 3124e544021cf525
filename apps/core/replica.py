"""The reading copy of the database: whether it answers, and whether it keeps up with the primary."""

import logging
import time

from django.db import DEFAULT_DB_ALIAS, Error, NotSupportedError, connections

logger = logging.getLogger(__name__)

ALIAS = "replica"
PAUSE_SECONDS = 10.0
"""So long a process leaves a replica alone that did not answer: what it costs is one attempt in that time."""
LAG_SECONDS = 5.0
"""A replica that has not reached, by now, what was written so long ago is not read."""

READY, BEHIND, AWAY = "ready", "behind", "away"


def is_set() -> bool:
    return ALIAS in connections.settings


class Replica:
    """What one process knows of the replica. Threads share it without a lock: each field is replaced whole."""

    def __init__(self) -> None:
        self._leave_until = 0.0
        self._position: tuple[str, float] | None = None
        """Where the primary's log stood, and when."""
        self._behind = True

    def state(self) -> str:
        """READY, BEHIND or AWAY. Opens this thread's connection, so that the query that follows finds it open."""
        now = time.monotonic()
        if now < self._leave_until:
            return AWAY
        if self._leave_until:  # One thread tries again; the others go on without it meanwhile.
            self._leave_until = now + PAUSE_SECONDS
        try:
            connection = connections[ALIAS]
            connection.close_if_health_check_failed()
            connection.ensure_connection()
            behind = self._is_behind(now)
        except Error as error:
            self.leave(error)
            return AWAY
        self._leave_until = 0.0
        return BEHIND if behind else READY

    def leave(self, error: BaseException) -> None:
        """It failed: nobody in this process asks it for a while."""
        logger.warning("The replica is left alone for %d s: %s", PAUSE_SECONDS, str(error).strip())
        connections[ALIAS].close()
        self._leave_until = time.monotonic() + PAUSE_SECONDS

    def _is_behind(self, now: float) -> bool:
        """Compares the replica with where the primary stood one interval ago; asks both once an interval.

        A clock would not do: the replica of a quiet primary looks old, and one that lost its line looks up to date.
        """
        noted = self._position
        if noted is not None and now - noted[1] < LAG_SECONDS:
            return self._behind
        try:
            self._position = (_written(), now)
            if noted is None or now - noted[1] > 3 * LAG_SECONDS:
                # Nothing recent to compare with: one that replays the primary's log must prove itself first.
                self._behind = _replays()
            else:
                self._behind = not _has_reached(noted[0])
        except NotSupportedError:  # Aurora, whose readers share the primary's storage, tells no positions
            self._behind = False
        return self._behind


def _ask(alias: str, query: str, *arguments: str) -> object:
    with connections[alias].cursor() as cursor:
        cursor.execute(query, arguments)
        return cursor.fetchone()[0]


def _written() -> str:
    return str(_ask(DEFAULT_DB_ALIAS, "SELECT pg_current_wal_lsn()"))


def _replays() -> bool:
    return bool(_ask(ALIAS, "SELECT pg_is_in_recovery()"))


def _has_reached(position: str) -> bool:
    # NULL, hence true, where the copy is made by other means than replaying the log.
    return _ask(ALIAS, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", position) is not False


this = Replica()
