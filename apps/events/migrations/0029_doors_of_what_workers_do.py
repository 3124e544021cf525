from django.db import migrations, models

BY_WHICH = models.CharField(db_default="desk", default="desk", editable=False, max_length=8)


class Migration(migrations.Migration):

    dependencies = [("events", "0028_wishes_for_an_organisation")]

    operations = [
        migrations.AddField("errand", "door", BY_WHICH),
        migrations.AddField("guestlist", "door", BY_WHICH),
    ]
