import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Lists that were begun before: counted, and what became of their people kept as one batch.
TAKE_OVER = """
INSERT INTO events_guestbatch (guests_id, outcomes)
SELECT id, outcomes FROM events_guestlist WHERE jsonb_array_length(outcomes) > 0;
UPDATE events_guestlist SET
    people = jsonb_array_length(rows),
    wrong = jsonb_array_length(problems),
    done = jsonb_array_length(outcomes),
    invited = (SELECT count(*) FROM jsonb_array_elements(outcomes) AS one WHERE one ->> 1 = 'invited'),
    known = (SELECT count(*) FROM jsonb_array_elements(outcomes) AS one WHERE one ->> 1 = 'known'),
    begun_by_id = CASE WHEN state = 'read' THEN NULL ELSE by_id END;
SET CONSTRAINTS ALL IMMEDIATE;
"""

# The former code goes on reading and writing the column until the last of its processes is replaced: it stays, and has a
# default for whoever does not know it. A later release drops it.
LET_GO = "ALTER TABLE events_guestlist ALTER COLUMN outcomes SET DEFAULT '[]'"


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0025_keys_for_encrypted_assertions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GuestBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcomes", models.JSONField(default=list, editable=False)),
                (
                    "guests",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="batches",
                        to="events.guestlist",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            "guestlist",
            "begun_by",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="invited by",
            ),
        ),
        migrations.AddField(
            "guestlist",
            "people",
            models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="people"),
        ),
        migrations.AddField(
            "guestlist",
            "wrong",
            models.PositiveIntegerField(
                db_default=0, default=0, editable=False, verbose_name="lines with a mistake"
            ),
        ),
        migrations.AddField(
            "guestlist",
            "done",
            models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="done"),
        ),
        migrations.AddField(
            "guestlist",
            "invited",
            models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="invited"),
        ),
        migrations.AddField(
            "guestlist",
            "known",
            models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="known before"),
        ),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(LET_GO, migrations.RunSQL.noop)],
            state_operations=[migrations.RemoveField("guestlist", "outcomes")],
        ),
    ]
