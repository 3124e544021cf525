"""The right answer leaves the server only once it is revealed: no page, payload, feed or call carries it before.

The right answers are words that stand nowhere else; questions of every kind are asked, by everybody who may look.
"""

import json

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.live import wire
from apps.live.registry import Call, Who, registry
from apps.quizzes import selectors, services
from apps.quizzes.registry import kind_of
from tests.factories.media import AssetFactory, EncodingFactory, VideoFactory
from tests.factories.quizzes import BankFactory, QuestionFactory, QuizFactory
from tests.factories.tracks import SessionFactory
from tests.quizzes.conftest import Table

WORD = "Xylograph"
NUMBER = "987362514.5"
"""Longer than what a time writes after its point: a page is full of times."""
EXPLANATION = "Quixotically"
FILE = "Pangolin"
"""What the picture's file is called. Nobody is told of that, not even by the address to which it leads."""
SECRETS = [WORD, NUMBER, "987362514", EXPLANATION, FILE]


@pytest.fixture
def table(event):
    bank = BankFactory(event=event)
    why = {"bank": bank, "explanation": EXPLANATION}
    picture = {"kind": "image", "title": FILE, "content_type": "image/jpeg", "original": f"events/{event.pk}/q.jpg"}
    QuestionFactory(kind="text", text="Which word?", choices=[(WORD, 0)], **why)
    QuestionFactory(kind="number", text="Which number?", number=NUMBER, choices=[], **why)
    QuestionFactory(kind="single", text="Which one?", media=AssetFactory(event=event, **picture), **why)
    QuestionFactory(kind="multiple", text="Which ones?", choices=[("a", 1), ("b", 0), ("c", 1)], **why)
    QuestionFactory(kind="order", text="How?", choices=[("a", 0), ("b", 0), ("c", 0)], **why)
    QuestionFactory(kind="truth", text="Really?", choices=[], **why)
    return Table(services.open_lobby(QuizFactory(event=event, bank=bank, session=SessionFactory(event=event))))


def everything(table, people, enter):
    """By where it was read: all that anybody is told now."""
    event, game, quiz = table.game.quiz.event, table.game, table.game.quiz
    told = {}
    for pattern in registry.patterns:
        if {"game_id", "user_id"} <= pattern.convert.keys():
            for role, person in people.items():
                own = pattern.topic.snapshot(event.pk, game_id=game.pk, user_id=person.pk)
                told[f"{pattern.template} as {role}"] = wire.encode(own).decode()
        elif "game_id" in pattern.convert:
            told[pattern.template] = wire.encode(pattern.topic.snapshot(event.pk, game_id=game.pk)).decode()
    told["event/quizzes"] = wire.encode(selectors.listed(event.pk)).decode()
    routes = ["quizzes:quiz", "quizzes:host", "quizzes:screen", "quizzes:list", "api:quiz", "api:quizzes"]
    of_event = ("quizzes:list", "api:quizzes", "api:quizzes-to-run")
    routes += ["api:quizzes-to-run", "api:quiz-players", "api:quiz-games"]
    for role, person in people.items():
        client = enter(person)
        for route in routes:
            arguments = [event.slug] if route in of_event else [event.slug, quiz.pk]
            response = client.get(reverse(route, args=arguments))
            if response.status_code == 200:
                told[f"{route} as {role}"] = response.content.decode()
        told[f"beside the stage as {role}"] = client.get(quiz.session.get_absolute_url()).content.decode()
        part = client.get(quiz.get_absolute_url(), headers={"X-Part": "game"})
        told[f"part as {role}"] = part.content.decode()
        who = Who(person.pk, event.pk, person.name, frozenset({"attendee", "moderator", "organiser"}), 1)
        for name in ("quiz.mine", "quiz.depart"):
            command = registry.commands[name]
            [answer] = command.run([Call(who, command.Body(game=game.pk))])
            told[f"{name} as {role}"] = wire.encode(answer).decode() if not isinstance(answer, Exception) else ""
    return told


def test_right_answer_is_nowhere_before_its_reveal(table, event, attendee, moderator, organiser, enter, drain):
    people = {"attendee": attendee, "moderator": moderator, "organiser": organiser}
    table.join(attendee)
    for _turn in range(6):
        table.ask()
        taken = table.answer(attendee, table.right())
        assert not isinstance(taken, Refused), taken
        drain()
        told = everything(table, people, enter)
        stage = json.loads(told["quiz/{game_id}/stage"])

        assert len(told) > 15
        assert stage["reveal"] is None
        leaks = {place: secret for place, text in told.items() for secret in SECRETS if secret in text.replace(" ", "")}
        # What one has typed oneself is told to oneself alone.
        own = {"quiz.mine as attendee", "quizzes:quiz as attendee", "api:quiz as attendee"}
        own |= {"beside the stage as attendee", "part as attendee", "person/{user_id}/quiz/{game_id} as attendee"}
        assert set(leaks) <= own
        assert table.mine(attendee).answer.share is None
        assert '"key":' not in "".join(told.values())
        assert '"right":' not in "".join(told.values())
        assert "is_right" not in "".join(told.values())

        table.reveal()
        services.score_if_complete(table.turn)
        assert EXPLANATION in wire.encode(selectors.stage(event.pk, table.game.pk)).decode()
        assert EXPLANATION in enter(attendee).get(table.game.quiz.get_absolute_url()).content.decode()


def test_questions_to_come_are_nowhere_before_they_are_asked(table, attendee, moderator, organiser, enter):
    table.ask()

    told = everything(table, {"attendee": attendee, "moderator": moderator, "organiser": organiser}, enter)

    assert "Which word?" in told["quiz/{game_id}/stage"]
    assert [place for place, text in told.items() if "Which number?" in text] == []


def test_stage_is_the_same_for_everybody_and_holds_nobodys_own(table, attendee, moderator):
    table.join(attendee)
    table.join(moderator)
    table.ask()
    before = wire.encode(selectors.stage(table.game.quiz.event_id, table.game.pk))

    table.answer(attendee, "anything")

    assert wire.encode(selectors.stage(table.game.quiz.event_id, table.game.pk)) == before


def test_two_items_to_order_tell_nothing_by_how_they_are_shown(event):
    kind = kind_of("order")
    question = QuestionFactory(bank__event=event, kind="order", choices=[("Spring", 0), ("Sea", 0)])
    drawn = [kind.draw(question, list(question.choices.all())).key["right"] for _time in range(60)]

    assert {tuple(right) for right in drawn} == {(1, 2), (2, 1)}


def test_clip_is_told_of_by_what_the_organiser_says_it_shows(event):
    clip = VideoFactory(event=event, title=FILE, state="ready", encoding=EncodingFactory())
    bank = BankFactory(event=event)
    QuestionFactory(bank=bank, media=clip, media_words="A river from above")
    table = Table(services.open_lobby(QuizFactory(event=event, bank=bank)))
    table.ask()

    media = selectors.stage(event.pk, table.game.pk).sheet.media

    assert (media.kind, media.words) == ("video", {"en": "A river from above"})
    assert FILE not in wire.encode(media).decode()
