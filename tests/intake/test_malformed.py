"""Entries that nobody of ours wrote: each becomes a dead letter, and none ends the drain."""

import json
import logging

import pytest
from django.db import DataError

from apps.intake import letters, queue, store
from apps.intake.adapters import sqs
from apps.intake.applying import Unapplied
from apps.intake.items import Item
from apps.intake.models import DeadLetter
from tests.intake.test_drain import notes  # noqa: F401

pytestmark = pytest.mark.django_db

GOOD = {"kind": "test.note", "gate": "g", "key": "k", "revision": "1", "body": "{}", "at": "1700000000000000"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"revision": str(10**25)},
        {"revision": "-1"},
        {"at": str(10**30)},
        {"gate": "g" * 121},
        {"key": "k" * 121},
        {"kind": "k" * 61},
        {"key": "\0"},
        {"body": '{"text": "\\ud800"}'},
        {"body": '{"text": "\\u0000"}', "key": "bad"},
        {"body": b"\xed\xa0\x80"},
        {"key": b"\xff"},
        {"body": "[1]"},
    ],
)
def test_entry_that_fits_nowhere_is_set_aside(notes, drain, wrong):  # noqa: F811
    store.client().xadd(store.STREAM, GOOD | wrong)
    queue.accept_many([Item("test.note", "g", "after", 1)])

    drain()

    assert "after" in notes.kept
    assert drain() == 0
    assert DeadLetter.objects.count() + len(notes.kept) >= 2


@pytest.mark.parametrize("gate", ["poll/99999999999999999999/1", "poll/1", "poll/x/y", "poll/1/99999999999999999999"])
def test_gate_that_is_none_is_set_aside(drain, gate):
    store.client().xadd(store.STREAM, GOOD | {"kind": "polls.answer", "gate": gate, "key": "7"})

    drain()

    assert (drain(), DeadLetter.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    "said",
    [
        ["test.note", "g", "k", 10**25, {}, "1700000000000000"],
        ["test.note", "g", "k", 1, {"text": "\ud800"}, "1700000000000000"],
        ["test.note", "g", "k", 1, {}, str(10**30)],
        ["test.note", "g" * 121, "k", 1, {}, "1700000000000000"],
    ],
)
def test_message_that_fits_nowhere_is_of_no_kind(said):
    assert sqs.read(json.dumps(said)).kind == "unreadable"


def test_what_cannot_be_kept_as_it_is_is_kept_as_it_stands(notes, monkeypatch, caplog):  # noqa: F811
    item = Item("test.note", "g", "k", 1, {"text": "a secret"})

    def broken(*_words):
        raise DataError("value too long: a secret")

    monkeypatch.setattr(letters, "_keep", broken)
    for _again in range(2):
        letters.set_aside([Unapplied(item, "intake.failed", "It is too much.")])

    letter = DeadLetter.objects.get()
    assert (letter.kind, letter.gate, letter.event_id, letter.at) == ("unreadable", "", None, None)
    assert (letter.created_at.hour, letter.created_at.microsecond) == (0, 0)
    assert "a secret" in letter.body["text"]
    assert "a secret" not in caplog.text


def test_log_says_why_and_not_what(notes, drain, monkeypatch, caplog):  # noqa: F811
    def refuse(batch):
        raise DataError(f"Failing row contains (7, {batch[0].body['text']}).")

    monkeypatch.setattr(notes, "apply", refuse)
    queue.accept_many([Item("test.note", "g", "k", 1, {"text": "a secret"})])

    with caplog.at_level(logging.DEBUG):
        drain()

    assert "a secret" not in caplog.text
    assert "DataError" in caplog.text
    assert "in refuse" in caplog.text  # where it happened
