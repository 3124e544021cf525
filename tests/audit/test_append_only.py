"""Rows of the log stay as they are, whatever asks; the sweep forgets what is old enough."""

from datetime import timedelta

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from apps.audit import services
from apps.audit.models import Entry
from apps.core import clock
from tests.factories.audit import EntryFactory

REFUSED = (ProgrammingError, InternalError)
OLD = timedelta(days=181)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET who = 'nobody'",
        "UPDATE audit_entry SET at = now() - interval '9 years'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "INSERT INTO audit_entry SELECT * FROM audit_entry ON CONFLICT (id) DO UPDATE SET who = 'nobody'",
    ],
)
def test_raw_sql_changes_nothing(db, statement):
    entry = EntryFactory()

    with pytest.raises(REFUSED, match="only ever added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Entry.objects.get().who == entry.who


def test_old_row_may_not_be_changed_either(db):
    EntryFactory(at=clock.now() - OLD)

    with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET who = 'nobody'")


def test_code_is_told_before_the_database_is(db):
    entry = EntryFactory()

    for attempt in (entry.save, entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(who="nobody")):
        with pytest.raises(TypeError):
            attempt()


def test_sweep_forgets_what_is_older_than_the_setting(db, settings):
    settings.AUDIT_DAYS = 200
    now = clock.now()
    old = EntryFactory(at=now - timedelta(days=201))
    kept = EntryFactory(at=now - timedelta(days=199))

    assert services.sweep() == 1
    assert [*Entry.objects.all()] == [kept]
    assert old.pk != kept.pk


def test_sweep_takes_no_more_than_it_should_at_once(db, monkeypatch):
    monkeypatch.setattr(services, "A_SWEEP", 2)
    monkeypatch.setattr(services, "MOST_SWEEPS", 2)
    EntryFactory.create_batch(5, at=clock.now() - timedelta(days=1000))

    assert services.sweep() == 4
    assert services.sweep() == 1
