"""A quiz in a browser: single keys work inside the game alone, the next game is heard of, and a crowd's refusal is not
the end."""

import re

from playwright.sync_api import expect

from apps.quizzes import services
from apps.quizzes.models import Quiz
from tests.factories.tracks import SessionFactory
from tests.quizzes.conftest import Table


def test_game_is_won_and_played_again(new_page, event, quiz, attendee, axe):
    table = Table(services.open_lobby(quiz))
    table.join(attendee, "$& and $'")
    page = new_page(attendee)
    page.goto(quiz.get_absolute_url())
    expect(page.locator("[data-waits]")).to_be_visible()

    services.ask_next(table.fresh)
    expect(page.get_by_role("button", name="Eleven")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("1")  # nobody is in the game with the keyboard: said to the machine, or hit by chance
    page.get_by_role("button", name="Nine").focus()
    page.keyboard.press("2")
    expect(page.locator("[data-given-words]")).to_have_text("Eleven")

    services.end(table.fresh)
    expect(page.locator("[data-said]")).to_have_text("The quiz is over. $& and $' has won.")
    expect(page.locator("[data-again]")).to_be_hidden()
    again = services.open_lobby(quiz)
    expect(page.locator("[data-again]")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Join in").click()

    expect(page.locator(f"quiz-play[data-game='{again.pk}'] [data-joining]")).to_be_visible()
    expect(page.locator("[data-again]")).to_be_hidden()


def test_game_beside_the_stage_is_fetched_again_where_the_server_was_busy(new_page, event, quiz, attendee):
    session = SessionFactory(event=event)
    Quiz.objects.filter(pk=quiz.pk).update(session=session)
    quiz.refresh_from_db()
    page, turned_away = new_page(attendee), []

    def busy_once(route):
        if turned_away:
            route.fallback()
            return
        turned_away.append(route)
        route.fulfill(status=503, body="")

    page.route(re.compile(f"{quiz.get_absolute_url()}$"), busy_once)
    page.goto(session.get_absolute_url())
    expect(page.locator("quiz-door [data-place]")).to_contain_text("No quiz is on just now", use_inner_text=False)

    game = services.open_lobby(quiz)

    expect(page.locator(f"quiz-door quiz-play[data-game='{game.pk}']")).to_be_attached()
    assert len(turned_away) == 1
