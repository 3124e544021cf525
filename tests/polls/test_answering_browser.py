"""Answers whose replies come late, out of order or not at all, in a real browser."""

from playwright.sync_api import expect

from apps.polls import services
from tests.polls.cards import card


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

    expect(card(page, poll).locator("[data-own-words]")).to_have_text("The valley")
    assert page.evaluate("casts") == [{"isSecond": True, "revision": 2}]


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
