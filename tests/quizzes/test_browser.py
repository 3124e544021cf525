"""A quiz in ten browsers, from the lobby to the podium: one is away in the middle, one has a keyboard only."""

import re

import pytest
from playwright.sync_api import expect

from apps.core import clock
from apps.quizzes import services
from tests.factories.events import RegistrationFactory
from tests.factories.quizzes import BankFactory, QuestionFactory, QuizFactory

PLAYERS = 9


@pytest.fixture
def quiz(event):
    bank = BankFactory(event=event)
    QuestionFactory(bank=bank, seconds=60)
    QuestionFactory(bank=bank, kind="truth", text="Water flows uphill.", truth=False, choices=[], seconds=60)
    QuestionFactory(bank=bank, kind="text", text="The capital of Kenya?", choices=[("Nairobi", 0)], seconds=60)
    return QuizFactory(event=event, bank=bank)


def tab_to(page, wanted, *, most=40):
    """Goes on by the tab key to this control."""
    for _press in range(most):
        if page.locator(":focus").count() and wanted.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not get to {wanted}.")


def by_keyboard(page, wanted):
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def step(host, words):
    host.get_by_role("button", name=words).click()


def answered(page):
    expect(page.get_by_text("Your answer is in.").first).to_be_visible()


def answer(pages, name):
    for page in pages:
        page.get_by_role("button", name=name).click()
        answered(page)


def type_answer(page, text):
    field = page.get_by_label("Your answer", exact=True)
    expect(field).to_be_visible()
    field.press_sequentially(text)
    field.press("Enter")
    answered(page)


def type_by_keyboard(page, text):
    field = page.get_by_label("Your answer", exact=True)
    expect(field).to_be_visible()
    tab_to(page, field)
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    answered(page)


def lose_connection(page):
    """As in a tunnel: the page stays as it is, and says so."""
    page.evaluate("window.isTheSamePage = true")
    page.context.set_offline(True)
    expect(page.locator("connection-bar")).to_contain_text("You are offline.")


def find_connection(page):
    """Its socket comes back by itself, and no reload helps it."""
    page.context.set_offline(False)
    expect(page.locator("connection-bar")).to_be_hidden()
    assert page.evaluate("window.isTheSamePage")


def see(pages, words):
    for page in pages:
        expect(page.get_by_text(words).first).to_be_visible()


@pytest.fixture
def host(new_page, event, quiz, moderator):
    page = new_page(moderator)
    page.goto(f"/e/{event.slug}/quizzes/{quiz.pk}/host/")
    return page


@pytest.fixture
def pages(new_page, event, quiz, game):
    """Of those who play; the third has a keyboard only."""
    found = []
    for number in range(PLAYERS):
        person = RegistrationFactory(event=event, user__name=f"Player {number}", joined_at=clock.now()).user
        page = new_page(person)
        page.goto(quiz.get_absolute_url())
        join = page.get_by_role("button", name="Join", exact=True)
        if number == 2:
            by_keyboard(page, join)
        else:
            page.get_by_label("Your name in this quiz").fill(f"Name {number}")
            join.click()
        found.append(page)
    return found


@pytest.fixture
def game(quiz):
    return services.open_lobby(quiz)


def test_quiz_is_played_in_ten_browsers(game, host, pages, axe):
    first, away, keys, *others = pages
    see([host], f"{PLAYERS} people play")
    axe(first)

    step(host, "Ask the first question")
    expect(first.get_by_role("button", name="Eleven")).to_be_visible()
    axe(first)
    by_keyboard(keys, keys.get_by_role("button", name="Eleven"))
    answer([first, away], "Eleven")
    answer(others, "Nine")
    answered(keys)
    step(host, "Reveal the answer")
    see([first, away, keys], re.compile("^Right!"))
    see(others, re.compile("^Not right."))
    axe(host)

    points = away.locator("[data-own-points]").inner_text()
    assert re.fullmatch("[0-9,]+ points", points) and points != "0 points"
    lose_connection(away)
    step(host, "Next question")
    answer([first], "False")
    assert not away.get_by_text("Water flows uphill.").is_visible()
    find_connection(away)
    see([away], "Water flows uphill.")
    assert away.locator("[data-own-name]").inner_text() == "Name 1"
    assert away.locator("[data-own-points]").inner_text() == points
    answer([away], "False")
    expect(keys.get_by_role("button", name="False")).to_be_visible()
    keys.keyboard.press("2")
    answered(keys)
    step(host, "Reveal the answer")
    see([first, away, keys], re.compile("2 right in a row"))

    step(host, "Next question")
    type_answer(first, "nairobi")
    type_by_keyboard(keys, "Nairobi.")
    step(host, "Reveal the answer")
    see([first], re.compile("3 right in a row"))
    step(host, "To the podium")

    see(pages, "The podium")
    places = dict(game.sides.values_list("name", "rank"))
    assert {places["Name 0"], places["Player 2"]} == {1, 2}
    assert places["Name 1"] == 3
    see([away], re.compile("^You came in at place 3, with "))
    see(others, re.compile("^You came in at place 4, with 0 points"))


def test_player_asks_for_time_and_sees_it_given(new_page, quiz, game, attendee, host):
    services.join([services.Joining(quiz.event_id, game.pk, attendee.pk, "Otter")])
    player = new_page(attendee)
    player.goto(quiz.get_absolute_url())
    player.get_by_text("I need more time to answer").click()
    player.get_by_label("Time for each question").select_option("twice as much")
    player.get_by_role("button", name="Ask for it").click()
    expect(player.locator("[data-given-time]")).to_be_hidden()

    host.get_by_role("link", name="1 person asks for more time").click()
    host.get_by_role("button", name=f"Give it {attendee.name}").click()

    expect(player.locator("[data-given-time]")).to_have_text("You have more time for each question: twice as much")
    expect(host.locator("[data-asking]")).to_be_empty()
