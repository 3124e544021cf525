"""What a question was before it was joined with another, to be that again."""

from django.db import migrations, models

STATES = [
    ("held", "Waiting for a moderator"),
    ("new", "New"),
    ("stage", "On stage"),
    ("later", "For later"),
    ("answered", "Answered"),
    ("dismissed", "Dismissed"),
    ("merged", "Joined with another"),
    ("withdrawn", "Taken back"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("questions", "0004_answered_before_joining"),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="state_before",
            field=models.CharField(blank=True, choices=STATES, db_default="", default="", editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name="question",
            name="answered_before",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
