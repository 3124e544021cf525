from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0024_more_errands"),
    ]

    operations = [
        migrations.AddField(
            model_name='signinconnection',
            name='own_certificate',
            field=models.TextField(blank=True, db_default='', default='', editable=False),
        ),
        migrations.AddField(
            model_name='signinconnection',
            name='own_key',
            field=models.TextField(blank=True, db_default='', default='', editable=False),
        ),
    ]
