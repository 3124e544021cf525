"""Signing up for a session in a real browser: from the agenda, with the keyboard, on a phone, and back out again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.core import clock
from apps.tracks import services
from tests.factories.tracks import SessionFactory


@pytest.fixture
def session(platform, event):
    starts = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return SessionFactory(
        event=event, title="Reading a gauge", sign_up=True, capacity=1, starts_at=starts,
        ends_at=starts + timedelta(hours=1),
    )  # fmt: skip


def test_seat_from_the_agenda_opens_the_room_and_giving_it_back_closes_it(session, event, attendee, new_page, axe):
    page = new_page(attendee, viewport={"width": 390, "height": 844})
    page.goto(reverse("tracks:agenda", args=[event.slug]))
    page.wait_for_load_state("networkidle")  # a first visit is drawn once more, in the reader's zone
    page.get_by_role("button", name="Sign up: Reading a gauge").press("Enter")

    expect(page.get_by_text("You have a seat in Reading a gauge.")).to_be_visible()
    expect(page.get_by_text("You have a seat", exact=True)).to_be_visible()
    page.get_by_role("link", name="Reading a gauge", exact=True).click()
    chat = page.locator("chat-room textarea, chat-room [contenteditable]").first
    expect(chat).to_be_visible()

    page.get_by_role("button", name="Give it back").click()

    expect(page.get_by_role("button", name="Take a seat")).to_be_visible()
    expect(page.locator("chat-room")).to_have_count(0)
    axe(page)


def test_sign_up_that_is_turned_on_brings_who_is_inside_to_the_door(session, event, attendee, new_page):
    session.sign_up = False
    session.save()
    page = new_page(attendee)
    page.goto(session.get_absolute_url())
    expect(page.locator("chat-room")).to_be_visible()

    session.sign_up = True
    session.save()
    services.gate_changed(session, {"sign_up"})

    expect(page.get_by_role("button", name="Take a seat")).to_be_visible(timeout=20_000)
    expect(page.locator("chat-room")).to_have_count(0)
