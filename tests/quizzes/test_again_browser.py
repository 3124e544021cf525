"""A quiz in a browser: single keys work inside the game alone, the next game is heard of, and a crowd's refusal is not
the end."""

import re

from playwright.sync_api import expect

from apps.intake.items import Item
from apps.quizzes import services
from apps.quizzes.models import Game, Quiz
from apps.quizzes.services import scoring
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


def test_big_screen_shows_what_was_not_done(new_page, table, moderator, axe):
    screen = new_page(moderator, reduced_motion="reduce", viewport={"width": 1440, "height": 810})
    screen.goto(f"{table.game.quiz.get_absolute_url()}screen/")
    services.ask_next(table.fresh)
    expect(screen.locator("[data-part='asked']")).to_be_visible()
    refusal = screen.locator(".toast")
    expect(refusal).to_have_text("")
    Game.objects.filter(pk=table.game.pk).update(position=2)  # somebody was quicker, which this screen is yet to hear

    screen.keyboard.press("Space")

    expect(refusal).to_contain_text("The quiz has moved on meanwhile.")
    expect(refusal).to_be_in_viewport(ratio=1)
    assert refusal.evaluate("(one) => one.getBoundingClientRect().height") > 20  # and not for the ear alone
    axe(screen)
    expect(refusal).to_have_text("", timeout=10_000)


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


def test_own_points_follow_what_is_counted_anew_and_are_said_once(new_page, quiz, attendee):
    table = Table(services.open_lobby(quiz))
    table.join(attendee)
    services.ask_next(table.fresh)
    first = table.turn
    page = new_page(attendee)
    page.goto(quiz.get_absolute_url())
    page.evaluate("""async () => {
      const { live } = await import("plenary/live/socket.js");
      const send = live.send.bind(live);
      window.asked = 0;
      live.send = async (name, ...rest) => {
        const reply = await send(name, ...rest);
        asked += name === "quiz.mine";
        return reply;
      };
    }""")
    said = page.locator("quiz-play [data-said]")
    services.reveal(table.fresh)
    assert services.score_if_complete(first)
    expect(said).to_contain_text("No answer this time. 0 points, place 1.")
    services.ask_next(table.fresh)
    expect(page.locator("[data-text]")).to_have_text("Which of these are rivers?")
    expect(page.locator("[data-own-points]")).to_have_text("0 points")

    side = table.game.sides.get()
    body = {"kind": first.kind, "lag": 0, "said": [2]}
    services.apply_answers([Item(services.ANSWER, first.gate(0), str(side.pk), 1, body, first.opens_at)])

    expect(page.locator("[data-own-points]")).to_have_text("1,000 points")
    services.reveal(table.fresh)
    assert services.score_if_complete(table.turn)
    expect(said).to_contain_text("No answer this time. 0 points, place 1.")
    said.evaluate("(line) => { line.textContent = 'Something else'; }")
    before = page.evaluate("asked")
    scoring.recount(table.fresh, [])
    page.wait_for_function("(before) => asked > before", arg=before)
    expect(said).to_have_text("Something else")
