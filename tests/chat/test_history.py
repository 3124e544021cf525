"""Pages of history, search, the recording's clock."""

from datetime import timedelta

import pytest

from apps.chat import registry, selectors
from apps.core import clock
from apps.core.errors import Refused
from tests.factories.chat import MessageFactory, RoomFactory


def numbers(page):
    return [message.seq for message in page.messages]


@pytest.fixture
def long_room(room):
    for number in range(1, 31):
        MessageFactory(room=room, seq=number, text=f"Gauge {number} of the Überschwemmung")
    return room


def test_pages_join_without_gap_or_repetition(long_room):
    newest = selectors.page_of(long_room, limit=10)
    before = selectors.page_of(long_room, before=newest.messages[0].seq, limit=10)
    after = selectors.page_of(long_room, after=before.messages[-1].seq, limit=10)

    assert numbers(before) + numbers(newest) == list(range(11, 31))
    assert numbers(after) == numbers(newest)
    assert (before.earlier, before.later, newest.later, after.later) == (True, True, False, False)


def test_page_around_a_message_holds_it_in_the_middle(long_room):
    page = selectors.page_of(long_room, around=15, limit=10)

    assert numbers(page) == list(range(10, 20))
    assert (page.earlier, page.later) == (True, True)


def test_page_never_holds_more_than_it_may(long_room):
    assert len(selectors.page_of(long_room, limit=10_000).messages) == 30
    assert len(selectors.page_of(long_room, limit=-5).messages) == 1


@pytest.mark.parametrize("words", ["gauge 7", "GAUGE 7 überschw", "7 & ! gauge"])
def test_search_finds_by_beginnings_of_words(long_room, words):
    assert numbers(selectors.search(long_room, words)) == [7]


@pytest.mark.parametrize("words", ["", "  ", "&!|", "zeppelin", "':*", "gauge & zeppelin"])
def test_search_for_nothing_finds_nothing(long_room, words):
    assert selectors.search(long_room, words).messages == []


def test_search_goes_on_further_up(long_room):
    first = selectors.search(long_room, "gauge")
    second = selectors.search(long_room, "gauge", before=first.messages[-1].seq)

    assert numbers(first) + numbers(second) == list(range(30, 0, -1))
    assert (first.earlier, second.earlier) == (True, False)


def test_search_keeps_to_its_room_and_to_what_is_shown(room, event):
    MessageFactory(room=RoomFactory(event=event), text="salamander elsewhere")
    MessageFactory(room=room, seq=None, text="salamander unseen")
    MessageFactory(room=room, seq=5, text="salamander removed", removed="moderator")

    assert selectors.search(room, "salamander").messages == []


def test_search_uses_its_index(long_room):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM chat_message "
            "WHERE to_tsvector('simple'::regconfig, COALESCE(text, '')) @@ to_tsquery('simple'::regconfig, 'gauge:*')"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "chat_message_words" in plan


def test_recording_shows_what_was_said_in_its_seconds(room):
    start = clock.now() - timedelta(hours=2)
    for second in (-5, 0, 59, 60, 61):
        MessageFactory(room=room, created_at=start + timedelta(seconds=second), text=str(second))

    page = selectors.between(room, start, begin=0, end=60)

    assert [message.text for message in page.messages] == ["0", "59"]


def test_recording_loses_nothing_of_a_moment_in_which_many_spoke(room):
    start = clock.now() - timedelta(hours=2)
    for number in range(7):
        MessageFactory(room=room, created_at=start + timedelta(seconds=5), text=str(number))
    read, past, later = [], None, True

    while later:
        page = selectors.between(room, start, begin=0, end=60, past=past, limit=3)
        read += [message.text for message in page.messages]
        past, later = page.messages[-1].id, page.later

    assert read == list("0123456")
    assert selectors.goes_on(room, start, end=5)
    assert not selectors.goes_on(room, start, end=6)


def test_place_without_a_recording_has_no_clock(room):
    with pytest.raises(Refused, match=r"chat\.no_recording"):
        selectors.recorded_from(room)


def test_owner_says_when_the_recording_began(event):
    start = clock.now()
    registry.owner_kind("reel", recorded_from=lambda room: start)
    try:
        assert selectors.recorded_from(RoomFactory(event=event, owner="reel/1")) == start
    finally:
        registry.forget("reel")
