"""Whoever asks without a name stands in no row, no kept answer, no log and no record of staff, whatever they do."""

import json
import logging

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session as BrowserSession
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.models import Entry
from apps.questions import services
from apps.questions.models import Board, Question
from tests.factories.questions import FollowFactory


def rows_of(person):
    """Every row of every table that names them, by any column; their sessions and their own row come and go."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if model in (User, BrowserSession) or not model._meta.managed:
            continue
        keys = [field for field in model._meta.concrete_fields if field.related_model is get_user_model()]
        numbers = [field for field in model._meta.concrete_fields if field.name in ("user_id", "who_id")]
        for field in [*keys, *numbers]:
            rows = model._base_manager.filter(**{field.attname: person.pk}).values_list("pk", flat=True)
            found |= {(model._meta.label, field.attname, pk) for pk in rows}
    return found


@pytest.fixture
def refused(caplog):
    """Whom the lines of the log name since then."""
    caplog.set_level(logging.INFO, logger="refused")
    return lambda: [(line.who, line.code) for line in caplog.records if line.name == "refused"]


def asked_by_form(client, session, text="Who pays?"):
    address = reverse("questions:ask", args=[session.event.slug, session.slug])
    assert client.post(address, {"text": text, "anonymous": "on", "id": "one"}).status_code == 302
    return Question.objects.get(text=text)


@pytest.mark.parametrize("who", ["attendee", "moderator"])
def test_no_row_names_them(who, request, session, speaker, enter, pass_time):
    person = request.getfixturevalue(who)
    client = enter(person)
    client.get(reverse("questions:list", args=[session.event.slug, session.slug]))
    before = rows_of(person)

    question = asked_by_form(client, session)
    for deed in ("vote", "follow"):
        client.post(reverse(f"questions:{deed}", args=[session.event.slug, question.pk]), {"on": "1"})
    FollowFactory(question=question, user=speaker)
    services.reply_to_question(question, text="The valley.", by=speaker)
    pass_time()

    assert Question.objects.get().is_of(person.pk)
    assert rows_of(person) == before
    assert Entry.objects.filter(who_id=person.pk).count() == 0


def test_no_answer_is_kept_for_a_retry(session, attendee, enter):
    client = enter(attendee)
    asked = reverse("api:questions", args=[session.event.slug, session.slug])
    before = rows_of(attendee)

    def send(method, address, body=None):
        words = json.dumps(body or {})
        client.generic(method, address, words, "application/json", headers={"Idempotency-Key": "k"})

    send("POST", asked, {"text": "Who pays?", "anonymous": True})
    place = [session.event.slug, Question.objects.get().pk]
    for method, name in (("PUT", "vote"), ("DELETE", "vote"), ("PUT", "follow"), ("DELETE", "follow")):
        send(method, reverse(f"api:question-{name}", args=place))
    send("DELETE", reverse("api:question", args=place))

    assert Question.objects.get().state == Question.State.WITHDRAWN
    assert rows_of(attendee) == before


def test_first_question_of_a_session_names_nobody_of_the_staff(session, moderator, enter):
    asked_by_form(enter(moderator), session)

    assert Board.objects.filter(session=session).exists()
    assert [(entry.model, entry.place, entry.after) for entry in Entry.objects.all()] == []


def test_log_of_refusals_names_nobody(session, attendee, enter, refused):
    services.set_rules(session, wait_seconds=60)
    client = enter(attendee)
    place = [session.event.slug, session.slug]
    question = asked_by_form(client, session)

    client.post(reverse("questions:ask", args=place), {"text": "Who else?", "anonymous": "on"})
    client.post(reverse("questions:vote", args=[session.event.slug, question.pk]), {"on": "1"})

    assert refused() == [(None, "question.slow"), (None, "question.own")]
