"""Dates that people write lie between 1970 and 2199, whatever writes them."""

from datetime import UTC, datetime

from django.db import migrations, models

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
BEGINS = "{0} = CASE WHEN {0} < %(first)s THEN %(first)s WHEN {0} >= %(last)s THEN %(last)s - interval '1 day' ELSE {0} END"
ENDS = """{0} = CASE WHEN {0} <= %(first)s THEN %(first)s + interval '1 hour'
    WHEN {0} >= %(last)s THEN %(last)s - interval '1 minute' ELSE {0} END"""
OUT = "{0} < %(first)s OR {0} >= %(last)s"
COLUMNS = {
    "events_event": (("starts_at", "registration_opens_at"), ("ends_at", "registration_closes_at")),
    "events_ticketkind": (("opens_at",), ("closes_at",)),
    "events_invitationcode": ((), ("expires_at",)),
    "events_announcement": (("due_at",), ()),
}
"""By table: what begins something, and what ends it. Of two that belong together, the order is kept."""


def bring_into_reach(apps, schema_editor):
    """What was stored before there was a bound lies at the bound from now on."""
    with schema_editor.connection.cursor() as cursor:
        for table, (begins, ends) in COLUMNS.items():
            new = [BEGINS.format(name) for name in begins] + [ENDS.format(name) for name in ends]
            out = [OUT.format(name) for name in (*begins, *ends)]
            cursor.execute(
                f"UPDATE {table} SET {', '.join(new)} WHERE {' OR '.join(out)}",  # noqa: S608 - names from above
                {"first": FIRST, "last": LAST},
            )


class Migration(migrations.Migration):
    dependencies = [("events", "0022_places_cancelled_by_workers")]

    operations = [
        migrations.RunPython(bring_into_reach, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_at__gte", FIRST), ("starts_at__lt", LAST), ("ends_at__gte", FIRST), ("ends_at__lt", LAST), ("registration_opens_at__gte", FIRST), ("registration_opens_at__lt", LAST), ("registration_closes_at__gte", FIRST), ("registration_closes_at__lt", LAST)),
                name="events_event_in_reach",
                violation_error_code="out_of_reach",
                violation_error_message="Choose a day between 1970 and 2199.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketkind",
            constraint=models.CheckConstraint(
                condition=models.Q(("opens_at__gte", FIRST), ("opens_at__lt", LAST), ("closes_at__gte", FIRST), ("closes_at__lt", LAST)),
                name="events_ticket_in_reach",
                violation_error_code="out_of_reach",
                violation_error_message="Choose a day between 1970 and 2199.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitationcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gte", FIRST), ("expires_at__lt", LAST)),
                name="events_code_in_reach",
                violation_error_code="out_of_reach",
                violation_error_message="Choose a day between 1970 and 2199.",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_at__gte", FIRST), ("due_at__lt", LAST)),
                name="events_announcement_in_reach",
                violation_error_code="out_of_reach",
                violation_error_message="Choose a day between 1970 and 2199.",
            ),
        ),
    ]
