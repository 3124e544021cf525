"""A poll run from the screen in the hall, in a real browser."""

from playwright.sync_api import expect

from apps.polls.models import Kind, Poll
from tests.polls.cards import card


def test_screen_runs_the_poll_and_everybody_sees_it(new_page, ask, attendee, moderator, axe):
    poll = ask(results=Poll.Results.CLOSE, seconds=600)
    hers, screen = new_page(attendee), new_page(moderator, reduced_motion="reduce")
    hers.goto(poll.get_absolute_url())
    screen.goto(f"{poll.get_absolute_url()}screen/")
    expect(screen.locator("[data-left]")).to_contain_text("closes in")

    card(hers, poll).get_by_role("radio", name="The valley").check()
    card(hers, poll).get_by_role("button", name="Send my answer").click()
    expect(screen.locator("[data-answers]")).to_have_text("1")
    expect(screen.locator("[data-outcome]")).to_be_hidden()
    expect(card(hers, poll).locator('[data-note="close"]')).to_be_visible()

    # No key reveals what the time has not closed yet, but the one that says so.
    screen.keyboard.press("x")
    screen.keyboard.press("c")
    for page, row in ((screen, ".rows .top"), (hers, ".res.top")):
        expect(page.locator(row)).to_contain_text("The valley")
        expect(page.locator(row)).to_contain_text("100%")
    axe(screen)
    screen.keyboard.press("o")
    expect(card(hers, poll)).to_have_attribute("data-state", "open")


def test_screen_shows_two_and_keys_run_the_one_that_is_marked(new_page, ask, moderator, axe):
    first = ask(results=Poll.Results.CLOSE)
    screen = new_page(moderator, reduced_motion="reduce", viewport={"width": 1440, "height": 810})
    screen.goto(f"{first.get_absolute_url()}screen/")
    panels = screen.locator("poll-panel")
    expect(panels).to_have_count(1)

    second = ask(Kind.SCALE)
    expect(panels).to_have_count(2)
    axe(screen)
    screen.keyboard.press("2")
    screen.keyboard.press("c")
    expect(panels.nth(1)).to_have_attribute("data-state", "closed")
    expect(panels.nth(0)).to_have_attribute("data-state", "open")

    screen.keyboard.press("n")
    expect(panels).to_have_count(1)
    assert screen.evaluate("new URL(location).searchParams.get('beside')") == "0"
    second.refresh_from_db()
    assert second.state == Poll.State.CLOSED


def test_screen_keeps_the_mark_and_the_time_when_another_poll_opens(new_page, ask, moderator):
    first = ask(results=Poll.Results.CLOSE, seconds=60)
    screen = new_page(moderator, reduced_motion="reduce")
    screen.goto(f"{first.get_absolute_url()}screen/")
    second = ask(Kind.SCALE)
    panels = screen.locator("poll-panel")
    expect(panels).to_have_count(2)
    panels.first.evaluate("(panel) => { panel.whole = 600; panel.count(); }")
    screen.keyboard.press("2")
    screen.get_by_role("button", name="Keys").focus()

    ask(Kind.TEXT)

    expect(screen.locator(".also")).to_contain_text("text?")
    expect(screen.get_by_role("button", name="Keys")).to_be_focused()
    assert panels.first.locator("progress").evaluate("(bar) => bar.max") == 600
    screen.keyboard.press("c")
    expect(panels.nth(1)).to_have_attribute("data-state", "closed")
    for poll, state in ((first, Poll.State.OPEN), (second, Poll.State.CLOSED)):
        poll.refresh_from_db()
        assert poll.state == state


def test_screen_shows_what_was_asked_for_last_and_tries_again(new_page, ask, moderator):
    first, second, _third = (ask(kind) for kind in (Kind.SINGLE, Kind.SCALE, Kind.TEXT))
    screen = new_page(moderator, reduced_motion="reduce")
    screen.goto(f"{first.get_absolute_url()}screen/")
    head = screen.locator("poll-panel h1")
    expect(head).to_have_text(["single?", "text?"])
    asked = []

    def answer(route):
        """The first one never, the second one not just now."""
        asked.append(route.request.url.partition("beside=")[2])
        if len(asked) == 2:
            route.fulfill(status=503)
        elif len(asked) > 2:
            route.continue_()

    screen.route("**/screen/**", answer)
    screen.keyboard.press("n")
    screen.keyboard.press("n")

    expect(head).to_have_text(["single?"])
    assert asked == [str(second.pk), "0", "0"]
    expect(screen.locator(".toast")).to_contain_text("That was not done")


def test_screen_says_what_was_not_done(new_page, ask, moderator, axe):
    poll = ask(options=[f"Weir {number}" for number in range(1, 15)])
    screen = new_page(moderator, reduced_motion="reduce")
    screen.goto(f"{poll.get_absolute_url()}screen/")
    said = screen.locator(".toast")
    expect(said).to_have_text("")

    screen.keyboard.press("x")
    expect(said).to_contain_text("This poll has no closing time.")
    screen.keyboard.press("o")
    expect(said).to_contain_text("This poll is open already")
    expect(said).to_be_in_viewport()
    axe(screen)
    expect(screen.locator(".rows[data-bars] > li")).to_have_count(12)
    expect(screen.locator("[data-more-rows]")).to_have_text("and 2 more")
    expect(said).to_have_text("", timeout=10_000)

    # Whoever speaks to their machine switches single keys off, for all pages of this device.
    screen.get_by_role("button", name="Keys").click()
    screen.get_by_label("Single keys work on this device").uncheck()
    screen.keyboard.press("Escape")
    screen.keyboard.press("c")
    screen.keyboard.press("x")
    expect(said).to_have_text("")
    screen.reload()
    screen.get_by_role("button", name="Keys").click()
    expect(screen.get_by_label("Single keys work on this device")).not_to_be_checked()
    screen.get_by_role("button", name="30 seconds more").click()
    expect(said).to_contain_text("This poll has no closing time.")
    poll.refresh_from_db()
    assert poll.state == Poll.State.OPEN
