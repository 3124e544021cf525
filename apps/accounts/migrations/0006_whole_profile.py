"""Languages, interests and links of a person, and whom each part of their profile is for."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import F, Q

import apps.accounts.models

FIELDS = ["photo", "title", "company", "pronouns", "bio", "languages", "interests", "links", "time_zone"]


def texts(length: int, **options: object) -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=length), blank=True, size=None, **options
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_api_tokens")]

    operations = [
        migrations.AddField("user", "languages", texts(12, default=list, verbose_name="languages")),
        migrations.AddField("user", "interests", texts(40, default=list, verbose_name="interests")),
        migrations.AddField("user", "links", texts(200, default=list, verbose_name="links")),
        migrations.AddField(
            "user", "hidden_fields", texts(12, default=apps.accounts.models.first_hidden, editable=False)
        ),
        migrations.AddField("user", "staff_fields", texts(12, default=list, editable=False)),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=Q(hidden_fields__contained_by=FIELDS)
                & Q(staff_fields__contained_by=FIELDS)
                & ~Q(hidden_fields__overlap=F("staff_fields")),
                name="accounts_user_shown_fields",
            ),
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=Q(languages__len__lte=10) & Q(interests__len__lte=12) & Q(links__len__lte=6),
                name="accounts_user_bounded",
            ),
        ),
    ]
