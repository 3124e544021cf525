"""The page's line and feed by themselves in a real browser: the network is a list, and no server is there."""

import json

import pytest

from tests.live.test_browser import STATIC

PAGE = """<!doctype html><html lang="en"><head><script type="importmap">{"imports": IMPORTS}</script></head><body>
<script type="module">
  import { Feed } from "plenary/live/feed.js";
  import { Line } from "plenary/live/line.js";
  Object.assign(window, { Feed, Line, sockets: [], tickets: 0 });
  window.WebSocket = class {
    constructor(url, [, ticket]) { this.ticket = ticket; sockets.push(this); }
    send() {}
    close() {}
  };
  window.hear = (number, message) => sockets[number].onmessage({ data: JSON.stringify(message) });
  window.end = (number, code, reason = "") => sockets[number].onclose({ code, reason });
</script></body></html>"""
LINE = """() => {
  window.fetch = async () => ({ ok: true, json: async () => ({ ticket: `fresh ${++tickets}`, feed: "/feed/" }) });
  const page = { changed() {}, opened() {}, lost() {}, hear() {} };
  window.line = new Line({ socket: "/ws/", ticketUrl: "/ticket/" }, page);
  line.start();
}"""
FEED = """() => {
  window.asked = [];
  window.fetch = async (address) => {
    const name = String(address).split("/").at(-2);
    asked.push(name);
    const wish = name === "resting" ? "15" : null;
    return { ok: true, status: 200, headers: { get: (header) => (header === "plenary-poll" ? wish : null) },
             json: async () => ({ version: 1, d: 0 }) };
  };
  const topics = new Map(["resting", "other"].map((name) => [name, { name, isLog: false }]));
  window.feed = new Feed({ topics, unanswered: () => [], hear() {}, permit() {}, stale() {} });
  feed.start("/feed/");
}"""


@pytest.fixture
def page(driven_browser):
    context = driven_browser.new_context()
    page = context.new_page()
    names = [f"{folder}/{path.name}" for folder in ("live", "ui") for path in (STATIC / folder).glob("*.js")]
    imports = json.dumps({f"plenary/{name}": f"/static/{name}" for name in names})
    page.route("**/page", lambda route: route.fulfill(body=PAGE.replace("IMPORTS", imports), content_type="text/html"))

    def script(route):
        path = STATIC / route.request.url.rpartition("/static/")[2]
        route.fulfill(body=path.read_text(), content_type="text/javascript")

    page.route("**/static/**", script)
    page.clock.install()
    page.goto("http://plenary.test/page")
    page.wait_for_function("window.Line !== undefined")
    yield page
    context.close()


def test_move_that_fails_leaves_the_old_socket_watched_and_takes_no_dead_ticket(page):
    page.evaluate(LINE)
    page.wait_for_function("sockets.length === 1")
    page.evaluate("hear(0, { t: 'hello', sweep: 25 })")
    page.evaluate("hear(0, { t: 'resume', ticket: 'to come back', seconds: 300 })")

    page.evaluate("line.move()")
    page.wait_for_function("sockets.length === 2")
    page.evaluate("end(1, 4401)")
    page.clock.run_for(70_000)  # and not a word from the old one: nobody is there
    page.wait_for_function("sockets.length === 3")

    assert page.evaluate("sockets.map((socket) => socket.ticket)") == ["fresh 1", "to come back", "fresh 2"]


def test_whole_event_that_is_revoked_does_not_come_back_within_a_second(page):
    page.evaluate("Math.random = () => 0.9")
    page.evaluate(LINE)
    page.wait_for_function("sockets.length === 1")
    page.evaluate("hear(0, { t: 'hello', sweep: 25 })")

    page.evaluate("end(0, 4401, 'revoked')")
    page.clock.run_for(3000)
    assert page.evaluate("[sockets.length, tickets]") == [1, 1]
    page.clock.run_for(1000)
    page.wait_for_function("sockets.length === 2")


def test_feed_is_read_as_slowly_as_its_slowest_topic_wishes(page):
    page.evaluate("Math.random = () => 0.5")
    page.evaluate(FEED)
    page.wait_for_function("asked.length === 2")

    page.clock.run_for(10_000)
    assert page.evaluate("asked.length") == 2
    page.clock.run_for(6_000)
    page.wait_for_function("asked.length === 4")
