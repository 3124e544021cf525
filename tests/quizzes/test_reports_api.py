"""How games and trainings went, over REST: the same figures as the tables, for those who run them, page by page."""

import pytest
from django.urls import reverse

from apps.quizzes import services
from apps.quizzes.models import Quiz
from tests.factories.accounts import UserFactory
from tests.factories.quizzes import QuizFactory, SeatFactory, SideFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory

JSON = {"content_type": "application/json"}


@pytest.fixture
def read(event, moderator, enter):
    """`read("game-people", quiz, game)`: what a moderator is told."""
    client = enter(moderator)
    return lambda name, *args, **asks: client.get(reverse(f"api:quiz-{name}", args=[event.slug, *args]), asks)


@pytest.fixture
def played(table, attendee, speaker, drain):
    """Of two, one answers the first question rightly; the second one is open."""
    table.join(attendee, "Reed")
    table.join(speaker, "Heron")
    table.ask(ago=2)
    table.answer(attendee, table.right())
    drain()
    table.reveal()
    services.score_if_complete(table.turn)
    table.ask()
    return table


def test_game_is_told_by_question_person_and_answer(played, read, quiz, attendee, speaker):
    game = played.game.pk

    [question] = read("game-questions", quiz.pk, game).json()
    assert [question[name] for name in ("position", "could_answer", "answered", "right", "answer")] == [
        1, 2, 1, 1, ["Eleven"],
    ]  # fmt: skip
    first, second = read("game-people", quiz.pk, game).json()["results"]
    assert [first[name] for name in ("person", "plays_as", "right", "unanswered")] == [attendee.pk, "Reed", 1, 0]
    assert [second[name] for name in ("person", "points", "right", "unanswered")] == [speaker.pk, 0, 0, 1]
    [given] = read("game-answers", quiz.pk, game).json()["results"]
    assert [given[name] for name in ("position", "plays_as", "said", "percent")] == [1, "Reed", ["Eleven"], 100]
    assert given["points"] == first["points"] > 0
    assert read("game-answers", quiz.pk, game, person=speaker.pk).json()["results"] == []
    assert read("game-answers", quiz.pk, game, position=2).json()["results"] == []


def test_question_that_stands_open_is_in_no_report(played, read, quiz, attendee, drain):
    played.answer(attendee, played.right())
    drain()

    told = [read(f"game-{of}", quiz.pk, played.game.pk).content for of in ("questions", "people", "answers")]

    assert all(b"Tana" not in one and b"Douro" not in one for one in told)
    assert read("game-people", quiz.pk, played.game.pk).json()["results"][0]["right"] == 1


def test_games_are_listed_and_each_is_read_by_its_own_quiz(played, read, event, quiz):
    [game] = read("games", quiz.pk).json()["results"]
    assert (game["game"], game["people"], game["phase"]) == (played.game.pk, 2, "asked")

    other = QuizFactory(event=event, bank=quiz.bank)
    assert read("game-people", other.pk, played.game.pk).status_code == 404
    assert read("game-people", quiz.pk, played.game.pk + 1000).status_code == 404


def test_people_of_a_game_are_read_to_the_end_the_best_first(event, quiz, game, moderator, enter):
    points = [500, 0, 900, 0, 0, 300]
    for one in points:
        SeatFactory(game=game, side=SideFactory(game=game, points=one))
    client, found = enter(moderator), []
    address = reverse("api:quiz-game-people", args=[event.slug, quiz.pk, game.pk]) + "?limit=2&fields=points"
    while address:
        page = client.get(address).json()
        found += page["results"]
        address = page["next"]

    assert found == [{"points": one} for one in sorted(points, reverse=True)]


def test_training_is_told_by_attempt_and_question(event, bank, read, attendee):
    training = QuizFactory(event=event, bank=bank, mode=Quiz.Mode.ALONE, is_published=True, pass_percent=10)
    attempt = services.begin(training, user=attendee)
    services.answer_task(attempt, position=1, said=[2])
    services.hand_in(attempt)
    services.begin(training, user=UserFactory())

    [passed] = read("attempts", training.pk, passed="true").json()["results"]
    assert [passed[name] for name in ("person", "number", "percent", "passed")] == [attendee.pk, 1, 16, True]
    assert len(read("attempts", training.pk).json()["results"]) == 2
    questions = read("attempt-questions", training.pk).json()["results"]
    assert [row["percent"] for row in questions] == [100, 0, 0, 0, 0, 0]
    assert (questions[1]["asked"], questions[1]["unanswered"]) == (1, 1)


def test_who_came_later_left_out_nothing_of_before(played, read, quiz, drain):
    late = UserFactory()
    played.join(late, "Crane")
    drain()

    told = {
        row["plays_as"]: row["unanswered"] for row in read("game-people", quiz.pk, played.game.pk).json()["results"]
    }

    assert told == {"Reed": 0, "Heron": 1, "Crane": 0}


def test_training_keeps_the_words_of_what_was_changed_or_deleted_since(event, bank, read, attendee):
    training = QuizFactory(event=event, bank=bank, mode=Quiz.Mode.ALONE, is_published=True, pass_percent=10)
    services.hand_in(services.begin(training, user=attendee))
    first, second = bank.questions.all()[:2]
    before = str(first.text)
    first.text = "In other words?"
    first.save()
    gone = str(second.text)
    services.remove_question(second)
    services.hand_in(services.begin(training, user=UserFactory()))

    rows = read("attempt-questions", training.pk).json()["results"]

    told = {row["text"]["en"]: (row["question"], row["asked"]) for row in rows}
    assert [told[before], told["In other words?"], told[gone]] == [(first.pk, 1), (first.pk, 1), (None, 1)]


def test_quizzes_to_run_are_a_speakers_own(event, quiz, speaker, moderator, attendee, enter):
    session = SessionFactory(event=event)
    SessionSpeakerFactory(session=session, speaker__event=event, speaker__user=speaker)
    own = QuizFactory(event=event, bank=quiz.bank, session=session)
    services.open_lobby(quiz)
    address = reverse("api:quizzes-to-run", args=[event.slug])

    told = {who: enter(person).get(address).json()["results"] for who, person in
            {"speaker": speaker, "moderator": moderator}.items()}  # fmt: skip

    assert [(row["quiz"], row["phase"]) for row in told["speaker"]] == [(own.pk, None)]
    assert [(row["quiz"], row["phase"]) for row in told["moderator"]] == [(own.pk, None), (quiz.pk, "lobby")]
    assert [row["quiz"] for row in enter(moderator).get(address, {"session": session.pk}).json()["results"]] == [own.pk]
    assert enter(attendee).get(address).status_code == 403


def test_reports_are_for_those_who_run_the_quiz(played, event, quiz, speaker, attendee, enter):
    for name, arguments in (
        ("games", []), ("game-questions", [played.game.pk]), ("game-people", [played.game.pk]),
        ("game-answers", [played.game.pk]), ("attempts", []), ("attempt-questions", []),
    ):  # fmt: skip
        address = reverse(f"api:quiz-{name}", args=[event.slug, quiz.pk, *arguments])
        assert enter(attendee).get(address).status_code == 403
        refused = enter(speaker).get(address)
        assert (refused.status_code, refused.json()["code"]) == (403, "quiz.not_yours")


def test_host_takes_a_name_away_and_declines_more_time(table, event, quiz, moderator, attendee, speaker, enter):
    table.join(attendee, "Rude word")
    services.ask_for_time(table.fresh, user_id=attendee.pk, extra=100)
    client, address = enter(moderator), reverse("api:quiz-player", args=[event.slug, quiz.pk, attendee.pk])

    renamed = client.post(address, {"do": "rename"}, **JSON).json()
    declined = client.post(address, {"do": "decline"}, **JSON).json()

    assert (renamed["name"].startswith("Player"), renamed["asked"], declined["asked"]) == (True, 100, 0)
    refused = client.post(address, {"do": "captain"}, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (404, "quiz.not_joined")
    nobody = reverse("api:quiz-player", args=[event.slug, quiz.pk, speaker.pk])
    assert client.post(nobody, {"do": "rename"}, **JSON).status_code == 404
    assert enter(attendee).post(address, {"do": "rename"}, **JSON).status_code == 403


def test_host_gives_a_teams_word_to_another(event, bank, moderator, attendee, speaker, enter):
    quiz = QuizFactory(event=event, bank=bank, teams=True)
    game = services.open_lobby(quiz)
    joinings = [services.Joining(event.pk, game.pk, one.pk, "Eels") for one in (attendee, speaker)]
    for one in joinings:
        services.join([one])
    address = reverse("api:quiz-player", args=[event.slug, quiz.pk, speaker.pk])

    assert enter(moderator).post(address, {"do": "captain"}, **JSON).status_code == 200
    assert [seat.user for seat in game.seats.filter(is_captain=True)] == [speaker]
