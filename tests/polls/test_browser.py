"""Polls in a real browser: every kind by keyboard and on another's page, refused and kept, anonymous, by rounds."""

import re

from playwright.sync_api import expect

from apps.polls import kinds, services
from apps.polls.kinds import Said
from apps.polls.models import Kind, Poll
from tests.polls.cards import card

PHONE = {"viewport": {"width": 390, "height": 844}}
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
