"""What somebody tried who meant no good: counters named by an answer, doors quicker than the socket."""

import pytest
from django.urls import reverse

from apps.live.registry import Rate
from apps.quizzes import live, selectors, services
from tests.factories.quizzes import BankFactory, QuestionFactory, QuizFactory
from tests.quizzes.conftest import Table

JSON = {"content_type": "application/json"}


@pytest.mark.parametrize("typed", ["#", "\uff03"])
def test_typed_answer_names_none_of_the_queues_own_counters(event, attendee, speaker, drain, settings, typed):
    settings.INTAKE = "redis"
    bank = BankFactory(event=event)
    QuestionFactory(bank=bank, kind="text", text="The capital of Kenya?", choices=[("Nairobi", 0)])
    table = Table(services.open_lobby(QuizFactory(event=event, bank=bank)))
    for person in (attendee, speaker):
        table.join(person)
    table.ask()
    table.answer(attendee, typed)
    table.answer(speaker, "Nairobi")
    table.reveal()
    drain()

    assert services.score_if_complete(table.turn)
    stage = selectors.stage(event.pk, table.game.pk)
    assert [(bar.text, bar.count) for bar in stage.reveal.bars] == [("Nairobi", 1), ("", 1)]
    assert (stage.reveal.answers, table.mine(speaker).points > 900) == (2, True)


def test_forms_and_rest_take_from_the_sockets_buckets(game, quiz, attendee, enter, monkeypatch):
    for command in (live.Join, live.Answer):
        monkeypatch.setattr(command, "rate", Rate(per_second=0.01, burst=2))
    client = enter(attendee)

    def page(name):
        return reverse(f"quizzes:{name}", args=[quiz.event.slug, quiz.pk])

    def api(name):
        return reverse(f"api:quiz-{name}", args=[quiz.event.slug, quiz.pk])

    answer = {"game": game.pk, "position": 1, "said": "2"}

    def join():
        return client.post(page("join"), {"game": game.pk, "name": "Nadia"}).status_code

    assert (join(), client.put(api("seat"), {"name": "Nadia"}, **JSON).status_code) == (302, 200)
    assert (join(), client.put(api("seat"), {"name": "Nadia"}, **JSON).status_code) == (429, 429)
    for _time in range(2):
        assert client.post(page("answer"), answer).status_code == 409
    assert client.post(page("answer"), answer).status_code == 429
    assert client.put(api("answer"), {"position": 1, "options": [2]}, **JSON).status_code == 429


def test_attempts_are_begun_at_a_pace(event, attendee, enter, monkeypatch):
    monkeypatch.setattr("apps.quizzes.views.training.ATTEMPT_RATE", Rate(per_second=0.01, burst=1))
    training = QuizFactory(event=event, mode="alone", is_published=True)
    QuestionFactory(bank=training.bank)
    client = enter(attendee)

    assert client.post(training.get_absolute_url()).status_code == 302
    assert client.post(training.get_absolute_url()).status_code == 429
