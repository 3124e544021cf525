"""Trainings over REST: found, begun, answered, handed in, looked over; each once happy, once refused."""

import pytest
from django.urls import reverse

from apps.quizzes import services
from apps.quizzes.models import Attempt, Quiz
from tests.factories.quizzes import QuizFactory

JSON = {"content_type": "application/json"}


@pytest.fixture
def training(event, bank):
    return QuizFactory(
        event=event, bank=bank, mode=Quiz.Mode.ALONE, is_published=True, pass_percent=50, most_attempts=1
    )


@pytest.fixture
def api(training):
    return lambda name, *more: reverse(f"api:training-{name}", args=[training.event.slug, training.pk, *more])


def test_training_is_worked_through_over_rest(event, training, attendee, enter, api):
    client = enter(attendee)
    [listed] = client.get(reverse("api:trainings", args=[event.slug])).json()["results"]
    assert (listed["quiz"], listed["attempts"], listed["left"], listed["passed"]) == (training.pk, 0, 1, False)

    begun = client.post(api("attempts"))
    assert (begun.status_code, begun.json()["number"], begun.json()["handed_in"]) == (201, 1, None)
    asked = client.get(api("attempt", 1)).json()
    assert [(one["position"], one["said"]) for one in asked] == [(place, None) for place in range(1, 7)]
    assert "Nairobi" not in str(asked)
    for position, said in ((1, {"options": [2]}), (2, {"options": [1, 3]}), (3, {"text": "false"})):
        assert client.put(api("answer", 1, position), said, **JSON).status_code == 204
    assert client.get(api("review", 1)).json()["code"] == "quiz.not_handed_in"

    done = client.post(api("hand-in", 1)).json()

    assert (done["percent"], done["passed"]) == (50, True)
    reviewed = client.get(api("review", 1)).json()
    assert [one["share"] for one in reviewed] == [1, 1, 1, 0, 0, 0]
    assert reviewed[5]["right"] == ["Nairobi", "نيروبي"]
    assert client.get(api("attempts")).json()["results"] == [done]


def test_what_cannot_be_done_is_refused_by_code(training, attendee, enter, api):
    client = enter(attendee)
    services.begin(training, user=attendee)
    assert client.put(api("answer", 1, 1), {"options": [9]}, **JSON).json()["code"] == "quiz.answer_invalid"
    assert client.put(api("answer", 1, 99), {"options": [1]}, **JSON).status_code == 404
    client.post(api("hand-in", 1))

    assert client.put(api("answer", 1, 1), {"options": [1]}, **JSON).json()["code"] == "quiz.handed_in"
    assert client.post(api("hand-in", 1)).json()["code"] == "quiz.handed_in"
    assert client.post(api("attempts")).json()["code"] == "quiz.no_attempt_left"


def test_who_lost_the_training_reads_no_kept_answer(training, attendee, enter, api):
    client = enter(attendee)
    first, again = (client.post(api("attempts"), headers={"Idempotency-Key": "one"}) for _time in range(2))
    Quiz.objects.filter(pk=training.pk).update(is_published=False)

    late = client.post(api("attempts"), headers={"Idempotency-Key": "one"})

    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (late.status_code, "Idempotent-Replayed" in late.headers) == (404, False)


def test_nobody_gets_at_anothers_attempt_or_at_what_is_not_open(event, training, attendee, speaker, enter, api, quiz):
    services.hand_in(services.begin(training, user=attendee))
    other = enter(speaker)

    assert other.get(api("review", 1)).status_code == 404
    assert other.get(reverse("api:training-attempts", args=[event.slug, quiz.pk])).status_code == 404
    Quiz.objects.filter(pk=training.pk).update(is_published=False)
    assert other.post(api("attempts")).status_code == 404
    assert other.get(reverse("api:trainings", args=[event.slug])).json()["results"] == []
    assert Attempt.objects.count() == 1
