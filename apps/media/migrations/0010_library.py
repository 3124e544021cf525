"""A library: folders, tags, trash, earlier versions, who may download, pages of documents, and a shelf."""

import apps.core.clock
import apps.core.ids
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0029_doors_of_what_workers_do'),
        ('media', '0009_ingest'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DocumentPages',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=apps.core.ids.new_token, max_length=40, unique=True)),
                ('sizes', models.JSONField(default=list)),
                ('count', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=apps.core.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name='ShelfFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('original', models.CharField(max_length=300)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('seconds', models.FloatField(null=True)),
                ('is_scanned', models.BooleanField(default=False)),
                ('key', models.CharField(default=apps.core.ids.new_token, editable=False, max_length=40, unique=True)),
                ('kind', models.CharField(choices=[('video', 'Film'), ('audio', 'Sound'), ('document', 'Document'), ('image', 'Picture')], editable=False, max_length=10, verbose_name='kind')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('kept_at', models.DateTimeField(default=apps.core.clock.now, editable=False, verbose_name='kept')),
            ],
            options={
                'verbose_name': 'file of the shelf',
                'verbose_name_plural': 'files of the shelf',
                'ordering': ['-kept_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='asset',
            name='brought_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='asset',
            name='brought_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='asset',
            name='deleted_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='in the trash since'),
        ),
        migrations.AddField(
            model_name='asset',
            name='is_scanned',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='asset',
            name='may_download',
            field=models.CharField(blank=True, choices=[('', 'As is usual: films and sound nobody, the rest everybody who sees it'), ('nobody', 'Nobody but the organisers'), ('attending', 'Those who attend'), ('everybody', 'Everybody who sees it')], db_default='', default='', max_length=10, verbose_name='who may download it'),
        ),
        migrations.AddField(
            model_name='asset',
            name='replaces',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replacements', to='media.asset'),
        ),
        migrations.AddField(
            model_name='asset',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None, verbose_name='tags'),
        ),
        migrations.AddField(
            model_name='upload',
            name='replaces',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='media.asset'),
        ),
        migrations.CreateModel(
            name='AssetVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('original', models.CharField(max_length=300)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('seconds', models.FloatField(null=True)),
                ('is_scanned', models.BooleanField(default=False)),
                ('kind', models.CharField(choices=[('video', 'Film'), ('audio', 'Sound'), ('document', 'Document'), ('image', 'Picture')], max_length=10)),
                ('brought_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(default=apps.core.clock.now)),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='media.asset')),
                ('brought_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('encoding', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='media.encoding')),
                ('replaced_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pages', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='media.documentpages')),
            ],
            options={
                'ordering': ['-replaced_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='asset',
            name='pages',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assets', to='media.documentpages'),
        ),
        migrations.CreateModel(
            name='FileJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('progress', models.PositiveSmallIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('lease', models.CharField(blank=True, max_length=40)),
                ('leased_until', models.DateTimeField(null=True)),
                ('not_before', models.DateTimeField(default=apps.core.clock.now)),
                ('made_at', models.DateTimeField(default=apps.core.clock.now)),
                ('started_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=40)),
                ('detail', models.TextField(blank=True, max_length=4000)),
                ('asset', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='file_job', to='media.asset')),
            ],
        ),
        migrations.CreateModel(
            name='Folder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='folders', to='events.event', verbose_name='event')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='folders', to='media.folder', verbose_name='inside')),
            ],
            options={
                'verbose_name': 'folder',
                'verbose_name_plural': 'folders',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='asset',
            name='library_folder',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assets', to='media.folder', verbose_name='folder'),
        ),
        migrations.AddField(
            model_name='upload',
            name='library_folder',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='media.folder'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='media_asset_tags'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='media_asset_trash'),
        ),
        migrations.AddField(
            model_name='shelffile',
            name='encoding',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='media.encoding'),
        ),
        migrations.AddField(
            model_name='shelffile',
            name='kept_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='kept by'),
        ),
        migrations.AddField(
            model_name='shelffile',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shelf', to='events.organisation', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='shelffile',
            name='pages',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='media.documentpages'),
        ),
        migrations.AddIndex(
            model_name='assetversion',
            index=models.Index(fields=['original'], name='media_version_original', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='filejob',
            index=models.Index(models.F('not_before'), condition=models.Q(('state__in', ['waiting', 'running'])), name='media_file_job_open'),
        ),
        migrations.AddConstraint(
            model_name='filejob',
            constraint=models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='media_file_job_progress'),
        ),
        migrations.AddConstraint(
            model_name='folder',
            constraint=models.UniqueConstraint(fields=('parent', 'name'), name='media_folder_once', violation_error_message='There is a folder of this name in that place. Choose another name.'),
        ),
        migrations.AddConstraint(
            model_name='folder',
            constraint=models.UniqueConstraint(condition=models.Q(('parent', None)), fields=('event', 'name'), name='media_folder_once_top', violation_error_message='There is a folder of this name in that place. Choose another name.'),
        ),
        migrations.AddIndex(
            model_name='shelffile',
            index=models.Index(fields=['original'], name='media_shelf_original', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddConstraint(
            model_name='shelffile',
            constraint=models.UniqueConstraint(fields=('organisation', 'original'), name='media_shelf_once'),
        ),
    ]
