"""Dates that people write lie between 1970 and 2199, whatever writes them."""

from datetime import UTC, datetime

from django.core.validators import MinValueValidator
from django.db import migrations, models

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
BEGINS = "{0} = CASE WHEN {0} < %(first)s THEN %(first)s WHEN {0} >= %(last)s THEN %(last)s - interval '1 day' ELSE {0} END"
ENDS = """{0} = CASE WHEN {0} <= %(first)s THEN %(first)s + interval '1 hour'
    WHEN {0} >= %(last)s THEN %(last)s - interval '1 minute' ELSE {0} END"""
OUT = "{0} < %(first)s OR {0} >= %(last)s"
COLUMNS = {
    "tracks_session": (("starts_at", "sign_up_opens_at"), ("ends_at", "sign_up_closes_at")),
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
    dependencies = [("tracks", "0006_moments_in_reach")]

    operations = [
        migrations.AlterField(
            model_name="room",
            name="capacity",
            field=models.PositiveIntegerField(
                blank=True, null=True, validators=[MinValueValidator(1)], verbose_name="places"
            ),
        ),
        migrations.RunPython(bring_into_reach, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_at__gte", FIRST), ("starts_at__lt", LAST), ("ends_at__gte", FIRST), ("ends_at__lt", LAST), ("sign_up_opens_at__gte", FIRST), ("sign_up_opens_at__lt", LAST), ("sign_up_closes_at__gte", FIRST), ("sign_up_closes_at__lt", LAST)),
                name="tracks_session_in_reach",
                violation_error_code="out_of_reach",
                violation_error_message="Choose a day between 1970 and 2199.",
            ),
        ),
    ]
