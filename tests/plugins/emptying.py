"""Empties the tables after a test even while processes of the platform still read and write them.

TRUNCATE wants all tables at once. Where a process holds one of them and waits for another, PostgreSQL ends one of the
two; if that is us, we are whole again a moment later.
"""

import time

import pytest

TRIES = 5


@pytest.fixture(scope="session", autouse=True)
def patient_flush():
    from django.db import OperationalError
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush_once = DatabaseOperations.execute_sql_flush

    def flush(self, statements):
        for attempt in range(1, TRIES):
            try:
                flush_once(self, statements)
                return
            except OperationalError:
                time.sleep(attempt / 10)
        flush_once(self, statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        yield
