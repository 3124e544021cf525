from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0010_parts_and_languages")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="source",
            field=models.CharField(blank=True, editable=False, max_length=40, verbose_name="came by"),
        ),
        migrations.AddField(
            model_name="event",
            name="embed_origins",
            field=models.TextField(
                blank=True,
                help_text="One a line, such as https://www.example.org. There its agenda and its registration form may be shown. * alone means the agenda anywhere.",
                max_length=2000,
                verbose_name="websites that show it",
            ),
        ),
    ]
