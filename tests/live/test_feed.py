"""The second door: small pages over HTTP, fit for a CDN."""

import asyncio
import json
from http.client import HTTPConnection
from types import SimpleNamespace

import pytest

from apps.live import dirty, feed, publish, revocation, tickets
from apps.live.registry import Rate, resolve
from tests.live import feature
from tests.live.conftest import open_client, ticket, until_async


def get(server, path, method="GET", **headers):
    http = HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        http.request(method, path, headers=headers)
        response = http.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        http.close()


def address(event_id, topic, page, roles=("attendee",), epoch=1):
    token = tickets.issue_audience(event_id=event_id, roles=roles, epoch=epoch)
    return f"/e/test/feed/{token}/{topic}/{page}"


def test_equal_audiences_read_equal_addresses(event_id):
    assert address(event_id, "a", "head", ("a", "b")) == address(event_id, "a", "head", {"b", "a"})


def test_state_topic_shows_the_newest_value_for_a_second(server, event_id):
    feature.vote(event_id, event_id * 1000, 3)

    status, headers, body = get(server, address(event_id, f"tally/{event_id * 1000}", "state"))

    assert status == 200
    assert json.loads(body)["d"] == {"votes": 3}
    assert headers["cache-control"] == "public, max-age=1, stale-while-revalidate=2"


def test_what_has_not_changed_is_answered_with_304(server, event_id):
    path = address(event_id, f"tally/{event_id * 1000}", "state")
    _, headers, _ = get(server, path)

    status, again, body = get(server, path, **{"If-None-Match": headers["etag"]})

    assert (status, body) == (304, b"")
    assert again["etag"] == headers["etag"]


def test_log_is_cut_into_pages_of_which_full_ones_are_kept_for_ten_minutes(server, event_id):
    room = event_id * 1000
    for number in range(60):
        feature.say_unheard(event_id, room, f"{number}")

    _, full_headers, full = get(server, address(event_id, f"room/{room}", "0.0"))
    _, head_headers, head = get(server, address(event_id, f"room/{room}", "head"))

    assert full_headers["cache-control"] == "public, max-age=600, immutable"
    assert [seq for seq, _ in json.loads(full)["items"]] == list(range(1, 51))
    assert "immutable" not in head_headers["cache-control"]
    head = json.loads(head)
    assert (head["head"], head["revision"], head["page"]) == (60, 0, 1)
    assert [seq for seq, _ in head["items"]] == list(range(51, 61))


def test_what_was_taken_back_changes_the_addresses_of_full_pages(server, event_id):
    room = event_id * 1000
    for number in range(55):
        feature.say_unheard(event_id, room, f"{number}")
    feature.say_unheard(event_id, room, "I take it back")

    revision = json.loads(get(server, address(event_id, f"room/{room}", "head"))[2])["revision"]
    status, headers, body = get(server, address(event_id, f"room/{room}", "0.0"))

    assert revision == 56
    assert (status, headers["cache-control"], json.loads(body)) == (409, "no-store", {"code": "page.changed"})
    assert get(server, address(event_id, f"room/{room}", f"0.{revision}"))[0] == 200


def test_full_page_without_a_revision_is_read_and_not_kept(server, event_id):
    room = event_id * 1000
    for number in range(60):
        feature.say_unheard(event_id, room, f"{number}")

    status, headers, _ = get(server, address(event_id, f"room/{room}", 0))

    assert (status, headers["cache-control"]) == (200, "public, max-age=1, stale-while-revalidate=2")


def test_page_that_is_not_full_is_not_kept(server, event_id):
    room = event_id * 1000
    feature.say_unheard(event_id, room, "one")

    _, headers, _ = get(server, address(event_id, f"room/{room}", "0.0"))

    assert "immutable" not in headers["cache-control"]


@pytest.mark.parametrize(
    ("topic", "page", "status"),
    [
        ("person/7", "head", 404),  # one person's: never in the feed
        ("room/{other}", "head", 404),  # another event's
        ("desk/{own}", "state", 403),  # for moderators
        ("nothing", "head", 404),
        ("room/{own}", "state", 404),
        ("tally/{own}", "head", 404),
        ("room/{own}", "7", 404),  # not written yet
    ],
)
def test_what_an_audience_may_not_read_is_refused(server, event_id, topic, page, status):
    topic = topic.format(own=event_id * 1000, other=(event_id + 50_000) * 1000)

    answered, headers, _ = get(server, address(event_id, topic, page))

    assert answered == status
    assert headers["cache-control"] == "no-store"


def test_forged_token_is_refused(server, event_id):
    path = address(event_id, f"tally/{event_id * 1000}", "state")

    assert get(server, path.replace("/feed/", "/feed/x"))[0] == 410


def test_address_goes_stale_when_somebody_is_revoked(server, event_id):
    path = address(event_id, f"tally/{event_id * 1000}", "state")
    publish.revoke(event_id, 7)
    assert publish.outbox.flush()

    assert get(server, path)[0] == 410
    assert get(server, address(event_id, f"tally/{event_id * 1000}", "state", epoch=1000))[0] == 200


def test_old_address_stays_closed_when_redis_has_forgotten_who_was_revoked(server, event_id, redis):
    """The database still knows: in this test, that every event is of epoch 1."""
    path = address(event_id, f"tally/{event_id * 1000}", "state", epoch=0)
    redis.delete(revocation.epoch_key(event_id))

    assert get(server, path)[0] == 410


def mine(server, event_id, topic, page, user_id=7, roles=("attendee",), **words):
    permit = {"Authorization": f"Ticket {ticket(event_id, user_id, roles)}"} | words
    return get(server, f"/e/test/feed/mine/{topic}/{page}", **permit)


def test_topic_of_one_person_is_read_with_their_ticket_and_never_cached(server, event_id):
    status, headers, body = mine(server, event_id, "person/7", "head")

    assert (status, json.loads(body)["items"]) == (200, [])
    assert headers["cache-control"] == "no-store"
    assert mine(server, event_id, f"tally/{event_id * 1000}", "state")[1]["cache-control"] == "no-store"


def test_topic_of_one_person_is_refused_to_another(server, event_id):
    assert mine(server, event_id, "person/8", "head")[0] == 404
    assert mine(server, event_id, f"desk/{event_id * 1000}", "state")[0] == 403
    assert mine(server, event_id, "person/7", "head", Authorization="Ticket forged")[0] == 401
    assert mine(server, event_id, "person/7", "head", Authorization="")[0] == 401
    assert mine(server, event_id, "person/7", "head", user_id=None)[0] == 403


def test_revoked_person_reads_nothing_of_theirs(server, event_id):
    publish.revoke(event_id, 7)
    assert publish.outbox.flush()

    assert mine(server, event_id, "person/7", "head")[0] == 401


def test_who_reads_too_often_is_slowed(server, event_id):
    statuses = [mine(server, event_id, "person/7", "head")[0] for _ in range(60)]

    assert statuses[:40] == [200] * 40
    assert 429 in statuses


def test_feed_is_read_less_often_while_the_process_cannot_keep_up(serve, event_id):
    server = serve(shed_lag_seconds=0.15, shed_after_seconds=0.1)

    async def scene():
        async with open_client(server, event_id, roles=("moderator",)) as client:
            await client.do("room.freeze", {"seconds": 4.0})
            await until_async(lambda: b'"level": 4' in get(server, "/readyz")[2])

    asyncio.run(scene())
    _, headers, _ = get(server, address(event_id, f"tally/{event_id * 1000}", "state"))

    assert headers["cache-control"] == "public, max-age=5, stale-while-revalidate=10"
    assert headers["plenary-poll"] == "15"
    assert mine(server, event_id, "person/7", "head")[1]["plenary-poll"] == "15"
    assert get(server, address(event_id, "nothing", "state"))[1]["plenary-poll"] == "15"


def test_feed_is_for_reading(server, event_id):
    assert get(server, address(event_id, f"tally/{event_id * 1000}", "state"), method="POST")[0] == 405


def test_head_has_no_body(server, event_id):
    status, headers, body = get(server, address(event_id, f"tally/{event_id * 1000}", "state"), method="HEAD")

    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 10


def test_health(server):
    assert get(server, "/healthz")[0] == 200
    assert get(server, "/readyz")[0] == 200
    assert get(server, "/elsewhere")[0] == 404


def test_front_serves_pages_beside_the_sockets(serve, event_id):
    front = serve("front")

    assert get(front, "/healthz")[2] == b"ok"
    assert get(front, address(event_id, f"tally/{event_id * 1000}", "state"))[0] == 200


@pytest.fixture
def answered(monkeypatch):
    """Asks a feed of its own, for which reading is `read`: `await answered(feed, path)` is status and headers."""
    hub = SimpleNamespace(feed_turns=None)

    async def running():
        hub.feed_turns = hub.feed_turns or asyncio.Semaphore(2)
        return hub

    async def no_epoch(event_id):
        return 0

    monkeypatch.setattr(feed.current, "hub", running)
    monkeypatch.setattr(feed, "newest_epoch", no_epoch)

    async def ask(own, path, client="192.0.2.7"):
        said = []

        async def send(message):
            said.append(message)

        scope = {"path": path, "method": "GET", "headers": [], "client": (client, 4000)}
        await own(scope, None, send)
        return said[0]["status"], dict(said[0]["headers"])

    return ask


def test_address_that_asks_for_ever_other_pages_is_slowed_and_others_are_not(answered, monkeypatch):
    monkeypatch.setattr(feed, "MISS_RATE", Rate(per_second=0.1, burst=500))

    async def reading(who, topic, name, last):
        return feed.Page(b"{}", b'"e"')

    monkeypatch.setattr(feed, "read", reading)

    async def scene():
        own = feed.Feed()
        many = [await answered(own, address(3, f"tally/{one}", "state")) for one in range(510)]
        again = await answered(own, address(3, "tally/0", "state"))
        other = await answered(own, address(3, "tally/9999", "state"), client="198.51.100.3")
        return many, again, other

    many, again, other = asyncio.run(scene())

    statuses = [status for status, _headers in many]
    assert statuses[:500] == [200] * 500
    assert statuses[-1] == 429
    assert many[-1][1][b"retry-after"] == b"5"
    assert again[0] == 200  # from memory: it costs nothing
    assert other[0] == 200


def test_feed_reads_a_few_pages_at_once_and_sends_away_whom_it_cannot_serve(answered, monkeypatch):
    monkeypatch.setattr(feed, "MOST_WAITING", 10)
    at_work, most = [], []

    async def reading(who, topic, name, last):
        at_work.append(topic)
        most.append(len(at_work))
        await asyncio.sleep(0)
        at_work.remove(topic)
        return feed.Page(b"{}", b'"e"')

    monkeypatch.setattr(feed, "read", reading)

    async def scene():
        own = feed.Feed()
        asked = [answered(own, address(3, f"tally/{number}", "state")) for number in range(20)]
        return [status for status, _headers in await asyncio.gather(*asked)]

    statuses = asyncio.run(scene())

    assert max(most) == 2
    assert (statuses.count(200), statuses.count(503)) == (10, 10)


def test_person_s_bucket_is_not_forgotten_because_others_come():
    async def scene():
        own = feed.Feed()
        while own._take((3, 7), feed.MINE_RATE):
            pass
        for number in range(3000):
            own._take((3, 100 + number), feed.MINE_RATE)
        return own._take((3, 7), feed.MINE_RATE)

    assert asyncio.run(scene()) is False


def test_value_is_known_again_by_what_another_process_gave_of_it(event_id, redis):
    name = f"tally/{event_id * 1000}"
    match = resolve(name)
    redis.set(dirty.newest_key(event_id, name), 5)
    one, other = (feed.read_state(event_id, match, match.topic, None) for _process in range(2))

    assert one.etag == other.etag
    assert json.loads(one.body)["version"] < json.loads(other.body)["version"]


def test_refused_reading_does_not_make_a_value_another(monkeypatch, answered):
    good, lasts = feed.Page(b"{}", b'"e"'), []
    pages = [good, feed.refused(503, b"unavailable"), good]

    async def look(own, token, topic, name, last):
        lasts.append(last)
        return pages[len(lasts) - 1]

    monkeypatch.setattr(feed.Feed, "_look", look)
    monkeypatch.setattr(feed, "FRESH_SECONDS", 0.0)

    async def scene():
        own = feed.Feed()
        return [(await answered(own, address(3, "tally/1", "state")))[0] for _time in range(3)]

    assert asyncio.run(scene()) == [200, 503, 200]
    assert lasts == [None, good, good]


def test_value_that_changed_and_changed_back_has_a_version_of_its_own(event_id, redis):
    """A page that was given what was in between would keep it."""
    name = f"tally/{event_id * 1000}"
    match = resolve(name)
    first = feed.read_state(event_id, match, match.topic, None)
    assert feed.read_state(event_id, match, match.topic, first) is first

    redis.set(dirty.newest_key(event_id, name), first.version + 1)
    again = feed.read_state(event_id, match, match.topic, first)

    assert json.loads(again.body)["version"] > json.loads(first.body)["version"]
    assert again.etag != first.etag
