from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0006_registration_kinds")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="source",
            field=models.CharField(blank=True, editable=False, max_length=40, verbose_name="came by"),
        ),
    ]
