"""Each door of quizzes once happy, once refused: pages and forms, the API, the socket, the desk, the tasks."""

import csv
import io
import re
import zipfile

import pytest
from django.urls import reverse

from apps.live.registry import Call, Who, registry
from apps.quizzes import selectors, services, tasks
from apps.quizzes.models import Answer, Game, Question, Seat, Side
from tests.factories.quizzes import GameFactory, QuizFactory
from tests.quizzes.conftest import Table


@pytest.fixture
def page(quiz):
    return lambda name: reverse(f"quizzes:{name}", args=[quiz.event.slug, quiz.pk])


@pytest.fixture
def api(quiz):
    return lambda name: reverse(f"api:{name}", args=[quiz.event.slug, quiz.pk])


def do(what, person, event, /, **body):
    command = registry.commands[what]
    who = Who(person.pk, event.pk, person.name, frozenset({"attendee", "moderator"}), 1)
    return command.run([Call(who, command.Body(**body))])[0]


# Pages ---------------------------------------------------------------------------------------------------------


def test_whole_game_by_forms_alone(table, page, attendee, moderator, enter, drain):
    player, host = enter(attendee), enter(moderator)
    game = table.game.pk
    assert "Join" in player.get(page("quiz")).content.decode()

    assert player.post(page("join"), {"game": game, "name": "Nadia"}).status_code == 302
    said = {"single": ["2"], "multiple": ["1", "3"], "truth": ["false"], "number": ["3,4"], "text": ["nairobi"]}
    for position in range(1, 7):
        assert host.post(page("step"), {"game": game, "do": "next", "position": position - 1}).status_code == 302
        table.shift(-4)
        html = player.get(page("quiz")).content.decode()
        kind = table.turn.kind
        assert f'name="position" value="{position}"' in html
        if kind == "order":
            data = {f"place-{option}": place for place, option in enumerate(table.turn.key["right"], 1)}
        else:
            assert 'name="said"' in html
            data = {"said": said[kind]}
        answered = player.post(page("answer"), {"game": game, "position": position, **data}, follow=True)
        assert "Your answer is in." in answered.content.decode()
        assert host.post(page("step"), {"game": game, "do": "reveal", "position": position}).status_code == 302
        drain()
        services.score_if_complete(table.turn)
        assert "Right!" in player.get(page("quiz")).content.decode()
    host.post(page("step"), {"game": game, "do": "next", "position": 6})

    html = player.get(page("quiz")).content.decode()
    assert "The podium" in html and "Nadia" in html
    assert Side.objects.get().streak == 6


def test_refused_answer_says_why_on_the_page(table, page, attendee, enter):
    client = enter(attendee)
    client.post(page("join"), {"game": table.game.pk, "name": "Nadia"})
    table.ask()

    empty = client.post(page("answer"), {"game": table.game.pk, "position": 1})
    table.reveal()
    late = client.post(page("answer"), {"game": table.game.pk, "position": 1, "said": "2"})

    assert (empty.status_code, late.status_code) == (400, 409)
    assert "not an answer" in empty.content.decode()
    assert Answer.objects.count() == 0


def test_quiz_never_played_is_for_those_who_run_it(quiz, page, attendee, moderator, enter):
    assert enter(attendee).get(page("quiz")).status_code == 404
    assert enter(moderator).get(page("quiz")).status_code == 200
    assert enter(attendee).get(page("host")).status_code == 403


def test_host_opens_extends_and_gives_time(quiz, page, attendee, moderator, enter, drain):
    host = enter(moderator)
    assert host.post(page("open")).status_code == 302
    assert host.post(page("open")).status_code == 409
    game = Game.objects.get()
    enter(attendee).post(page("join"), {"game": game.pk, "name": "Kelp"})
    host.post(page("seat"), {"game": game.pk, "person": attendee.pk, "extra": 100})
    host.post(page("seat"), {"game": game.pk, "person": attendee.pk, "extra": 100, "rename": 1})
    host.post(page("step"), {"game": game.pk, "do": "next", "position": 0})
    before = game.turns.get(position=1).closes_at
    seen = re.search(r'name="closes_at" value="(.+?)"', host.get(page("host")).content.decode())[1]
    wish = {"game": game.pk, "extend": 30, "position": 1, "closes_at": seen}

    assert [host.post(page("step"), wish).status_code for _press in range(2)] == [302, 409]

    assert (game.turns.get(position=1).closes_at - before).total_seconds() == 30
    assert Seat.objects.get().extra == 100
    assert Side.objects.get().name.startswith("Player")
    assert host.get(page("host")).status_code == host.get(page("screen")).status_code == 200


# API -----------------------------------------------------------------------------------------------------------


def test_game_over_rest(table, api, attendee, moderator, enter, drain):
    player, host = enter(attendee), enter(moderator)
    kind = {"content_type": "application/json"}
    assert player.put(api("quiz-seat"), {"name": "Nadia"}, **kind).json()["name"] == "Nadia"
    assert host.post(api("quiz-step"), {"do": "next", "position": 0}, **kind).json()["phase"] == "asked"
    wish = {"do": "extend", "position": 1, "seconds": 10}
    wish["closes_at"] = host.post(api("quiz-step"), wish, **kind).json()["closes_at"]
    assert [host.post(api("quiz-step"), wish, **kind).status_code for _press in range(2)] == [200, 409]
    table.shift(-4)

    answered = player.put(api("quiz-answer"), {"position": 1, "options": [2]}, **kind)
    revealed = host.post(api("quiz-step"), {"do": "reveal", "position": 1}, **kind)

    assert answered.json()["said"] == [2]
    assert revealed.json()["reveal"]["right"] == [2]
    late = player.put(api("quiz-answer"), {"position": 1, "options": [1]}, **kind)
    assert (late.status_code, late.json()["code"]) == (409, "quiz.too_late")
    assert player.post(api("quiz-step"), {"do": "next", "position": 1}, **kind).status_code == 403
    assert player.post(api("quiz-open")).status_code == 403
    [listed] = player.get(reverse("api:quizzes", args=[table.game.quiz.event.slug])).json()["results"]
    assert listed["quiz"] == table.game.quiz_id


# The socket ----------------------------------------------------------------------------------------------------


def test_commands_join_ask_answer(table, event, attendee, told, drain):
    with told.after():
        assert do("quiz.join", attendee, event, game=table.game.pk, name="Nadia").name == "Nadia"
        do("quiz.step", attendee, event, game=table.game.pk, do="next", position=0)
    table.shift(-4)
    with told.after():
        answer = do("quiz.answer", attendee, event, game=table.game.pk, position=1, said=[2])

    assert answer.said == [2]
    assert do("quiz.mine", attendee, event, game=table.game.pk).answer == answer
    topics = {topic for _event, topic in told.states}
    assert topics == {
        f"quiz/{table.game.pk}/stage",
        f"quiz/{table.game.pk}/hall",
        "event/quizzes",
        f"person/{attendee.pk}/quiz/{table.game.pk}",
    }
    trip = do("quiz.depart", attendee, event, game=table.game.pk)
    do("quiz.arrive", attendee, event, game=table.game.pk, word=trip.word)


# The desk and the tasks ------------------------------------------------------------------------------------------


def test_question_is_written_at_the_desk_and_checked_there(bank, organiser, enter):
    client = enter(organiser)
    address = reverse("admin:quizzes_question_add")
    fields = {
        "bank": bank.pk, "text_0": "Which one?", "kind": "single", "seconds": 20, "worth": 1000, "tolerance": 0,
        "position": 9, "choices-TOTAL_FORMS": 2, "choices-INITIAL_FORMS": 0, "choices-0-text_0": "This",
        "choices-1-text_0": "That", "choices-0-position": 0, "choices-1-position": 1,
    }  # fmt: skip

    unmarked = client.post(address, fields)
    marked = client.post(address, fields | {"choices-1-is_right": "on"})

    assert unmarked.status_code == 200
    assert "Mark exactly one" in unmarked.content.decode()
    assert marked.status_code == 302
    question = Question.objects.get(position=9)
    assert [choice.is_right for choice in question.choices.all()] == [False, True]


def test_time_that_is_over_reveals_by_itself(table, attendee):
    table.join(attendee)
    table.ask(ago=25)

    tasks.reveal_due(table.game.pk, 2)
    assert table.fresh.phase == "asked"
    tasks.round_()

    assert table.fresh.phase == "revealed"


# Reports -------------------------------------------------------------------------------------------------------


def test_reports_by_question_and_by_person(table, quiz, attendee, speaker, moderator, enter, drain):
    table.join(attendee, "=Nadia")
    table.join(speaker, "Amara")
    table.ask()
    table.answer(attendee, [2])
    table.answer(speaker, [1])
    table.reveal()
    drain()
    services.score_if_complete(table.turn)
    host = enter(moderator)

    def rows(by):
        response = host.get(reverse("quizzes:report", args=[quiz.event.slug, quiz.pk, by, "csv"]))
        text = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
        return list(csv.reader(io.StringIO(text)))[1:]

    points = str(table.mine(attendee).points)
    assert [row[:1] + row[3:8] for row in rows("questions")] == [["1", "2", "2", "1", "0", "50"]]
    assert [row[:3] + row[5:6] + row[-1:] for row in rows("people")] == [
        ["1", "'=Nadia", "Nadia Okello", points, points],
        ["2", "Amara", "Amara Lindqvist", "0", "0"],
    ]
    [[_n, _text, name, said, right, *_rest], [*_number, other, wrong, _share, _seconds, _extra, none, _row]] = rows(
        "answers"
    )
    assert (name, said, right, other, wrong, none) == ("'=Nadia", "Eleven", "100", "Amara", "Nine", "0")


def test_reports_are_kept_for_each_playing_as_workbooks_too(table, quiz, attendee, speaker, moderator, enter):
    table.join(attendee, "Heron")
    services.end(table.fresh)
    again = Table(services.open_lobby(quiz))
    again.join(speaker, "Egret")
    host = enter(moderator)

    def book(game):
        address = reverse("quizzes:report", args=[quiz.event.slug, quiz.pk, "people", "xlsx"])
        data = b"".join(host.get(f"{address}?game={game}").streaming_content)
        return zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()

    assert ("Heron" in book(table.game.pk), "Egret" in book(table.game.pk)) == (True, False)
    assert "Egret" in book("")
    other = GameFactory()
    assert host.get(f"{quiz_report(quiz)}?game={other.pk}").status_code == 404


def test_reports_are_offered_once_something_was_asked(table, quiz, attendee, moderator, enter):
    host = enter(moderator)
    table.join(attendee, "Heron")

    def page():
        return host.get(reverse("quizzes:host", args=[quiz.event.slug, quiz.pk])).content.decode()

    assert ("data-reports hidden" in page(), quiz_report(quiz) in page()) == (True, False)
    table.ask()
    assert ("data-reports hidden" in page(), quiz_report(quiz) in page()) == (False, True)


def quiz_report(quiz):
    return reverse("quizzes:report", args=[quiz.event.slug, quiz.pk, "people", "csv"])


def test_lists_turn_their_pages(event, quiz, moderator, enter, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_LISTED", 1)
    QuizFactory(event=event, title="A newer quiz")
    for title in ("An older training", "A newer training"):
        QuizFactory(event=event, title=title, mode="alone", is_published=True)
    page, client = reverse("quizzes:list", args=[event.slug]), enter(moderator)

    def there(**query):
        html = client.get(page, query).content.decode()
        titles = ("A newer quiz", str(quiz.title), "A newer training", "An older training")
        return [title for title in titles if title in html]

    assert there() == ["A newer quiz", "A newer training"]
    assert there(page=2) == [str(quiz.title), "A newer training"]
    assert there(page=2, trainings=2) == [str(quiz.title), "An older training"]


def test_who_came_late_left_out_no_question_from_before(table, attendee, speaker, drain):
    table.join(attendee, "Otter")
    for _turn in range(2):
        table.ask()
        table.answer(attendee, table.right())
        table.reveal()
        drain()
        services.score_if_complete(table.turn)
    table.join(speaker, "Heron")
    table.ask()
    table.reveal()

    head, *rows = selectors.people_report(table.fresh)

    place = head.index("No answer")
    assert [(row[1], row[place]) for row in rows] == [("Otter", 1), ("Heron", 1)]
