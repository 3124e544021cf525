"""Static files are compressed once; the words of code and templates reach the catalogues."""

import shutil

import pytest
from django.core.management import call_command
from django.test import override_settings
from whitenoise.compress import Compressor

from events_platform import messages


@pytest.fixture
def compressed(monkeypatch):
    """The files that were compressed since it was last emptied."""
    seen = []
    original = Compressor.compress

    def compress(self, path):
        seen.append(path)
        return original(self, path)

    monkeypatch.setattr(Compressor, "compress", compress)
    return seen


def test_collecting_again_compresses_only_what_changed(tmp_path, settings, compressed):
    source = tmp_path / "source"
    source.mkdir()
    (source / "kept.css").write_text("body { color: black; }" * 50)
    (source / "edited.css").write_text("p { color: black; }" * 50)
    storage = {"BACKEND": "events_platform.static.StaticStorage"}
    with override_settings(
        STATIC_ROOT=tmp_path / "static",
        STATICFILES_DIRS=[source],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={**settings.STORAGES, "staticfiles": storage},
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        assert len(compressed) == 4
        compressed.clear()
        (source / "edited.css").write_text("p { color: navy; }" * 50)
        call_command("collectstatic", interactive=False, verbosity=0)

    assert sorted(path.rpartition("/")[2].partition(".")[0] for path in compressed) == ["edited", "edited"]
    assert list((tmp_path / "static").glob("kept.*.css.gz")) != []


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    (tmp_path / "apps").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "apps" / "views.py").write_text(
        'hello = _("Hello")\nfew = ngettext("%d seat", "%d seats", n)\n'
        'file = pgettext("verb", "File")\nother = _(name)\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        '{% load i18n %}\n  <h1>{% translate "Don\'t wait" %}</h1>\n {# Translators: a button #}\n'
        "{% blocktranslate count n=seats %}{{ n }} left{% plural %}{{ n }} still left{% endblocktranslate %}"
    )
    catalogue = tmp_path / "locale" / "de" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Hello"\nmsgstr "Hallo"\n\nmsgid "Gone"\nmsgstr "Weg"\n'
    )
    return catalogue


def test_words_of_code_and_templates_are_found(project):
    found = {(message.context, message.id) for message in messages.words() if message.id}

    assert found == {
        (None, "Hello"),
        (None, ("%d seat", "%d seats")),
        ("verb", "File"),
        (None, "Don't wait"),
        (None, ("%(n)s left", "%(n)s still left")),
    }


def test_catalogue_out_of_step_fails_the_check_and_is_brought_in_step(project, capsys):
    assert messages.main(["--check"]) == 1
    assert capsys.readouterr().out == "locale/de/LC_MESSAGES/django.po is out of step: run make messages.\n"

    assert messages.main([]) == 0
    assert messages.main(["--check"]) == 0
    text = project.read_text()
    assert 'msgid "Hello"\nmsgstr "Hallo"' in text
    assert "Gone" not in text


def test_translation_that_names_a_value_of_its_own_fails_the_check(project, capsys):
    messages.main([])
    text = project.read_text()
    project.write_text(text.replace('msgstr[1] ""', 'msgstr[1] "noch %(m)s"', 1))
    capsys.readouterr()

    assert messages.main(["--check"]) == 1
    assert "no %(m)s in" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed to compare with")
def test_words_are_those_that_gettext_finds(project, tmp_path, monkeypatch, settings):
    monkeypatch.chdir(tmp_path)
    ours = {message.id for message in messages.words() if message.id}
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    call_command("makemessages", locale=["fr"], verbosity=0)
    with (tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po").open("rb") as file:
        theirs = {message.id for message in messages.read_po(file) if message.id}

    assert ours == theirs
