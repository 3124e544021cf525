"""What a rolling release asks of migrations: the former code goes on writing while the new schema stands."""

from collections import Counter

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, CreateModel, DeleteModel, RemoveField, RenameField, RenameModel
from django.db.models import NOT_PROVIDED

BEFORE_ANY_RELEASE = {"accounts": 6, "chat": 4, "events": 15, "notifications": 6, "polls": 5, "tracks": 4}
"""By app, the last migration that was written before there was any code to roll over from."""


def ours():
    """Each as (app, number, migration)."""
    disk = MigrationLoader(None).disk_migrations
    return [
        (app, int(name[:4]), migration)
        for (app, name), migration in disk.items()
        if migration.__module__.startswith("apps.")
    ]


def refuses_former_code(field):
    """Whether a row that is written without this column is refused."""
    return not (field.many_to_many or field.null) and field.db_default is NOT_PROVIDED


def test_columns_that_are_added_have_a_default_in_the_database():
    refused = [
        f"{app} {number:04}: {operation.model_name}.{operation.name}"
        for app, number, migration in ours()
        if number > BEFORE_ANY_RELEASE.get(app, 1)
        for made in [{one.name_lower for one in migration.operations if isinstance(one, CreateModel)}]
        for operation in migration.operations
        if isinstance(operation, AddField) and operation.model_name_lower not in made
        if refuses_former_code(operation.field)
    ]
    assert refused == [], "give the field a db_default beside its default"


def test_columns_that_former_code_knows_stay():
    """They go from the state alone (`SeparateDatabaseAndState`), and with a later release from the database."""
    gone = [
        f"{app} {number:04}: {operation.describe()}"
        for app, number, migration in ours()
        if number > BEFORE_ANY_RELEASE.get(app, 1)
        for operation in migration.operations
        if isinstance(operation, RemoveField | RenameField | DeleteModel | RenameModel)
    ]
    assert gone == [], "former code still reads and writes them while a release rolls"


def test_columns_that_stay_behind_have_a_default(db):
    """Whoever does not know a column writes rows without it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND is_nullable = 'NO' AND column_default IS NULL"
            " AND is_identity = 'NO'"
        )
        needed = cursor.fetchall()
    known = {
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
    }
    tables = {table for table, _column in known}
    assert [one for one in needed if one[0] in tables and one not in known] == []


def test_no_two_migrations_of_an_app_have_one_number():
    numbers = Counter((app, number) for app, number, _migration in ours())
    assert [one for one, count in numbers.items() if count > 1] == []
