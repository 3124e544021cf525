"""Says of each link its event: some at a time, so that links are made and used meanwhile."""

from django.db import migrations

AT_ONCE = 5000
FILL = """
    UPDATE events_joinlink SET event_id = place.event_id
    FROM events_registration place
    WHERE place.id = events_joinlink.registration_id AND events_joinlink.event_id IS NULL
    AND events_joinlink.id > %s AND events_joinlink.id <= %s
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM events_joinlink WHERE event_id IS NULL")
        first, last = cursor.fetchone()
        for start in range(first - 1, last, AT_ONCE):
            cursor.execute(FILL, [start, start + AT_ONCE])


class Migration(migrations.Migration):
    atomic = False  # it may be begun again where it was broken off

    dependencies = [("events", "0017_links_of_roles")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
