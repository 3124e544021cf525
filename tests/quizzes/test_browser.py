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


def by_keyboard(page, wanted, *, most=40):
    """Goes on by the tab key to the control of this name, and presses it."""
    for _press in range(most):
        if page.locator(":focus").count() and wanted.evaluate("(one) => one === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not get to {wanted}.")


def step(host, words):
    host.get_by_role("button", name=words).click()


def answered(page):
    expect(page.get_by_text("Your answer is in.").first).to_be_visible()


def test_quiz_is_played_in_ten_browsers(new_page, event, quiz, moderator, axe):
    game = services.open_lobby(quiz)
    host = new_page(moderator)
    host.goto(f"/e/{event.slug}/quizzes/{quiz.pk}/host/")
    pages = []
    for number in range(PLAYERS):
        person = RegistrationFactory(event=event, user__name=f"Player {number}", joined_at=clock.now()).user
        page = new_page(person)
        page.goto(quiz.get_absolute_url())
        pages.append(page)
    first, away, keys = pages[:3]
    for number, page in enumerate(pages):
        if page is not keys:
            page.get_by_label("Your name in this quiz").fill(f"Name {number}")
            page.get_by_role("button", name="Join", exact=True).click()
    by_keyboard(keys, keys.get_by_role("button", name="Join", exact=True))
    expect(host.get_by_text(f"{PLAYERS} people play")).to_be_visible()
    axe(first)

    step(host, "Ask the first question")
    for page in pages:
        expect(page.get_by_role("button", name="Eleven")).to_be_visible()
    axe(first)
    by_keyboard(keys, keys.get_by_role("button", name="Eleven"))
    for page in pages:
        if page is not keys:
            page.get_by_role("button", name="Eleven" if page in (first, away) else "Nine").click()
        answered(page)
    step(host, "Reveal the answer")
    for page in (first, away, keys):
        expect(page.get_by_text(re.compile("^Right!"))).to_be_visible()
    expect(pages[-1].get_by_text(re.compile("^Not right."))).to_be_visible()
    axe(host)

    away.context.set_offline(True)
    step(host, "Next question")
    expect(first.get_by_role("button", name="False")).to_be_visible()
    away.context.set_offline(False)
    away.reload()
    expect(away.get_by_text("Name 1")).to_be_visible()
    for page in (first, away):
        page.get_by_role("button", name="False").click()
        answered(page)
    expect(keys.get_by_role("button", name="False")).to_be_visible()
    keys.keyboard.press("2")
    answered(keys)
    step(host, "Reveal the answer")
    expect(away.get_by_text("2 right in a row.")).to_be_visible()

    step(host, "Next question")
    for page in (first, keys):
        field = page.get_by_label("Your answer", exact=True)
        expect(field).to_be_visible()
        field.press_sequentially("nairobi")
        field.press("Enter")
        answered(page)
    step(host, "Reveal the answer")
    expect(first.get_by_text("3 right in a row.")).to_be_visible()
    step(host, "To the podium")

    for page in pages:
        expect(page.get_by_role("heading", name="The podium")).to_be_visible()
    expect(first.get_by_role("list").filter(has_text="Name 0")).to_be_visible()
    places = dict(game.sides.values_list("name", "rank"))
    assert {places["Name 0"], places["Player 2"]} == {1, 2}
    assert places["Name 1"] == 3
