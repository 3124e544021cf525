"""What a line of the log looks like, and what it never holds."""

import json
import logging.config

import pytest

from events_platform import logs


def handle(form, record):
    formatter = logs.config("INFO", form)["formatters"]["event"]
    made = formatter["()"](foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"])
    return made.format(record)


def failure():
    secret = "join-link-of-somebody"
    try:
        raise ValueError(len(secret))
    except ValueError:
        import sys

        return logging.LogRecord("apps.mail", logging.ERROR, __file__, 1, "not sent", (), sys.exc_info())


def test_json_line_is_one_object_with_the_fields_that_were_given():
    record = logging.LogRecord("apps.mail", logging.WARNING, __file__, 1, "mail %s waits", (4,), None)
    record.attempts = 2

    line = json.loads(handle("json", record))

    assert {key: line[key] for key in ("event", "level", "logger", "attempts")} == {
        "event": "mail 4 waits",
        "level": "warning",
        "logger": "apps.mail",
        "attempts": 2,
    }


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_traceback_is_told_without_local_variables(form):
    line = handle(form, failure())

    assert "ValueError" in line
    assert "join-link-of-somebody" not in line.replace('secret = "join-link-of-somebody"', "")


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    "path",
    [
        "/join/{}/",
        "/e/freshet/my/{}/agenda.ics",
        "/files/{}/assets/film.mp4",
        "/files/part/{}",
        "/e/freshet/feed/{}/chat/1/head",
        "/accounts/password/reset/key/{}/",
    ],
)
def test_keys_in_addresses_are_not_told(form, path, rf):
    path = path.format("7.c2VjcmV0-of-somebody")
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, "Gone: %s", (path,), None)
    record.request = rf.get(path)

    line = handle(form, record)

    assert "somebody" not in line
    assert path.partition("7.")[0] in line
