"""What a text in several languages says, for looking and sorting. A text that is no JSON object stands for itself."""

from django.db import migrations

ALL_SAID = """
CREATE OR REPLACE FUNCTION core_all_said(kept text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    IF left(kept, 1) <> '{' THEN
        RETURN kept;
    END IF;
    RETURN coalesce((SELECT string_agg(value, E'\\n') FROM json_each_text(kept::json)), '');
EXCEPTION WHEN data_exception OR character_not_in_repertoire OR untranslatable_character THEN
    RETURN kept;
END
$$
"""

SAID_IN = """
CREATE OR REPLACE FUNCTION core_said_in(kept text, tongue text, otherwise text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    bare text := split_part(tongue, '-', 1);
    said text;
BEGIN
    IF left(kept, 1) <> '{' THEN
        RETURN kept;
    END IF;
    SELECT value INTO said FROM json_each_text(kept::json) WITH ORDINALITY AS words (key, value, place)
    WHERE value <> ''
    ORDER BY CASE
        WHEN key = tongue THEN 0
        WHEN key = bare THEN 1
        WHEN starts_with(key, bare || '-') THEN 2
        WHEN key = otherwise THEN 3
        ELSE 4
    END, place
    LIMIT 1;
    RETURN coalesce(said, '');
EXCEPTION WHEN data_exception OR character_not_in_repertoire OR untranslatable_character THEN
    RETURN kept;
END
$$
"""

GONE = """
DROP FUNCTION core_all_said(text);
DROP FUNCTION core_said_in(text, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_kept_answers")]

    operations = [migrations.RunSQL([ALL_SAID, SAID_IN], GONE)]
