"""Questions in a real browser: asked without a name, wanted by another, put on stage by keyboard, answered."""

from playwright.sync_api import expect

from apps.questions import services
from tests.factories.questions import QuestionFactory


def test_question_from_asking_to_its_answer(new_page, running, attendee, moderator, speaker, axe):
    address = running.get_absolute_url()
    hers, theirs, lectern = new_page(attendee), new_page(moderator), new_page(speaker)
    theirs.goto(f"{address}#questions")
    expect(theirs.locator("question-board [data-empty]")).to_be_visible()
    lectern.goto(f"{address}questions/lectern/")

    # By keyboard alone.
    hers.goto(address)
    expect(hers.locator("tab-set [role=tab]").first).to_be_visible()
    hers.keyboard.press("q")
    expect(hers.locator("#asks-text")).to_be_focused()
    hers.keyboard.type("Who keeps the key of the sluice?")
    hers.locator("[name=anonymous]").check()
    hers.locator("#asks-text").press("Control+Enter")
    mine = hers.locator(".ask")
    expect(mine).to_have_count(1)
    expect(mine.locator("[data-asker]")).to_have_text("Asked without a name")

    asked = theirs.locator(".ask")
    expect(asked.locator("[data-text]")).to_have_text("Who keeps the key of the sluice?")
    expect(theirs.locator("body")).not_to_contain_text(attendee.name)
    asked.locator("[data-vote]").click()
    expect(mine).to_have_attribute("data-votes", "1")
    axe(hers)
    axe(theirs)

    lectern.keyboard.press("n")
    expect(lectern.locator("h1")).to_have_text("Who keeps the key of the sluice?")
    for page in (hers, theirs):
        expect(page.locator(".about question-stage [data-text]")).to_have_text("Who keeps the key of the sluice?")
    axe(lectern)
    lectern.keyboard.press("a")
    expect(hers.locator(".toast")).to_contain_text("Answered: Who keeps the key of the sluice?")
    expect(theirs.locator(".about question-stage [data-box]")).to_be_hidden()


def test_what_was_asked_already_is_offered_while_typing(new_page, running, ask, speaker, attendee):
    question = ask(speaker, "What happens in a year when all three meadows are already wet?")
    page = new_page(attendee)
    page.goto(f"{running.get_absolute_url()}questions/")

    page.locator("#asks-text").press_sequentially("And if all the meadows are wet already")
    page.locator("[data-similar-list] [data-too]").click()

    expect(page.locator(f'.ask[data-question="{question.pk}"]')).to_have_attribute("data-votes", "1")
    expect(page.locator("#asks-text")).to_have_value("")
    services.set_rules(running, is_open=False)
    expect(page.locator("[data-closed]")).to_be_visible()
    expect(page.locator("[data-ask]")).to_be_hidden()


def test_letters_of_the_lectern_can_be_switched_off(new_page, running, board, speaker, axe):
    """A presenter's remote goes on working."""
    first, second = QuestionFactory(board=board, votes=9), QuestionFactory(board=board)
    services.move_question(first, to="stage")
    page = new_page(speaker)
    page.goto(f"{running.get_absolute_url()}questions/lectern/")
    expect(page.locator("h1")).to_have_text(first.text)
    axe(page)

    page.get_by_label("Single keys work on this device").uncheck()
    page.keyboard.press("l")
    page.keyboard.press("PageDown")

    expect(page.locator("h1")).to_have_text(second.text)
    first.refresh_from_db()
    assert first.state == "answered"
    page.reload()
    expect(page.get_by_label("Single keys work on this device")).not_to_be_checked()
    page.get_by_label("Single keys work on this device").check()
    page.keyboard.press("l")
    expect(page.locator("h1")).to_have_text("Everything is answered")
    second.refresh_from_db()
    assert second.state == "later"
