"""Answers of every kind: what was said, and what it counts, where there was one option; and all that polls can do."""

import apps.core.clock
import apps.polls.models
import django.db.models.deletion
import i18nfield.fields
import uuid
from django.conf import settings
from django.db import migrations, models


TAKE_OVER = """
UPDATE polls_answer
SET voter = user_id::text, said = jsonb_build_object('option', option_id),
    counts = jsonb_build_object(option_id::text, 1)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_agenda_changed_at'),
        ('media', '0001_initial'),
        ('polls', '0001_initial'),
        ('tracks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('round', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Ruling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=64)),
                ('shown', models.BooleanField()),
                ('at', models.DateTimeField(default=apps.core.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name='Secret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveIntegerField()),
                ('late', models.BooleanField(default=False)),
                ('key', models.BinaryField(default=apps.polls.models.new_secret)),
            ],
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('kind', models.CharField(choices=[('single', 'One of several'), ('multiple', 'Several of several'), ('image', 'One of several pictures'), ('scale', 'A scale'), ('ranking', 'A ranking'), ('points', '100 points to share out'), ('words', 'A word cloud'), ('text', 'Open text')], max_length=12, verbose_name='kind')),
                ('content', models.JSONField(editable=False)),
                ('created_at', models.DateTimeField(default=apps.core.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'poll template',
                'verbose_name_plural': 'poll templates',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='answer',
            name='polls_answer_once',
        ),
        migrations.RemoveIndex(
            model_name='answer',
            name='polls_answer_tally',
        ),
        migrations.AddField(
            model_name='answer',
            name='counts',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='answer',
            name='late',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='answer',
            name='said',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='answer',
            name='voter',
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='answer',
            name='said',
            field=models.JSONField(),
        ),
        migrations.AlterField(
            model_name='answer',
            name='voter',
            field=models.CharField(max_length=64),
        ),
        migrations.RemoveField(
            model_name='answer',
            name='option',
        ),
        migrations.AddField(
            model_name='option',
            name='picture',
            field=models.ForeignKey(blank=True, limit_choices_to={'kind': 'image'}, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='media.asset', verbose_name='picture'),
        ),
        migrations.AddField(
            model_name='poll',
            name='anonymous',
            field=models.BooleanField(default=False, verbose_name='anonymous'),
        ),
        migrations.AddField(
            model_name='poll',
            name='high_words',
            field=i18nfield.fields.I18nCharField(blank=True, max_length=80, verbose_name='what the high end means'),
        ),
        migrations.AddField(
            model_name='poll',
            name='least',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='at least'),
        ),
        migrations.AddField(
            model_name='poll',
            name='locked',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='poll',
            name='low_words',
            field=i18nfield.fields.I18nCharField(blank=True, max_length=80, verbose_name='what the low end means'),
        ),
        migrations.AddField(
            model_name='poll',
            name='moderated',
            field=models.BooleanField(default=False, verbose_name='words are shown once somebody has approved them'),
        ),
        migrations.AddField(
            model_name='poll',
            name='most',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='at most'),
        ),
        migrations.AddField(
            model_name='poll',
            name='opens_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='opens by itself at'),
        ),
        migrations.AddField(
            model_name='poll',
            name='revealed',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='poll',
            name='seconds',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='seconds to answer'),
        ),
        migrations.AddField(
            model_name='poll',
            name='takes_late',
            field=models.BooleanField(default=False, verbose_name='who watches the recording may answer too'),
        ),
        migrations.AlterField(
            model_name='answer',
            name='answered_at',
            field=models.DateTimeField(default=apps.core.clock.now, null=True),
        ),
        migrations.AlterField(
            model_name='answer',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='poll_answers', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='poll',
            name='kind',
            field=models.CharField(choices=[('single', 'One of several'), ('multiple', 'Several of several'), ('image', 'One of several pictures'), ('scale', 'A scale'), ('ranking', 'A ranking'), ('points', '100 points to share out'), ('words', 'A word cloud'), ('text', 'Open text')], default='single', max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='poll',
            name='results',
            field=models.CharField(choices=[('live', 'Everybody sees them grow'), ('answered', 'Those who have answered see them'), ('close', 'Everybody, once it is closed'), ('hidden', 'Only the organisers, until they show them')], default='live', max_length=8, verbose_name='who sees the results'),
        ),
        migrations.AlterField(
            model_name='poll',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('scheduled', 'Scheduled'), ('open', 'Open'), ('closed', 'Closed'), ('archived', 'Put away')], default='draft', max_length=9, verbose_name='state'),
        ),
        migrations.AddIndex(
            model_name='poll',
            index=models.Index(condition=models.Q(('state', 'scheduled')), fields=['opens_at'], name='polls_poll_opening'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('poll', 'round', 'late', 'voter'), name='polls_answer_per_voter'),
        ),
        migrations.AddField(
            model_name='participation',
            name='poll',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participations', to='polls.poll'),
        ),
        migrations.AddField(
            model_name='participation',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='poll_participations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ruling',
            name='poll',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rulings', to='polls.poll'),
        ),
        migrations.AddField(
            model_name='secret',
            name='poll',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='polls.poll'),
        ),
        migrations.AddField(
            model_name='template',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='poll_templates', to='events.organisation'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.UniqueConstraint(fields=('poll', 'round', 'user'), name='polls_participation_once'),
        ),
        migrations.AddConstraint(
            model_name='ruling',
            constraint=models.UniqueConstraint(fields=('poll', 'subject'), name='polls_ruling_once'),
        ),
        migrations.AddConstraint(
            model_name='secret',
            constraint=models.UniqueConstraint(fields=('poll', 'round', 'late'), name='polls_secret_once'),
        ),
    ]
