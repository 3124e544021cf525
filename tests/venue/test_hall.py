"""The benches of the live engine join what the page of a session joins."""

import json

from playwright.sync_api import expect

from tests.bench import hall as halls


def test_bench_joins_what_a_browser_joins(new_page, platform):
    hall = halls.build(2)
    person = hall.people[0]
    page = new_page(person)
    joined = set()

    def listen(socket):
        socket.on("framesent", hear)

    def hear(text):
        said = json.loads(text)
        if said["t"] == "join":
            joined.update(said["topics"])

    page.on("websocket", listen)
    page.goto(hall.session.get_absolute_url())
    expect(page.locator("chat-room [data-write] textarea")).to_be_visible()
    expected = set(hall.topics(person))
    page.wait_for_timeout(0)
    for _ in range(100):
        if expected <= joined:
            break
        page.wait_for_timeout(50)

    assert joined == expected
