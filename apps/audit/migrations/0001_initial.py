import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.text
from django.db import migrations, models

import apps.core.clock

# A row is never changed. It may be deleted once it is older than half a year, by whoever's setting says so; until
# then nothing that runs in the platform can make what was done undone.
APPEND_ONLY = """
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '180 days' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit log is only ever added to.' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_keep();
"""

# `watching.trigger_of` says what the arguments are. The row is `whole`, given to the lookups as $1.
ROWS = """
CREATE FUNCTION audit_words(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF left(said, 1) = '{' THEN  -- one text in several languages
        RETURN (SELECT value FROM jsonb_each_text(said::jsonb) WHERE value <> '' LIMIT 1);
    END IF;
    RETURN said;
EXCEPTION WHEN OTHERS THEN
    RETURN said;
END
$$;

CREATE FUNCTION audit_bounded(fields jsonb, hidden text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_object_agg(key, CASE
        WHEN value IN ('null', '""') THEN value
        WHEN key = ANY (hidden) THEN to_jsonb('•••'::text)
        WHEN length(value::text) > 2000 THEN to_jsonb(left(value #>> '{}', 2000) || '…')
        ELSE value
    END) FROM jsonb_each(fields)
$$;

CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    act jsonb := convert_from(decode(current_setting('plenary.act'), 'base64'), 'UTF8')::jsonb;
    left_out text[] := string_to_array(TG_ARGV[7], ',');
    hidden text[] := string_to_array(TG_ARGV[8], ',');
    whole jsonb;
    before jsonb;
    after jsonb;
    event bigint;
    organisation bigint;
    called text;
    owner text := '';
BEGIN
    IF TG_OP = 'INSERT' THEN
        whole := to_jsonb(NEW);
        after := jsonb_strip_nulls(whole - left_out);
    ELSIF TG_OP = 'DELETE' THEN
        whole := to_jsonb(OLD);
        before := jsonb_strip_nulls(whole - left_out);
    ELSE
        whole := to_jsonb(NEW);
        SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(n.key, n.value) INTO before, after
        FROM jsonb_each(to_jsonb(OLD) - left_out) o JOIN jsonb_each(whole - left_out) n ON n.key = o.key
        WHERE o.value IS DISTINCT FROM n.value;
        IF before IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    EXECUTE 'SELECT ' || TG_ARGV[2] || ', ' || TG_ARGV[3] INTO event, organisation USING whole;
    SELECT audit_words(whole ->> name) INTO called
    FROM unnest(string_to_array(TG_ARGV[6], ',')) WITH ORDINALITY AS columns (name, place)
    WHERE coalesce(whole ->> name, '') <> '' ORDER BY place LIMIT 1;
    IF TG_ARGV[4] <> '' AND whole ->> TG_ARGV[5] IS NOT NULL THEN
        owner := TG_ARGV[4] || ':' || (whole ->> TG_ARGV[5]);
    END IF;
    INSERT INTO audit_entry (
        at, act, who_id, who, door, place, address, kind, model, thing, owner, words, event_id, organisation_id,
        before, after
    ) VALUES (
        clock_timestamp(), (act ->> 'act')::uuid, (act ->> 'who_id')::bigint, act ->> 'who', act ->> 'door',
        act ->> 'place', act ->> 'address',
        CASE TG_OP WHEN 'INSERT' THEN 'made' WHEN 'DELETE' THEN 'deleted' ELSE 'changed' END,
        TG_ARGV[0], TG_ARGV[0] || ':' || (whole ->> TG_ARGV[1]), owner, left(coalesce(called, ''), 200),
        event, organisation, audit_bounded(before, hidden), audit_bounded(after, hidden)
    );
    RETURN NULL;
END
$$;
"""

# CASCADE takes the triggers of the watched tables along.
GONE = """
DROP FUNCTION audit_row() CASCADE;
DROP FUNCTION audit_bounded(jsonb, text[]);
DROP FUNCTION audit_words(text);
DROP FUNCTION audit_keep() CASCADE;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=apps.core.clock.now, verbose_name='when')),
                ('act', models.UUIDField()),
                ('who_id', models.BigIntegerField(null=True)),
                ('who', models.CharField(max_length=254, verbose_name='who')),
                ('door', models.CharField(choices=[('desk', 'Desk'), ('api', 'API'), ('page', 'Page'), ('live', 'Page, live'), ('command', 'Command line')], max_length=8, verbose_name='by way of')),
                ('place', models.CharField(blank=True, max_length=100, verbose_name='page or command')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='network address')),
                ('kind', models.CharField(choices=[('made', 'Made'), ('changed', 'Changed'), ('deleted', 'Deleted'), ('done', 'Done')], max_length=8, verbose_name='what')),
                ('model', models.CharField(blank=True, max_length=60, verbose_name='to what')),
                ('thing', models.CharField(blank=True, max_length=100)),
                ('owner', models.CharField(blank=True, max_length=100)),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='called')),
                ('event_id', models.BigIntegerField(null=True)),
                ('organisation_id', models.BigIntegerField(null=True)),
                ('before', models.JSONField(null=True, verbose_name='before')),
                ('after', models.JSONField(null=True, verbose_name='after')),
            ],
            options={
                'verbose_name': 'act of staff',
                'verbose_name_plural': 'acts of staff',
                'ordering': ['-pk'],
                'indexes': [
                    models.Index(fields=['organisation_id', '-id'], name='audit_of_organisation'),
                    models.Index(fields=['event_id', '-id'], name='audit_of_event'),
                    models.Index(fields=['who_id', '-id'], name='audit_of_person'),
                    models.Index(condition=models.Q(('thing', ''), _negated=True), fields=['thing', '-id'], name='audit_of_thing'),
                    models.Index(condition=models.Q(('owner', ''), _negated=True), fields=['owner', '-id'], name='audit_of_owner'),
                    django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='audit_when'),
                    django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('words', django.db.models.functions.text.Replace('who', models.Value('@'), models.Value(' ')), config='simple'), name='audit_found'),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY + ROWS, GONE),
    ]
