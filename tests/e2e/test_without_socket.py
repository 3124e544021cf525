"""A session's page where the network lets no WebSocket through: people talk and vote all the same."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from apps.core import clock
from tests.factories.events import RegistrationFactory
from tests.factories.polls import OptionFactory, PollFactory
from tests.factories.tracks import SessionFactory

LATE_MS = 40_000
"""Until a page has given up on its socket, and has read the feed again."""


@pytest.fixture
def session(event):
    now = clock.now()
    session = SessionFactory(event=event, starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(minutes=40))
    poll = PollFactory(event=event, session=session)
    for text in ("The town", "The field"):
        OptionFactory(poll=poll, text=text)
    return session


def enter(new_page, session, name, *, sockets):
    person = RegistrationFactory(event=session.event, user__name=name, joined_at=clock.now()).user
    page = new_page(person)
    if not sockets:
        page.route_web_socket("**/ws/**", lambda socket: socket.close(code=1011))
    page.goto(session.get_absolute_url())
    return page


def say(page, text):
    page.get_by_label("Message to everyone in the room").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_people_talk_and_vote_without_a_socket(new_page, session):
    nadia = enter(new_page, session, "Nadia Okello", sockets=False)
    jonas = enter(new_page, session, "Jonas Petterhall", sockets=True)
    expect(nadia.locator("connection-bar")).to_contain_text("a few seconds behind", timeout=LATE_MS)

    say(nadia, "Can anybody hear me?")
    expect(jonas.get_by_role("log", name="Messages")).to_contain_text("Can anybody hear me?")
    say(jonas, "Loud and clear.")
    expect(nadia.get_by_role("log", name="Messages")).to_contain_text("Loud and clear.", timeout=LATE_MS)

    rise = nadia.locator("poll-list[data-rises]")
    rise.get_by_role("radio", name="The field").check()
    rise.get_by_role("button", name="Send my answer").click()
    nadia.locator("a[href='#polls']").first.click()
    expect(nadia.locator("#polls")).to_contain_text(re.compile(r"\b1 (person has )?answer"), timeout=LATE_MS)
