"""Polls in a real browser: every kind by keyboard and on another's page, refused and kept, run from a screen."""

import re

import pytest
from playwright.sync_api import expect

from apps.polls import kinds, services
from apps.polls.kinds import Said
from apps.polls.models import Kind, Poll
from tests.factories.media import AssetFactory

OPTIONS = ["The towns", "The valley", "The state"]
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def ask(event, session):
    def make(kind=Kind.SINGLE, **changes):
        has_options = kind not in (Kind.SCALE, Kind.WORDS, Kind.TEXT)
        wish = {"event": event, "session": session, "question": f"{kind}?", "options": OPTIONS if has_options else ()}
        if kind == Kind.IMAGE:
            wish["pictures"] = [AssetFactory(event=event, kind="image") for _ in OPTIONS]
        return services.open_poll(services.create_poll(kind=kind, **wish | changes))

    return make


def card(page, poll):
    """Where it stands for good, not where it rises over the stage."""
    return page.locator(f'live-poll[data-poll="{poll.pk}"]:not([data-rises] *)')


BY_KEYBOARD = {
    Kind.SINGLE: (["b", "Enter"], "The valley"),
    Kind.MULTIPLE: (["Space", "Tab", "Space", "Enter"], "The towns, The valley"),
    Kind.IMAGE: (["c", "Enter"], "The state"),
    Kind.SCALE: (["Space", "ArrowRight", "ArrowRight", "Enter"], "3"),
    Kind.RANKING: (["2", "Tab", "1", "Tab", "3", "Tab", "Enter"], "1. The valley, 2. The towns, 3. The state"),
    Kind.POINTS: (["6", "0", "Tab", "4", "0", "Enter"], "The towns 60, The valley 40"),
    Kind.WORDS: (["m", "u", "d", "Enter"], "mud"),
    Kind.TEXT: (["W", "h", "y", "Tab", "Enter"], "Why"),
}


def test_every_kind_by_keyboard_on_a_phone_and_on_anothers_page(new_page, ask, session, attendee, speaker, axe):
    polls = {kind: ask(kind) for kind in BY_KEYBOARD}
    hers, theirs = new_page(attendee, **PHONE), new_page(speaker)
    for page in (hers, theirs):
        page.goto(f"{session.get_absolute_url()}#polls")
        expect(card(page, polls[Kind.TEXT]).locator("form")).to_be_visible()
    axe(hers)

    for kind, (keys, words) in BY_KEYBOARD.items():
        mine = card(hers, polls[kind])
        mine.locator("[data-row]").first.locator("input, select, textarea").focus()
        for key in keys:
            hers.keyboard.press(key)
        expect(mine.locator("[data-own-words]")).to_have_text(words)
        expect(mine.locator("[data-shown-results]")).to_be_visible()
        other = card(theirs, polls[kind])
        expect(other).to_have_attribute("data-answers", "1")
        expect(other.locator("[data-own]")).to_be_hidden()

    single = card(theirs, polls[Kind.SINGLE])
    single.get_by_role("radio", name="The towns").check()
    single.get_by_role("button", name="Send my answer").click()
    for page, own in ((hers, "The valley"), (theirs, "The towns")):
        marked = card(page, polls[Kind.SINGLE]).locator(".res", has=page.locator("[data-mine]:not([hidden])"))
        expect(marked.locator("[data-words]")).to_have_text(own)
        expect(marked.locator("[data-percent]")).to_have_text("50%")
    axe(hers)
    axe(theirs)


def test_refusal_stands_beside_the_form_and_loses_nothing(new_page, ask, attendee):
    poll = ask(Kind.POINTS)
    page = new_page(attendee)
    page.goto(poll.get_absolute_url())
    fields = card(page, poll).locator("input[type=number]")
    fields.nth(0).fill("60")
    fields.nth(1).fill("39")
    expect(card(page, poll).locator("[data-left-over]")).to_have_text("1 point left to share out.")

    page.keyboard.press("Enter")
    expect(card(page, poll).locator("[data-error]")).to_contain_text("Share out exactly 100 points; these are 99.")
    expect(fields.nth(0)).to_have_value("60")

    services.lock_poll(poll)
    expect(card(page, poll).locator("[data-locked-note]")).to_be_visible()
    expect(fields.nth(0)).to_be_hidden()
    services.unlock_poll(poll)
    expect(fields.nth(0)).to_have_value("60")
    fields.nth(1).fill("40")
    page.keyboard.press("Enter")
    expect(card(page, poll).locator("[data-own-words]")).to_have_text("The towns 60, The valley 40")


def test_answer_that_was_not_counted_is_not_given_again_over_a_newer_one(new_page, ask, attendee):
    poll = ask(may_change=True)
    page = new_page(attendee)
    page.goto(poll.get_absolute_url())
    page.evaluate("""async () => {
      const { live } = await import("plenary/live/socket.js");
      window.casts = [];
      live.send = (name, { revision }) => new Promise((answer) => casts.push({ revision, answer }));
    }""")

    for option in ("The towns", "The valley"):
        card(page, poll).get_by_role("radio", name=option).check()
        page.keyboard.press("Enter")  # the button is not to be clicked while the first is on its way
    for number in (0, 1):
        page.evaluate(
            "([number, round]) => casts[number].answer({ round, revision: 4, counted: false, answer: null })",
            [number, poll.round],
        )

    assert page.evaluate("casts.map(({ revision }) => revision)") == [1, 1, 5]


def test_reply_to_an_older_answer_leaves_the_newer_one_in_the_form(new_page, ask, attendee):
    poll = ask(may_change=True)
    page = new_page(attendee)
    page.goto(poll.get_absolute_url())
    page.evaluate("""async () => {
      const { live } = await import("plenary/live/socket.js");
      Object.assign(window, { casts: [], told: [] });
      document.addEventListener("poll-answered", ({ detail }) => told.push(detail.revision));
      live.send = (name, { option, revision }) => new Promise((answer) => {
        casts.push((counted) => answer({ round: 1, revision, counted, answer: { option } }));
      });
    }""")
    mine = card(page, poll)
    for option in ("The towns", "The valley"):
        mine.get_by_role("radio", name=option).check()
        page.keyboard.press("Enter")

    page.evaluate("casts[0](true)")

    expect(mine.locator("[data-own-words]")).to_have_text("The towns")
    expect(mine.get_by_role("radio", name="The valley")).to_be_checked()
    expect(mine.get_by_role("radio", name="The valley")).to_be_visible()
    assert page.evaluate("told") == []
    expect(page.get_by_text("Your answer counts.")).to_have_count(0)
    page.evaluate("casts[1](true)")
    expect(mine.locator("[data-own-words]")).to_have_text("The valley")
    expect(page.get_by_text("Your answer counts.")).to_have_count(1)
    assert page.evaluate("told") == [1]


def test_answer_beside_which_another_stands_is_not_said_to_count(new_page, ask, attendee):
    poll = ask()
    page = new_page(attendee)
    page.goto(poll.get_absolute_url())
    mine = card(page, poll)
    stands = {"round": 1, "revision": 1, "counted": False, "answer": {"option": poll.options.last().pk}}
    page.evaluate(
        """async (stands) => {
          const { live } = await import("plenary/live/socket.js");
          live.send = async () => stands;
        }""",
        stands,
    )

    mine.get_by_role("radio", name="The towns").check()
    page.keyboard.press("Enter")

    expect(mine.locator("[data-own-words]")).to_have_text("The state")
    expect(page.locator("poll-list:not([data-rises]) [data-said]")).to_have_text("Your answer: The state")


def test_wish_behind_an_older_one_at_a_reload_is_the_one_that_counts(new_page, ask, attendee):
    poll = ask(may_change=True)
    page = new_page(attendee)
    page.goto(poll.get_absolute_url())
    page.evaluate(
        """async (poll) => {
      const { live } = await import("plenary/live/socket.js");
      window.casts = [];
      const answered = (option, data) => {
        const detail = { name: "poll.vote", body: { poll, option, revision: 1 }, data };
        live.dispatchEvent(new CustomEvent("answer", { detail }));
      };
      const [first, second] = [...document.querySelectorAll("[name=option]")].map((input) => Number(input.value));
      live.send = async (name, { option, revision }) => {
        casts.push({ isSecond: option === second, revision });
        return { round: 1, revision, counted: true, answer: { option } };
      };
      answered(first, { round: 1, revision: 1, counted: true, answer: { option: first } });
      live.holds = () => true;
      answered(first, { round: 1, revision: 1, counted: false, answer: { option: first } });
      live.holds = () => false;
      answered(second, { round: 1, revision: 1, counted: false, answer: { option: first } });
    }""",
        poll.pk,
    )

    expect(card(page, poll).locator("[data-own-words]")).to_have_text(OPTIONS[1])
    assert page.evaluate("casts") == [{"isSecond": True, "revision": 2}]


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


def test_average_that_grows_is_written_as_the_page_has_it(new_page, ask, attendee, speaker, moderator):
    poll = ask(Kind.SCALE)
    for reader in (attendee, moderator):
        reader.language = "de"
        reader.save()

    def say(person, value):
        services.cast_votes([services.Vote(poll.event_id, poll.pk, person.pk, Said(value=value))])

    say(attendee, 3)
    hers, screen = new_page(attendee), new_page(moderator)
    hers.goto(poll.get_absolute_url())
    screen.goto(f"{poll.get_absolute_url()}screen/")
    average = [card(hers, poll).locator("[data-mean] b"), screen.locator("[data-mean] b")]
    for one in average:
        expect(one).to_have_text(re.compile("^3(,0)?$"))

    say(speaker, 4)

    for page, one in zip((hers, screen), average, strict=True):
        expect(one).to_have_text("3,5")
        page.reload()
        expect(one).to_have_text("3,5")


def test_anonymous_answer_is_known_to_its_own_device_only(new_page, ask, attendee):
    poll = ask(anonymous=True)
    phone, laptop = new_page(attendee, **PHONE), new_page(attendee)
    phone.goto(poll.get_absolute_url())
    card(phone, poll).get_by_role("radio", name="The state").check()
    card(phone, poll).get_by_role("button", name="Send my answer").click()
    expect(card(phone, poll).locator("[data-own-words]")).to_have_text("The state")

    phone.reload()
    laptop.goto(poll.get_absolute_url())

    expect(card(phone, poll).locator("[data-own-words]")).to_have_text("The state")
    expect(card(laptop, poll).locator("[data-own-words]")).to_have_text("it counts; only your own device knows it")
    assert "The state" not in card(laptop, poll).locator("[data-own]").inner_text()


def test_answer_that_was_taken_in_a_new_round_before_the_page_heard_of_it_stands(new_page, ask, attendee):
    poll = ask()
    page = new_page(attendee)
    page.goto(poll.get_absolute_url())
    mine = card(page, poll)
    reply = {"answer": {"option": poll.options.first().pk}, "round": 2, "revision": 1, "late": False}
    mine.evaluate("(card, reply) => card.setMine(reply)", reply)

    services.reset_poll(poll, ends=1)

    expect(mine).to_have_attribute("data-round", "2")
    expect(mine.locator("[data-own-words]")).to_have_text("The towns")
    services.reset_poll(poll, ends=2)
    expect(mine).to_have_attribute("data-round", "3")
    mine.evaluate("(card, reply) => card.setMine(reply)", reply)
    expect(mine.locator("[data-own]")).to_be_hidden()


def test_results_for_those_who_answered_go_with_the_round(new_page, ask, attendee, speaker):
    poll = ask(results=Poll.Results.ANSWERED)
    page = new_page(attendee)
    page.goto(poll.get_absolute_url())
    mine = card(page, poll)

    def answer():
        mine.get_by_role("radio", name="The towns").check()
        mine.get_by_role("button", name="Send my answer").click()
        expect(mine.locator("[data-shown-results]")).to_be_visible()
        expect(mine.locator(".res [data-percent]").first).to_have_text("100%")

    def other_answers():
        last = kinds.Said(option=list(poll.options.all())[-1].pk)
        assert services.cast_votes([services.Vote(poll.event_id, poll.pk, speaker.pk, last)])[0].counted

    answer()
    other_answers()
    expect(mine.locator(".res [data-percent]").first).to_have_text("50%")
    services.reset_poll(poll, ends=1)
    expect(mine).to_have_attribute("data-round", "2")
    expect(mine.locator("[data-shown-results]")).to_be_hidden()
    other_answers()
    expect(mine).to_have_attribute("data-answers", "1")
    expect(mine.locator("[data-shown-results]")).to_be_hidden()
    services.reset_poll(poll, ends=2)
    expect(mine).to_have_attribute("data-round", "3")
    expect(mine).to_have_attribute("data-answers", "0")
    answer()
