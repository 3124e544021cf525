"""What was said, beside the recording and on its clock, in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from apps.chat import services
from apps.core import clock
from apps.media.models import Asset
from tests.factories.chat import MessageFactory
from tests.factories.media import EncodingFactory, VideoFactory
from tests.factories.tracks import SessionFactory

BUSY = 230  # in one stretch: more than the server says at once


@pytest.fixture
def watched(event, attendee):
    """A session that is over and was recorded. `say(second, text)` is what was said then."""
    begun = clock.now() - timedelta(hours=2)
    film = VideoFactory(
        event=event,
        state=Asset.State.READY,
        encoding=EncodingFactory(organisation=event.organisation, seconds=1800.0),
        seconds=1800.0,
    )
    session = SessionFactory(event=event, starts_at=begun, ends_at=begun + timedelta(minutes=30), video=film)
    room = services.room_for(event, f"session/{session.pk}")

    def say(second, text):
        MessageFactory(room=room, author=attendee, text=text, created_at=begun + timedelta(seconds=second))

    return session, say


def seek(page, second):
    """The film itself is not needed: only the second that the player shows."""
    page.evaluate(
        """(second) => { const video = document.querySelector("video-player video");
        Object.defineProperty(video, "currentTime", { value: second, configurable: true });
        video.dispatchEvent(new Event("seeked")); }""",
        second,
    )


def test_replay_that_cannot_be_read_is_not_asked_for_at_each_second(watched, attendee, new_page):
    session, say = watched
    say(5, "Good morning")
    page = new_page(attendee)
    asked = []

    def refuse(route):
        asked.append(route.request.url)
        route.fulfill(status=503, headers={"Retry-After": "60"})

    page.route("**/clock/**", refuse)
    page.goto(session.get_absolute_url())
    page.locator("[data-to-replay]").click()
    with page.expect_response("**/clock/**"):
        seek(page, 70)
    for second in range(71, 91):
        seek(page, second)
        page.evaluate("() => new Promise(requestAnimationFrame)")

    assert len(asked) == 1


def test_conversation_follows_the_film_forth_and_back(watched, attendee, new_page, axe):
    session, say = watched
    say(5, "Good morning")
    say(62, "The gauge stands at 2.10 m")
    for number in range(BUSY):
        say(310 + number / 2, f"Reading {number}")
    page = new_page(attendee)
    page.goto(session.get_absolute_url())
    rows = page.locator("chat-replay [data-items] li")

    page.locator("[data-to-replay]").click()
    expect(page.locator("chat-replay [data-none]")).to_be_visible()
    seek(page, 70)
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("1:02")
    expect(rows.last).to_contain_text("The gauge stands at 2.10 m")
    seek(page, 599)
    expect(rows.last).to_contain_text(f"Reading {BUSY - 1}")
    seek(page, 10)
    expect(rows).to_have_count(1)
    axe(page)

    page.locator("[data-unreplay]").click()
    expect(page.locator("chat-replay")).to_be_hidden()
    expect(page.locator("[data-to-replay]")).to_be_focused()
