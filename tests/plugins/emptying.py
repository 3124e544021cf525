"""Empties the tables after a test, quickly, and even while processes of the platform still read and write them.

TRUNCATE makes each table and index a new file, and what `migrate` wrote would have to be written again: half a second
after each test that commits. Few rows are deleted instead, and what `migrate` wrote stays. Either way we wait for
whoever writes, and where one of them also waits for us, PostgreSQL ends one of the two: then we try again.
"""

import time

import pytest

TRIES = 5
FEW_ROWS = 1000
KEPT = "ALTER TABLE audit_entry"
OF_MIGRATE = {"django_content_type", "auth_permission", "django_site"}
"""The same in every database, so that no test is told by them what another one did."""


@pytest.fixture(scope="session", autouse=True)
def quick_flush():
    from django.core.management.commands import flush as command
    from django.db import IntegrityError, OperationalError
    from django.db.backends.postgresql.operations import DatabaseOperations

    truncate = DatabaseOperations.sql_flush
    flush_once = DatabaseOperations.execute_sql_flush

    def statements(self, style, tables, **options):
        wanted = [self.quote_name(table) for table in tables if table not in OF_MIGRATE]
        if not wanted or options.get("reset_sequences") or rows_in(self.connection, wanted) > FEW_ROWS:
            return truncate(self, style, [table for table in tables if table not in OF_MIGRATE], **options)
        lock = f"LOCK TABLE {', '.join(wanted)} IN SHARE ROW EXCLUSIVE MODE"
        return [lock, ";".join(f"DELETE FROM {table}" for table in wanted)]

    def flush(self, sql):
        # The audit log lets no row go, but for its owner, who may put its triggers to rest.
        sql = [f"{KEPT} DISABLE TRIGGER USER", *sql, f"{KEPT} ENABLE TRIGGER USER"]
        for attempt in range(1, TRIES):
            try:
                flush_once(self, sql)
                return
            except (OperationalError, IntegrityError):
                time.sleep(attempt / 10)
        flush_once(self, sql)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", statements)
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        patch.setattr(command, "emit_post_migrate_signal", lambda *words, **options: None)
        yield


def rows_in(connection, tables):
    """All rows together; of each table no more are counted than make many."""
    counts = " UNION ALL ".join(
        f"SELECT count(*) AS n FROM (SELECT 1 FROM {table} LIMIT {FEW_ROWS}) AS first_rows" for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sum(n) FROM ({counts}) AS counts")
        return cursor.fetchone()[0]
