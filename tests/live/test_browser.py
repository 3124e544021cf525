"""The page's script in a real browser, with the server killed and restarted under it."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from apps.live import counters, outbox, publish, tickets
from tests.live import feature
from tests.live.conftest import free_port, until

STATIC = Path(__file__).resolve().parents[2] / "static"
PAGE = """<!doctype html><html lang="en"><head>
<script type="importmap">{"imports": IMPORTS}</script>
<meta name="plenary-live" data-socket="/ws/test/" data-ticket-url="/ticket" data-feed="/nowhere/" data-person="7">
</head><body>
<connection-bar class="thin" role="status" hidden data-offline="Offline." data-waiting="Reconnecting."
  data-feed="A little late." data-busy="It is crowded."
  data-kept='{"one": "%(count)s kept.", "other": "%(count)s kept."}'>
  <span></span></connection-bar>
<ol></ol><output></output><p></p><pre></pre>
<script type="module">
  import { live } from "plenary/live/socket.js";
  import "plenary/live/connection-bar.js";
  const [list, votes, answer, own] = document.querySelectorAll("ol, output, p, pre");
  Object.assign(window, { live, states: [live.state], resets: 0 });
  live.addEventListener("state", () => states.push(live.state));
  live.addEventListener("answer", (event) => { answer.textContent = JSON.stringify(event.detail); });
  live.subscribe("room/ROOM", {
    seq: 0,
    onmessage({ text }, { seq }) {
      list.append(Object.assign(document.createElement("li"), { textContent: `${seq} ${text}` }));
    },
    onreset() { resets += 1; },
  });
  live.subscribe("tally/ROOM", { onmessage(value) { votes.textContent = value.votes; } });
  live.subscribe("person/7", { seq: 0, onmessage({ text }) { own.textContent = text; } });
  window.say = (text) => live.send("room.say", { room: ROOM, text });
</script></body></html>"""
# The balancer sends a new socket to another process; here the page does.
ELSEWHERE = """
  window.target = location.port;
  const Real = WebSocket;
  window.WebSocket = class extends Real {
    constructor(url, protocols) { const to = new URL(url); to.port = window.target; super(to, protocols); }
  };
"""


class Tab:
    """A page of the test feature on the server's address; only socket and feed reach the server itself."""

    def __init__(self, context, port, event_id):
        self.port, self.event_id, self.room = port, event_id, event_id * 1000
        self.page = context.new_page()
        self.page.route("**/page", self.html)
        self.page.route("**/ticket", self.ticket)
        self.page.route("**/static/**", self.script)
        self.tickets = 0
        self.user_id = 7

    def open(self):
        self.page.goto(f"http://127.0.0.1:{self.port}/page")

    def html(self, route):
        names = [str(path.relative_to(STATIC)) for folder in ("live", "ui") for path in (STATIC / folder).glob("*.js")]
        imports = json.dumps({f"plenary/{name}": f"/static/{name}" for name in names})
        route.fulfill(body=PAGE.replace("IMPORTS", imports).replace("ROOM", str(self.room)), content_type="text/html")

    def ticket(self, route):
        self.tickets += 1
        who = {"event_id": self.event_id, "roles": ["attendee"], "epoch": 1}
        feed = f"/e/test/feed/{tickets.issue_audience(**who)}/"
        route.fulfill(json={"ticket": tickets.issue(user_id=self.user_id, name="Ada", **who), "feed": feed})

    def script(self, route):
        path = STATIC / re.sub(r"^.*/static/", "", route.request.url)
        route.fulfill(body=path.read_text(), content_type="text/javascript")

    def say(self, text):
        """Sends without waiting for the answer, as a page does that is reloaded meanwhile."""
        self.page.evaluate(
            "text => void live.send('room.say', { room: ROOM, text })".replace("ROOM", str(self.room)), text
        )

    def expect_messages(self, *texts):
        expect(self.page.locator("li")).to_have_text([f"{number} {text}" for number, text in enumerate(texts, start=1)])

    def expect_state(self, state):
        self.page.wait_for_function("state => live.state === state", arg=state)


@pytest.fixture
def tab(driven_browser, event_id):
    # A page that the test answers for counts as one of the public network, which may not look into the local one.
    context = driven_browser.new_context(permissions=["local-network-access"])
    context.set_default_timeout(30_000)
    yield Tab(context, free_port(), event_id)
    context.close()


def stored(event_id):
    rows = feature.query("SELECT payload FROM live_test_message WHERE event_id = %s ORDER BY seq", event_id)
    return [json.loads(payload)["text"] for (payload,) in rows]


def test_page_hears_and_speaks_over_one_socket(tab, server):
    tab.port = server.port
    sockets = []
    tab.page.on("websocket", lambda socket: sockets.append(socket.url))

    tab.open()
    tab.expect_state("open")
    reply = tab.page.evaluate("say('Hello')")
    refusal = tab.page.evaluate("say('x'.repeat(99)).catch(({ code, field }) => [code, field])")
    feature.vote(tab.event_id, tab.room, 3)

    assert reply["seq"] == 1
    assert refusal == ["command.too_long", "text"]
    tab.expect_messages("Hello")
    expect(tab.page.locator("output")).to_have_text("3")
    assert sockets == [f"ws://127.0.0.1:{tab.port}/ws/test/"]
    assert tab.page.evaluate("live.waiting") == 0


def test_nothing_is_lost_or_doubled_when_the_server_dies_and_comes_back(serve, tab):
    first = serve(port=tab.port)
    tab.open()
    tab.expect_state("open")
    feature.say(tab.event_id, tab.room, "before")
    tab.expect_messages("before")

    first.process.kill()
    first.process.wait()
    tab.page.wait_for_function("live.state !== 'open'")
    feature.say(tab.event_id, tab.room, "meanwhile")
    feature.vote(tab.event_id, tab.room, 4)
    expect(tab.page.locator("connection-bar")).to_be_visible()
    serve(port=tab.port)

    tab.expect_state("open")
    feature.say(tab.event_id, tab.room, "after")
    tab.expect_messages("before", "meanwhile", "after")
    expect(tab.page.locator("output")).to_have_text("4")
    expect(tab.page.locator("connection-bar")).to_be_hidden()
    assert tab.page.evaluate("window.resets") == 0


def test_what_is_too_much_for_now_is_sent_again_and_done_once(serve, tab):
    """Five may cheer here at once, and one more each second."""
    serve(port=tab.port)
    tab.open()
    tab.expect_state("open")

    answers = tab.page.evaluate(
        """mood => Promise.all(Array.from({ length: 7 }, () => live.send("mood.cheer", { mood })))""", tab.room
    )
    assert len(answers) == 7
    assert counters.read(tab.event_id, f"mood/{tab.room}") == {"cheers": 7}
    refused = tab.page.evaluate(
        """mood => Promise.all(Array.from({ length: 7 }, () => live.send("mood.cheer", { mood }, { fleeting: true })))
            .catch(({ code, id }) => [code, id.length])""",
        tab.room,
    )

    assert refused == ["rate.place", 32]


def test_what_was_sent_while_away_survives_a_reload_and_is_done_once(serve, tab):
    server = serve(port=tab.port)
    tab.open()
    tab.expect_state("open")
    server.process.kill()
    server.process.wait()
    tab.page.wait_for_function("live.state !== 'open'")

    tab.say("kept")
    assert tab.page.evaluate("live.waiting") == 1
    tab.page.reload()
    assert tab.page.evaluate("live.waiting") == 1
    serve(port=tab.port)

    tab.expect_messages("kept")
    expect(tab.page.locator("p")).to_contain_text('"name":"room.say"')
    tab.page.wait_for_function("live.waiting === 0")
    tab.page.reload()
    tab.expect_messages("kept")
    assert stored(tab.event_id) == ["kept"]


def test_what_was_too_much_is_kept_and_goes_again_by_itself(serve, tab):
    serve(port=tab.port)
    tab.open()
    tab.expect_state("open")

    tab.say("crowded")
    expect(tab.page.locator("connection-bar")).to_have_text("It is crowded. 1 kept.")
    assert stored(tab.event_id) == []

    tab.expect_messages("crowded")
    tab.page.wait_for_function("live.waiting === 0")
    expect(tab.page.locator("connection-bar")).to_be_hidden()
    assert stored(tab.event_id) == ["crowded"]


class Gate:
    """Stands where a network lets no WebSocket through, until it is opened."""

    def __init__(self, page):
        self.is_open = False
        page.route_web_socket("**/ws/**", self.pass_on)

    def pass_on(self, socket):
        if self.is_open:
            socket.connect_to_server()
        else:
            socket.close(code=1011)


def test_page_without_a_socket_reads_the_feed(tab, server):
    tab.port = server.port
    Gate(tab.page)
    feature.say(tab.event_id, tab.room, "early")

    tab.open()
    tab.expect_state("feed")
    tab.expect_messages("early")
    for number in range(60):
        feature.say_unheard(tab.event_id, tab.room, f"{number}")
    feature.vote(tab.event_id, tab.room, 5)
    feature.say_in(tab.event_id, "person/7", "for you alone")

    tab.expect_messages("early", *(str(number) for number in range(60)))
    expect(tab.page.locator("output")).to_have_text("5")
    expect(tab.page.locator("pre")).to_have_text("for you alone")
    expect(tab.page.locator("connection-bar")).to_have_text("A little late.")


def test_page_from_a_crowded_address_reads_the_feed_and_does_not_knock_again_at_once(serve, tab):
    serve(port=tab.port, most_strangers_per_address=0)
    tab.user_id = None
    opened = []

    def note(socket):
        opened.append(socket.url)

    tab.page.on("websocket", note)
    tab.open()
    tab.expect_state("feed")
    tab.page.evaluate("dispatchEvent(new Event('online'))")
    feature.say(tab.event_id, tab.room, "by the feed")
    tab.expect_messages("by the feed")

    assert len(opened) == 1


def test_page_without_a_socket_speaks_by_posting(tab, server):
    tab.port = server.port
    Gate(tab.page)
    tab.open()
    tab.expect_state("feed")

    reply = tab.page.evaluate("say('Hello')")
    refusal = tab.page.evaluate("say('x'.repeat(99)).catch(({ code, field }) => [code, field])")

    assert (reply["seq"], refusal) == (1, ["command.too_long", "text"])
    tab.expect_messages("Hello")
    assert tab.page.evaluate("live.waiting") == 0


def test_what_was_posted_is_done_once_whatever_comes_between(serve, tab):
    """The server dies, the page is reloaded, the socket comes back: three ways to send twice."""
    server = serve(port=tab.port)
    gate = Gate(tab.page)
    tab.open()
    tab.expect_state("feed")
    server.process.kill()
    server.process.wait()

    tab.say("first")
    tab.say("second")
    tab.page.reload()
    assert tab.page.evaluate("live.waiting") == 2
    serve(port=tab.port)
    tab.page.wait_for_function("live.waiting === 0")
    gate.is_open = True
    tab.expect_state("open")
    tab.page.evaluate("say('third')")

    tab.expect_messages("first", "second", "third")
    assert stored(tab.event_id) == ["first", "second", "third"]


def test_command_that_was_done_before_the_server_died_is_answered_and_not_repeated(serve, tab):
    """It dies between the commit and the answer, so that only the row itself knows."""
    server = serve(port=tab.port)
    tab.open()
    tab.expect_state("open")

    tab.page.evaluate("() => { say('die').then((reply) => { window.reply = reply; }); }")
    until(lambda: tab.page.evaluate("1") and server.process.poll() is not None)
    serve(port=tab.port)

    tab.page.wait_for_function("window.reply")
    assert tab.page.evaluate("window.reply.again") is True
    tab.expect_messages("die")
    assert stored(tab.event_id) == ["die"]


def test_page_moves_to_another_process_before_the_old_one_ends(serve, tab):
    """Behind a balancer the next process answers at the same address; here the test puts it there."""
    old = serve(drain_seconds=0.1, move_seconds=30)
    new = serve(trusts=old.http)
    tab.port = old.port
    tab.page.add_init_script(ELSEWHERE)
    tab.open()
    tab.expect_state("open")
    tab.page.evaluate("port => { window.target = port; }", new.port)
    old.process.terminate()

    # The browser is only served while the test asks it something.
    until(lambda: tab.page.evaluate("1") and old.process.poll() is not None)
    feature.say(tab.event_id, tab.room, "after the move")

    tab.expect_messages("after the move")
    assert tab.page.evaluate("window.states") == ["connecting", "open"]


def test_commands_beyond_the_rate_are_said_again_and_done_once(tab, server):
    """Frames have a rate of their own, and the refusal of one does not say which it was."""
    tab.port = server.port
    tab.open()
    tab.expect_state("open")

    texts = [str(number) for number in range(45)]
    for _ in range(2):
        tab.page.evaluate("texts => Promise.all(texts.map(say))", texts)

    assert sorted(stored(tab.event_id)) == sorted(texts * 2)


def test_revoked_page_fetches_another_ticket_by_itself(tab, server):
    tab.port = server.port
    tab.open()
    tab.expect_state("open")
    assert tab.tickets == 1

    publish.revoke(tab.event_id, 7)
    assert outbox.flush()

    tab.page.wait_for_function("live.state !== 'open'")
    until(lambda: tab.page.evaluate("1") and tab.tickets >= 2)


def test_page_in_the_back_forward_cache_holds_no_socket(tab, server):
    tab.port = server.port
    tab.open()
    tab.expect_state("open")

    tab.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    tab.page.wait_for_function("live.state === 'waiting'")
    feature.say(tab.event_id, tab.room, "while away")
    tab.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

    tab.expect_state("open")
    tab.expect_messages("while away")


def test_offline_is_told_at_once(tab, server):
    tab.port = server.port
    tab.open()
    tab.expect_state("open")

    tab.page.context.set_offline(True)
    tab.expect_state("offline")
    tab.say("one")
    expect(tab.page.locator("connection-bar")).to_have_text("Offline. 1 kept.")
    tab.page.context.set_offline(False)

    tab.expect_state("open")
    tab.expect_messages("one")
