"""The quiz of a session beside its stage: who is in the session finds it there, on the page and when it begins."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core import clock
from apps.live.registry import Call, Who, registry
from apps.quizzes import selectors, services
from apps.quizzes.models import Game, Quiz
from tests.factories.quizzes import GameFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory, SpeakerFactory


@pytest.fixture
def session(event, quiz):
    session = SessionFactory(event=event)
    Quiz.objects.filter(pk=quiz.pk).update(session=session)
    quiz.refresh_from_db()
    return session


@pytest.fixture
def look(session, enter):
    """What somebody sees of the tab, the strip and the game on the page of the session."""

    def seen(person):
        html = enter(person).get(session.get_absolute_url()).content.decode()
        tab = re.search(r"<a [^>]*data-quiz-tab[^>]*>", html)[0]
        strip = re.search(r"<a [^>]*data-to-quiz[^>]*>", html)[0]
        return "hidden" not in tab, "hidden" not in strip, "<quiz-play" in html

    return seen


def test_session_shows_its_quiz_while_it_is_played_and_its_podium_a_while(session, quiz, look, attendee):
    assert look(attendee) == (False, False, False)

    game = services.open_lobby(quiz)
    assert look(attendee) == (True, True, True)

    services.end(game)
    assert look(attendee) == (True, False, True)
    Game.objects.update(ended_at=clock.now() - timedelta(hours=2))
    assert look(attendee) == (False, False, False)


def test_session_shows_no_other_sessions_quiz(session, look, attendee, event):
    GameFactory(quiz__event=event, quiz__session=SessionFactory(event=event))
    GameFactory(quiz__event=event)

    assert look(attendee) == (False, False, False)


def test_page_of_a_session_is_told_which_game_to_fetch(session, quiz, game, attendee, enter):
    [listed] = selectors.listed(quiz.event_id)
    assert (listed.session, listed.game, listed.url) == (session.pk, game.pk, quiz.get_absolute_url())

    part = enter(attendee).get(listed.url, headers={"X-Part": "game"})

    assert part.content.decode().lstrip().startswith("<quiz-play")
    assert "X-Part" in part.headers["Vary"]
    assert b"<html" not in part.content


def test_host_finds_a_player_by_name_among_many(table, quiz, moderator, attendee, speaker, enter):
    table.join(attendee, "Otter")
    table.join(speaker, "Mudlark")
    address = reverse("quizzes:host", args=[quiz.event.slug, quiz.pk])

    html = enter(moderator).get(address, {"find": "OTT"}).content.decode()

    assert f"extra-{attendee.quiz_seats.get().pk}" in html
    assert f"extra-{speaker.quiz_seats.get().pk}" not in html


def test_speaker_runs_the_quizzes_of_their_own_sessions_alone(session, quiz, game, speaker, enter):
    """By page, by REST and by socket."""
    step = {"do": "next", "position": 0}
    client = enter(speaker)
    host = reverse("quizzes:host", args=[quiz.event.slug, quiz.pk])
    api = reverse("api:quiz-step", args=[quiz.event.slug, quiz.pk])
    who = Who(speaker.pk, quiz.event_id, speaker.name, frozenset({"attendee", "speaker"}), 1)
    command = registry.commands["quiz.step"]

    def by_socket():
        return command.run([Call(who, command.Body(game=game.pk, **step))])[0]

    registered = SpeakerFactory(event=quiz.event, user=speaker)
    assert (client.get(host).status_code, client.post(api, step).status_code) == (403, 403)
    assert by_socket().code == "quiz.not_yours"

    SessionSpeakerFactory(session=session, speaker=registered)

    assert client.get(host).status_code == 200
    assert quiz.title.localize("en") in client.get(reverse("quizzes:list", args=[quiz.event.slug])).content.decode()
    assert client.post(api, step).status_code == 200
    assert by_socket().code == "quiz.moved_on"
