"""A document stands at a booth once: of those that two changes at once left twice, the first one stays."""

from django.db import migrations, models

ONCE = """
DELETE FROM exhibitors_boothdocument AS again USING exhibitors_boothdocument AS first
WHERE again.booth_id = first.booth_id AND again.asset_id = first.asset_id AND again.id > first.id
"""


class Migration(migrations.Migration):
    dependencies = [("exhibitors", "0002_name_fields")]

    operations = [
        migrations.RunSQL(ONCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="boothdocument",
            constraint=models.UniqueConstraint(fields=("booth", "asset"), name="exhibitors_document_once"),
        ),
    ]
