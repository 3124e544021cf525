"""The readers of environment variables, and the table that documents each variable."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from events_platform import env

ROOT = Path(__file__).parents[2]
READERS = re.compile(r"\b(?:text|flag|number|words|choice|folder|address|database)\(\s*\"([A-Z_0-9]+)\"")


def test_a_wrong_number_names_its_variable(monkeypatch):
    monkeypatch.setenv("PORT", "eighty")

    with pytest.raises(ImproperlyConfigured, match="PORT must be a whole number; it is 'eighty'"):
        env.number("PORT", 8000)


def test_a_number_out_of_range_names_its_bounds(monkeypatch):
    monkeypatch.setenv("PORT", "70000")

    with pytest.raises(ImproperlyConfigured, match="PORT must lie between 1 and 65535; it is 70000"):
        env.number("PORT", 8000, least=1, most=65535)


@pytest.mark.parametrize(("word", "value"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_flag_reads_the_usual_words(monkeypatch, word, value):
    monkeypatch.setenv("DEBUG", word)

    assert env.flag("DEBUG", default=not value) is value


def test_flag_refuses_another_word(monkeypatch):
    monkeypatch.setenv("DEBUG", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="DEBUG must be one of"):
        env.flag("DEBUG")


def test_choice_names_what_is_allowed(monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "loud")

    with pytest.raises(ImproperlyConfigured, match="LOG_LEVEL must be one of INFO, ERROR"):
        env.choice("LOG_LEVEL", "INFO", ("INFO", "ERROR"))


def test_database_reads_password_port_name_and_options(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://app:p%40ss@db.internal:5433/plenary?sslmode=require")

    found = env.database("DATABASE_URL")

    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "plenary",
        "USER": "app",
        "PASSWORD": "p@ss",
        "HOST": "db.internal",
        "PORT": "5433",
        "OPTIONS": {"connect_timeout": 10, "sslmode": "require"},
    }


def test_database_keeps_the_letters_of_a_socket_folder(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://app@%2FTmp%2FSockets/plenary")

    assert env.database("DATABASE_URL")["HOST"] == "/Tmp/Sockets"


def test_database_refuses_another_scheme(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://localhost/x")

    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must begin with postgres://"):
        env.database("DATABASE_URL")


def test_every_variable_is_documented_in_the_table():
    settings = [(ROOT / "events_platform" / name).read_text() for name in ("settings.py", "parts.py")]
    read = set(READERS.findall("\n".join(settings))) | set(
        re.findall(r"CLOUDFRONT_(?:DOMAIN|KEY_ID|KEY)\b", settings[1])
    )
    read |= set(re.findall(r"\$\{([A-Z_]+):-", (ROOT / "deploy" / "entrypoint.sh").read_text()))
    rows = re.findall(r"^\| (`[^|]+`) \|", (ROOT / "docs" / "configuration.md").read_text(), re.MULTILINE)
    documented = set(re.findall(r"`([A-Z_0-9]+)`", " ".join(rows)))

    assert len(read) > 15
    assert read - documented == set()
