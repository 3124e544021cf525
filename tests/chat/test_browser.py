"""A conversation in a real browser: by keyboard, between two people, and in a room of ten thousand messages."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.chat import broadcasts
from apps.chat.models import Message
from apps.live.seq import next_seqs
from tests.factories.tracks import SessionFactory

MANY = 10_000


@pytest.fixture
def address(event, room):
    return reverse("chat:room", args=[event.slug, room.pk])


@pytest.fixture
def opened(new_page, address):
    def open_as(person, **options):
        page = new_page(person, **options)
        page.goto(address)
        expect(page.locator("chat-room [data-write] textarea")).to_be_visible()
        return page

    return open_as


def words(page):
    return page.locator(".msg .words")


def write(page, text):
    box = page.locator("[data-write] textarea")
    box.fill(text)
    box.press("Enter")


def test_two_people_talk_react_change_and_pin(opened, attendee, moderator, axe):
    hers, theirs = opened(attendee), opened(moderator)
    write(hers, "The gage stands at 2.10 m")
    expect(words(theirs).last).to_have_text("The gage stands at 2.10 m")

    # By keyboard alone: to the message's button, into the menu, a reaction.
    theirs.locator(".msg [data-acts]").last.focus()
    theirs.keyboard.press("Enter")
    expect(theirs.locator("[data-menu] button").first).to_be_focused()
    theirs.keyboard.press("ArrowRight")
    theirs.keyboard.press("Enter")
    expect(hers.locator(".react")).to_have_text("1")
    expect(theirs.locator('.react[aria-pressed="true"]')).to_have_count(1)

    theirs.locator(".msg [data-acts]").last.click()
    theirs.locator("[data-do=pin]").click()
    expect(hers.locator("[data-pinned-words]")).to_have_text("The gage stands at 2.10 m")

    box = hers.locator("[data-write] textarea")
    box.press("ArrowUp")
    expect(box).to_have_value("The gage stands at 2.10 m")
    write(hers, "The gauge stands at 2.10 m")
    expect(words(theirs).last).to_have_text("The gauge stands at 2.10 m")
    expect(hers.locator("[data-pinned-words]")).to_have_text("The gauge stands at 2.10 m")
    expect(theirs.locator(".trace summary")).to_be_visible()
    axe(theirs)


def test_name_is_picked_by_keyboard_and_its_bearer_is_told(opened, attendee, speaker, new_page, event):
    page = opened(attendee)
    elsewhere = new_page(speaker)
    elsewhere.goto(reverse("chat:room", args=[event.slug, broadcasts_room(event)]))
    box = page.locator("[data-write] textarea")
    box.press_sequentially("Ask @lind")
    expect(page.locator("[data-people] [aria-selected=true]")).to_contain_text("Amara Lindqvist")
    box.press("Enter")
    expect(box).to_have_value("Ask @Amara Lindqvist ")
    box.press("Enter")

    expect(page.locator(".msg .named")).to_have_text("@Amara Lindqvist")
    expect(elsewhere.locator("[data-mentioned]")).to_have_text("1")


def broadcasts_room(event):
    from apps.chat import services

    return services.room_for(event, f"session/{SessionFactory(event=event).pk}").pk


def test_draft_survives_a_reload(opened, attendee):
    page = opened(attendee)
    page.locator("[data-write] textarea").fill("Half a thought")
    page.reload()

    expect(page.locator("[data-write] textarea")).to_have_value("Half a thought")


def test_room_of_ten_thousand_keeps_few_in_the_page_and_still(opened, room, attendee):
    from django.db import transaction

    with transaction.atomic():
        numbers = next_seqs(room.event_id, broadcasts.topic(room.pk), count=MANY)
        Message.objects.bulk_create(
            [Message(room=room, seq=number, author=attendee, text=f"Reading {number}") for number in numbers],
            batch_size=2000,
        )
    page = opened(attendee)
    shown = page.locator(".msg[data-seq]:not([data-seq=''])")
    expect(words(page).last).to_have_text(f"Reading {MANY}")

    for loaded in range(2, 10):
        at = page.evaluate(
            """() => { const item = document.querySelector('.msg[data-seq]'); item.scrollIntoView();
            return [item.dataset.seq, item.getBoundingClientRect().top]; }"""
        )
        page.wait_for_function("([seq]) => document.querySelector('.msg[data-seq]').dataset.seq !== seq", arg=at)
        top = page.evaluate(
            "([seq]) => document.querySelector(`.msg[data-seq='${seq}']`).getBoundingClientRect().top", at
        )
        assert abs(top - at[1]) < 3, f"page {loaded} moved what was being read"
        assert shown.count() <= 300

    expect(page.locator("[data-new]")).to_be_visible()
    page.locator("[data-new]").click()
    expect(words(page).last).to_have_text(f"Reading {MANY}")

    page.goto(f"{page.url.partition('#')[0]}#said-{room.pk}-4321")
    page.reload()
    expect(page.locator(".msg[data-seq='4321'] .words")).to_be_in_viewport()
    assert shown.count() <= 300
