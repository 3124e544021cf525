"""What forms send is taken as it is, or refused: nothing is cut, left out or put in order by guessing."""

import pytest
from django.urls import reverse

from apps.quizzes import services
from apps.quizzes.models import Answer, Quiz
from tests.factories.quizzes import QuizFactory

KINDS = ["single", "multiple", "truth", "order", "number", "text"]
REFUSED = [
    ("single", {"said": ["2", "1"]}),
    ("single", {"said": ["2", "x"]}),
    ("single", {"said": ["²"]}),
    ("multiple", {"said": ["1", "9999"]}),
    ("multiple", {"said": ["1", "+3"]}),
    ("multiple", {"said": ["1", *["2"] * 11, "3"]}),
    ("truth", {"said": ["true", "false"]}),
    ("number", {"said": ["3", "4"]}),
    ("number", {"said": ["1,500"]}),
    ("text", {"said": ["Nairobi" + "." * 100]}),
    ("text", {"said": ["Nairobi", "Mombasa"]}),
    ("order", {"place-1": "1", "place-2": "1", "place-3": "2"}),
    ("order", {"place-1": "1", "place-2": "2", "place-3": "4"}),
    ("order", {"place-1": "1", "place-2": "2", "place-3": ""}),
    ("order", {"place-1": "1", "place-2": "2"}),
    ("order", {"place-1": "1", "place-2": ["2", "3"]}),
    ("order", {"place-1": "1", "place-2": "2", "place-x": "3"}),
    ("order", {"place-1": "1", "place-2": "2", "place-9": "3"}),
]


@pytest.fixture
def player(table, attendee, enter):
    table.join(attendee, "Nadia")
    return enter(attendee)


@pytest.fixture
def send(table, quiz, player):
    """Plays on to a question of this kind, and sends that to it."""

    def post(kind, data):
        for _turn in range(KINDS.index(kind)):
            table.ask()
            table.reveal()
        table.ask()
        body = {"game": table.game.pk, "position": table.turn.position, **data}
        return player.post(reverse("quizzes:answer", args=[quiz.event.slug, quiz.pk]), body)

    return post


@pytest.mark.parametrize(("kind", "data"), REFUSED)
def test_game_refuses_what_is_no_answer(send, kind, data):
    answer = send(kind, data)

    assert answer.status_code == 400
    assert 'role="alert" data-error>' in answer.content.decode()
    assert not Answer.objects.exists()


@pytest.mark.parametrize(("kind", "data"), REFUSED)
def test_training_refuses_what_is_no_answer(event, bank, attendee, enter, kind, data):
    training = QuizFactory(event=event, bank=bank, mode=Quiz.Mode.ALONE, is_published=True)
    attempt = services.begin(training, user=attendee)
    place = KINDS.index(kind) + 1

    answer = enter(attendee).post(reverse("quizzes:task", args=[event.slug, training.pk, 1, place]), data)

    assert answer.status_code == 400
    assert attempt.tasks.get(position=place).said is None


def test_typed_answer_is_taken_whole(send, table, drain):
    """Cut where its field ends it would be right."""
    assert send("text", {"said": ["Nairobi" + " " * 95 + "or not"]}).status_code == 302
    drain()

    assert (Answer.objects.get().said, Answer.objects.get().share) == ("Nairobi or not", 0)


def test_places_that_contradict_each_other_are_told_of(send):
    html = send("order", {"place-1": "1", "place-2": "1", "place-3": "2"}).content.decode()

    assert "Give each its own place, from 1 to 3, and send it again." in html


def test_number_that_can_be_read_in_two_ways_is_asked_about(send):
    html = send("number", {"said": ["1,500"]}).content.decode()

    assert "Write 1500 without a sign between thousands, or 1.5 with a point; then it is clear." in html
    assert "Without signs between thousands" in html
