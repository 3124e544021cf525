"""The suite's tables are emptied even while a process of the platform stands in the way."""

import re
import threading

from django.core.management import call_command
from django.core.management.color import no_style
from django.core.management.sql import sql_flush
from django.db import connection, transaction

from apps.accounts.models import User


def lock(table):
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{table}" IN ACCESS SHARE MODE')


def test_tables_are_emptied_when_a_process_holds_one_and_waits_for_another(transactional_db):
    User.objects.create(email="wait@example.org", name="Wait")
    tables = re.findall(r'"(\w+)"', " ".join(sql_flush(no_style(), connection, allow_cascade=False)))
    holds = threading.Event()

    def stand_in_the_way():
        try:
            with transaction.atomic():
                lock(tables[-1])
                holds.set()
                until_it_waits(tables[-1])
                lock(tables[0])
        finally:
            connection.close()

    def until_it_waits(table):
        with connection.cursor() as cursor:
            for _try in range(200):
                cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
                if cursor.fetchone():
                    return
                threading.Event().wait(0.01)

    other = threading.Thread(target=stand_in_the_way)
    other.start()
    holds.wait(10)
    call_command("flush", interactive=False, verbosity=0)
    other.join(10)

    assert not User.objects.exists()
