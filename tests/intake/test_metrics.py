"""Figures of the intake for instruments: whoever has the token, in the format that they read."""

import pytest
from django.core.checks import run_checks

from apps.intake import metrics, queue, rates, store
from apps.intake.items import Item
from tests.intake.test_drain import notes, queued  # noqa: F401

TOKEN = "a-token-that-nobody-guesses"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client, settings):
    settings.METRICS_TOKEN = TOKEN
    return lambda token=TOKEN: client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def figures(answer):
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return dict(line.rsplit(" ", 1) for line in lines)


def test_instruments_read_what_waits_and_how_fast_it_goes(ask, queued, notes, drain):  # noqa: F811
    queue.accept_many([Item("test.note", "g", key, 1) for key in ("a", "b", "bad")])
    waiting = figures(ask())
    drain()
    after = figures(ask())

    def of(name):
        return f'plenary_intake_{name}{{backend="{queued}"}}'

    assert (waiting[of("up")], waiting[of("depth")], after[of("depth")]) == ("1", "3", "0")
    assert float(waiting[of("oldest_seconds")]) >= 0
    assert (after[of("dead_letters")], after[of("written_per_second")]) == ("1", "0.3")


def test_answer_is_in_the_format_of_prometheus(ask):
    answer = ask()

    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    assert "# TYPE plenary_intake_depth gauge\n" in answer.content.decode()
    assert answer.content.endswith(b"\n")


def test_nobody_else_reads_them(ask, client, settings):
    assert client.get("/metrics").status_code == 401
    assert ask("another").status_code == 401
    assert ask("ä").status_code == 401

    settings.METRICS_TOKEN = ""

    assert ask("").status_code == 404


def test_they_say_when_nothing_can_be_known(ask, monkeypatch):
    def away():
        raise store.Failed

    monkeypatch.setattr(store, "client", away)

    assert figures(ask()) == {'plenary_intake_up{backend="redis"}': "0"}


def test_rates_are_those_of_the_drains_that_go(monkeypatch):
    rates.leave("one", 2.5, seconds=10)
    rates.leave("two", 4.0, seconds=10)
    rates.leave("ended", 99.0, seconds=-1)

    assert rates.together() == 6.5
    assert set(store.client().hgetall(store.RATES)) == {"one", "two"}


def test_health_looks_at_no_other_keys(monkeypatch):
    """Behind each gate lies a key for each who answered: going through all of them would stop the queue."""
    monkeypatch.setattr(store.client(), "scan_iter", None)

    assert metrics.health().per_second == 0.0


def test_token_that_could_be_guessed_is_named(settings):
    settings.METRICS_TOKEN = "secret"

    found = run_checks(tags=["security"], include_deployment_checks=True)

    assert "intake.E003" in {message.id for message in found}
