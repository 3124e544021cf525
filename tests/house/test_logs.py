"""What a line of the log looks like, and what it never holds."""

import http.client
import json
import logging.config
import shutil

import pytest

from events_platform import logs
from events_platform.embedded import processes
from tests.plugins.fleet import balancer_configuration
from tests.plugins.platform import free_port, running

KEYED = [
    "/join/{}/",
    "/e/freshet/my/{}/agenda.ics",
    "/files/{}/assets/film.mp4",
    "/files/part/{}",
    "/streams/{}/key/360p.m3u8",
    "/e/freshet/feed/{}/chat/1/head",
    "/accounts/password/reset/key/{}/",
    "/e/freshet/register/wish/{}/",
    "/e/freshet/register/take/{}/",
    "/hooks/{}/",
    "/mail/{}/",
]


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
@pytest.mark.parametrize("path", KEYED)
def test_keys_in_addresses_are_not_told(form, path, rf):
    path = path.format("7.c2VjcmV0-of-somebody")
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, "Gone: %s", (path,), None)
    record.request = rf.get(path)

    line = handle(form, record)

    assert "somebody" not in line
    assert path.partition("7.")[0] in line


@pytest.mark.skipif(shutil.which("haproxy") is None, reason="haproxy is not installed")
def test_the_balancer_does_not_tell_keys_either(tmp_path):
    port, nobody = free_port(), free_port()
    configuration, log = tmp_path / "haproxy.cfg", tmp_path / "log"
    text = balancer_configuration([nobody], [nobody], f"http://127.0.0.1:{nobody}")
    configuration.write_text(text.replace("local0 notice", "local0 info"))
    environment = {"BALANCER_PORT": str(port), "SITE_HOST": "127.0.0.1", "AWS_STORAGE_BUCKET_NAME": "files-of-all"}

    with running("haproxy", "-db", "-f", str(configuration), log=log, **environment) as balancer:
        assert processes.wait_until(lambda: answers(port) or balancer.poll() is not None, 60)
        for path in KEYED:
            ask(port, path.format("7.c2VjcmV0-of-somebody") + "?ticket=of-somebody")
        assert processes.wait_until(lambda: log.read_text().count('"GET ') > len(KEYED), 60)

    said = log.read_text()
    assert "somebody" not in said
    assert [path for path in KEYED if f'"GET {path.format("…")} HTTP/1.1"' not in said] == []


def answers(port):
    try:
        return ask(port, "/") == 503
    except OSError:
        return False


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    try:
        return connection.getresponse().status
    finally:
        connection.close()
