"""The page's line, outbox and feed by themselves in a real browser: the network is a list, and no server is there."""

import json

import pytest

from tests.live.test_browser import STATIC

PAGE = """<!doctype html><html lang="en"><head>
<meta name="plenary-live" data-socket="/ws/" data-ticket-url="/ticket/" data-person="7">
<script type="importmap">{"imports": IMPORTS}</script></head><body>
<script type="module">
  import { Feed } from "plenary/live/feed.js";
  import { Line } from "plenary/live/line.js";
  import { live } from "plenary/live/socket.js";
  Object.assign(window, { Feed, Line, live, sockets: [], tickets: 0 });
  window.WebSocket = class {
    constructor(url, [, ticket]) { this.ticket = ticket; this.said = []; sockets.push(this); }
    send(text) { this.said.push(JSON.parse(text)); }
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
LIVE = """() => {
  Math.random = () => 0;
  Object.assign(window, { settled: [], told: [] });
  live.addEventListener("answer", ({ detail: { body, error } }) => told.push([body, error?.code]));
  window.send = (body, options) => void live.send("thing.do", body, options).then(
    (data) => settled.push([body, data]), (error) => settled.push([body, error.code]));
  window.done = () => sockets.at(-1).said.filter(({ t }) => t === "do");
  window.bodies = () => done().map(({ body }) => body);
  window.answer = (words) => hear(sockets.length - 1, { id: done().at(-1).id, message: "", ...words });
  window.reply = (d) => answer({ t: "reply", d });
  window.refuse = (code, retry_after) => answer({ t: "error", code, retry_after });
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
    page.route("**/ticket/", lambda route: route.fulfill(json={"ticket": "fresh", "feed": ""}))
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


def open_socket(page, number=0):
    page.wait_for_function("number => sockets.length === number + 1", arg=number)
    page.evaluate("number => hear(number, { t: 'hello', sweep: 25 })", number)


def open_socket_of(page):
    """For a page that has nothing to say yet."""
    page.evaluate("live.subscribe('room/7', { seq: 3 })")
    open_socket(page)


def test_newer_wish_takes_the_place_of_one_that_rests(page):
    page.evaluate(LIVE)
    page.evaluate("send('on', { subject: 5, latest: true })")
    open_socket(page)
    page.evaluate("refuse('rate.limited', 3)")

    page.evaluate("send('off', { subject: 5, latest: true })")
    page.clock.run_for(2500)
    assert page.evaluate("bodies()") == ["on"]
    page.clock.run_for(1000)
    page.evaluate("reply('is off')")
    page.clock.run_for(20_000)

    assert page.evaluate("bodies()") == ["on", "off"]
    assert page.evaluate("settled") == [["off", "is off"], ["on", None]]


def test_newer_wish_behind_one_that_could_not_be_taken_rests_as_long(page):
    page.evaluate(LIVE)
    page.evaluate("send('on', { subject: 5, latest: true })")
    open_socket(page)
    page.evaluate("send('off', { subject: 5, latest: true })")
    page.evaluate("refuse('intake.busy', 3)")
    page.clock.run_for(2500)
    assert page.evaluate("bodies()") == ["on"]

    page.clock.run_for(1000)
    page.evaluate("refuse('intake.busy', 3)")
    page.clock.run_for(5000)
    assert page.evaluate("bodies()") == ["on", "off"]  # after its first rest: this is the second
    page.clock.run_for(1500)
    page.evaluate("reply('is off')")

    assert page.evaluate("bodies()") == ["on", "off", "off"]
    assert page.evaluate("settled") == [["off", "is off"], ["on", None]]


def test_newer_wish_takes_the_place_of_one_that_never_went_out(page):
    page.evaluate(LIVE)
    page.evaluate("send('on', { subject: 5, latest: true })")
    page.evaluate("send('off', { subject: 5, latest: true })")
    open_socket(page)
    page.evaluate("end(0, 1012)")
    page.evaluate("send('on again', { subject: 5, latest: true })")
    page.clock.run_for(1000)
    open_socket(page, 1)

    page.evaluate("reply('is on')")

    assert page.evaluate("sockets.map(({ said }) => said.filter(({ t }) => t === 'do').map(({ body }) => body))") == [
        ["off"],
        ["on again"],
    ]
    assert page.evaluate("settled") == [["on again", "is on"], ["off", None], ["on", None]]


def test_newer_wish_waits_for_one_that_is_being_posted(page):
    page.evaluate(LIVE)
    page.evaluate("""() => {
      window.posts = [];
      const ticket = { ticket: "fresh", feed: "/feed/" };
      window.fetch = async (address, { body } = {}) => {
        if (!body) return { ok: true, json: async () => ticket };
        const { id, body: said } = JSON.parse(body);
        const answer = await new Promise((done) => posts.push({ said, done }));
        return { status: 200, headers: new Headers({ "content-type": "application/json" }),
                 json: async () => ({ t: "reply", id, d: answer }) };
      };
    }""")
    page.evaluate("send('on', { subject: 5, latest: true })")
    page.wait_for_function("sockets.length === 1")
    page.evaluate("end(0, 4400)")
    page.wait_for_function("posts.length === 1")

    page.evaluate("send('off', { subject: 5, latest: true })")
    page.evaluate("posts[0].done('is on')")
    page.wait_for_function("posts.length === 2")

    assert page.evaluate("posts.map(({ said }) => said)") == ["on", "off"]
    assert page.evaluate("settled") == [["on", "is on"]]


def test_newer_wish_waits_for_one_under_way_and_is_refused_before_it(page):
    page.evaluate(LIVE)
    page.evaluate("send('on', { subject: 5, latest: true })")
    open_socket(page)
    page.evaluate("['off', 'on again'].forEach((body) => send(body, { subject: 5, latest: true }))")
    page.evaluate("send('of another', { subject: 6, latest: true })")
    page.evaluate("reply('is')")
    assert page.evaluate("bodies()") == ["on", "of another"]

    page.evaluate("hear(0, { t: 'error', id: done()[0].id, code: 'gone', message: '' })")
    page.evaluate("refuse('gone')")

    assert page.evaluate("bodies()") == ["on", "of another", "on again"]
    assert page.evaluate("settled") == [["of another", "is"], ["on again", "gone"], ["off", "gone"], ["on", "gone"]]


def test_what_is_said_in_one_place_keeps_its_order_over_a_rest(page):
    page.evaluate(LIVE)
    page.evaluate("['one', 'two'].forEach((body) => send(body, { subject: 7 }))")
    open_socket(page)
    page.evaluate("refuse('rate.limited', 20)")
    page.evaluate("send('three', { subject: 7 })")
    assert page.evaluate("bodies()") == ["one"]

    page.clock.run_for(20_000)
    for _ in range(3):
        page.evaluate("reply('said')")

    assert page.evaluate("bodies()") == ["one", "one", "two", "three"]
    assert page.evaluate("settled") == [[body, "said"] for body in ("one", "two", "three")]


def test_what_is_of_the_moment_ends_with_its_line(page):
    page.evaluate(LIVE)
    page.evaluate("send('now', { fleeting: true })")
    page.evaluate("send('whenever')")
    open_socket(page)
    assert page.evaluate("JSON.parse(Object.values(sessionStorage)[0]).map(({ body }) => body)") == ["whenever"]

    page.evaluate("end(0, 1012)")
    page.clock.run_for(1000)
    open_socket(page, 1)

    assert page.evaluate("bodies()") == ["whenever"]
    assert page.evaluate("settled") == [["now", "live.lost"]]


def test_what_is_of_the_moment_is_not_kept_while_there_is_no_line(page):
    page.evaluate(LIVE)
    open_socket_of(page)
    page.evaluate("end(0, 1006)")

    page.evaluate("for (let i = 0; i < 50; i += 1) send('clap', { fleeting: true })")
    page.evaluate("send('words')")
    page.clock.run_for(1000)
    open_socket(page, 1)

    assert page.evaluate("bodies()") == ["words"]
    assert page.evaluate("settled.map(([, code]) => code)") == ["live.lost"] * 50


def test_what_is_of_the_moment_takes_no_place_from_what_is_written(page):
    page.evaluate(LIVE)
    open_socket_of(page)

    page.evaluate("for (let i = 0; i < 50; i += 1) send('clap', { fleeting: true })")
    page.evaluate("send('words')")

    assert page.evaluate("bodies().length") == 21
    assert page.evaluate("settled.map(([, code]) => code)") == ["outbox.full"] * 30


def test_what_is_of_the_moment_is_not_posted_a_second_time(page):
    page.evaluate(LIVE)
    page.evaluate("""() => {
      window.posts = [];
      window.fetch = async (address, { body } = {}) => {
        if (!body) return { ok: true, json: async () => ({ ticket: "fresh", feed: "/feed/" }) };
        posts.push(JSON.parse(body).body);
        throw new TypeError("no network");
      };
    }""")
    page.evaluate("['words', 'clap'].forEach((body) => send(body, { fleeting: body === 'clap' }))")
    page.wait_for_function("sockets.length === 1")
    page.evaluate("end(0, 4400)")
    page.wait_for_function("posts.length === 1")
    page.wait_for_function("settled.length === 1")

    assert page.evaluate("settled") == [["clap", "live.lost"]]
    assert page.evaluate("live.waiting") == 1


def test_what_was_written_meanwhile_goes_once_though_somebody_speaks_as_the_line_opens(page):
    page.evaluate(LIVE)
    page.evaluate("live.addEventListener('state', () => live.state === 'open' && send('mine'))")
    page.evaluate("live.subscribe('room/7', { seq: 3 })")
    page.evaluate("send('written')")
    open_socket(page)

    assert page.evaluate("bodies()") == ["written", "mine"]
    assert page.evaluate("sockets[0].said[0].t") == "join"


def test_what_rests_goes_once_however_often_the_line_was_opened(page):
    page.evaluate(LIVE)
    page.evaluate("send('later')")
    open_socket(page)
    page.evaluate("refuse('intake.busy', 30)")
    for number in (1, 2):
        page.evaluate("number => end(number - 1, 1012)", number)
        page.clock.run_for(1000)
        open_socket(page, number)
    assert page.evaluate("bodies()") == []

    page.clock.run_for(30_000)

    assert page.evaluate("bodies()") == ["later"]


def test_what_waited_too_long_is_told_after_a_reload_too(page):
    page.evaluate(LIVE)
    page.evaluate("send('of yesterday')")
    page.evaluate("""() => {
      const [[key, kept]] = Object.entries(sessionStorage);
      sessionStorage[key] = kept.replace('"at":1', '"at":');
    }""")
    page.reload()
    page.wait_for_function("window.Line !== undefined")
    page.evaluate(LIVE)
    page.evaluate("send('of now')")
    open_socket(page)

    assert page.evaluate("bodies()") == ["of now"]
    assert page.evaluate("told") == [["of yesterday", "outbox.expired"]]
    assert page.evaluate("live.waiting") == 1
