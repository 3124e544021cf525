"""The suite's tables are emptied, few rows or many, even while a process of the platform stands in the way."""

import re
import threading
from contextlib import suppress

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.management.sql import sql_flush
from django.db import OperationalError, connection, transaction

from apps.accounts.models import User
from apps.events.models import Registration
from tests.factories.events import RegistrationFactory
from tests.plugins.emptying import FEW_ROWS


def lock(table):
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{table}" IN ROW EXCLUSIVE MODE')


@pytest.mark.parametrize("people", [1, FEW_ROWS + 1])
def test_nothing_is_left_but_what_migrate_wrote(people, transactional_db):
    RegistrationFactory()
    User.objects.bulk_create(User(email=f"{number}@example.org", name="Wait") for number in range(people))
    kept = Permission.objects.count()

    call_command("flush", interactive=False, verbosity=0)

    assert (User.objects.count(), Registration.objects.count()) == (0, 0)
    assert Permission.objects.count() == kept > 0


def test_tables_are_emptied_when_a_process_holds_one_and_waits_for_another(transactional_db):
    User.objects.create(email="wait@example.org", name="Wait")
    tables = re.findall(r'"(\w+)"', sql_flush(no_style(), connection)[0])
    holds = threading.Event()

    def stand_in_the_way():
        try:
            with transaction.atomic():
                lock(tables[-1])
                holds.set()
                until_it_waits(tables[-1])
                with suppress(OperationalError):  # which of the two is ended is for PostgreSQL to say
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
    holds.wait(60)
    call_command("flush", interactive=False, verbosity=0)
    other.join(60)

    assert not User.objects.exists()
