"""In a real browser: changed words that are refused, and a room of which too much was missed."""

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from apps.chat import broadcasts, services
from apps.chat.models import Message
from apps.live.seq import next_seqs

LOSE = "() => { window.caught = document.querySelector('chat-room').reload(); }"
"""What the socket calls for where it has lost too much to tell it."""


@pytest.fixture
def opened(new_page, event, room):
    def open_as(person):
        page = new_page(person)
        page.goto(reverse("chat:room", args=[event.slug, room.pk]))
        expect(page.locator("chat-room [data-write] textarea")).to_be_visible()
        return page

    return open_as


@pytest.fixture
def filled(room, speaker):
    """Messages that nobody's page was told of."""

    @transaction.atomic
    def fill(first, last):
        numbers = next_seqs(room.event_id, broadcasts.topic(room.pk), count=last - first + 1)
        said = enumerate(numbers, start=first)
        return Message.objects.bulk_create(
            [Message(room=room, seq=seq, author=speaker, text=f"Reading {number}") for number, seq in said]
        )

    return fill


def test_refused_change_keeps_its_words(opened, room, attendee, moderator):
    page = opened(attendee)
    box = page.locator("[data-write] textarea")
    box.fill("The gage stands")
    box.press("Enter")
    expect(page.locator(".msg .words")).to_have_text("The gage stands")
    expect(page.locator(".msg.pending")).to_have_count(0)
    services.set_rules(room, user_id=moderator.pk, links_allowed=False)

    box.press("ArrowUp")
    box.fill("The gauge stands, see evil.ai")
    box.press("Enter")

    expect(page.locator("[data-write] [data-error]")).to_contain_text("Links are off")
    expect(box).to_have_value("The gauge stands, see evil.ai")
    expect(page.locator("[data-editing]")).to_be_visible()
    box.fill("The gauge stands")
    box.press("Enter")
    expect(page.locator(".msg .words")).to_have_text("The gauge stands")
    expect(page.locator("[data-editing]")).to_be_hidden()
    expect(box).to_have_value("")


def test_gap_is_closed_once_the_room_can_be_read_again(opened, room, attendee, filled):
    filled(1, 3)
    page = opened(attendee)
    failed = []

    def fail_twice(route):
        if len(failed) < 2:
            failed.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route(f"**/chat/rooms/{room.pk}/", fail_twice)
    filled(4, 9)
    page.evaluate(LOSE)

    expect(page.locator(".msg .words")).to_have_text([f"Reading {number}" for number in range(1, 10)])
    assert len(failed) == 2


def test_gap_moves_nothing_of_what_is_read_further_up(opened, room, attendee, moderator, filled, actor):
    first = filled(1, 120)
    page = opened(attendee)
    page.evaluate("() => document.querySelector('.msg[data-seq]').scrollIntoView()")
    expect(page.locator(".msg .words", has_text="Reading 40")).to_have_count(1)
    at = page.evaluate(
        """() => { const item = document.querySelector(".msg[data-seq='60']");
        item.scrollIntoView({ block: 'center' }); return item.getBoundingClientRect().top; }"""
    )
    expect(page.locator("[data-end]")).not_to_be_in_viewport()
    Message.objects.filter(pk=first[60].pk).update(removed="moderator")
    filled(121, 140)

    page.evaluate(LOSE)

    expect(page.locator('.msg[data-seq="61"] .gone')).to_be_visible()
    expect(page.locator("[data-new]")).to_be_visible()
    now = page.evaluate("() => document.querySelector('.msg[data-seq=\"60\"]').getBoundingClientRect().top")
    assert abs(now - at) < 3
    expect(page.locator(".msg .words", has_text="Reading 140")).to_have_count(0)
    page.locator("[data-new]").click()
    expect(page.locator(".msg .words").last).to_have_text("Reading 140")


def test_own_words_that_nobody_else_sees_are_all_there(opened, room, attendee, filled):
    def say_unseen(count):
        Message.objects.bulk_create([Message(room=room, author=attendee, text="Unseen") for _ in range(count)])

    filled(1, 30)
    say_unseen(25)
    filled(31, 80)
    say_unseen(22)
    page = opened(attendee)
    own = page.locator(".own-only")
    expect(own).to_have_count(22)

    # By the page: the pointer's way would bring the line into view, which fetches as well, and takes the line away.
    page.locator("[data-earlier-line] a").evaluate("(link) => link.click()")

    expect(own).to_have_count(47)
