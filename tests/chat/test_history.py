"""Pages of history, search, the recording's clock."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.chat import registry, selectors
from apps.chat.selectors import history
from apps.core import clock
from apps.core.errors import Refused
from apps.live.seq import next_seqs
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("नदी हिन्दी में", "हिन्दी"),
        ("நதி தமிழ்", "தமிழ்"),
        ("日本語の天気は良い", "天気"),
        ("ระดับน้ำสูงมาก", "น้ำ"),
        ("The 天気 at the weir", "weir 天気"),
    ],
)
def test_search_finds_words_of_other_scripts(room, text, words):
    for said in (text, "नई हवा देखी", "The weir 日本語"):
        MessageFactory(room=room, text=said, seq=next_seqs(room.event_id, f"chat/{room.pk}", count=1)[0])

    assert numbers(selectors.search(room, words)) == [1]
    assert selectors.search(room, words, before=1).messages == []


def test_search_without_an_index_looks_through_the_newest_alone(room, monkeypatch):
    monkeypatch.setattr(history, "MOST_LOOKED_THROUGH", 2)
    for _ in range(4):
        MessageFactory(room=room, text="日本語の天気", seq=next_seqs(room.event_id, f"chat/{room.pk}", count=1)[0])

    assert numbers(selectors.search(room, "天気")) == [4, 3]


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


def test_own_words_that_are_not_in_the_log_come_with_their_stretch_of_history(room, attendee, speaker):
    start = clock.now() - timedelta(days=2)
    for place in range(12):  # every other one is the attendee's own, which nobody else sees
        who, seq = (attendee, None) if place % 2 else (speaker, place // 2 + 1)
        MessageFactory(room=room, author=who, seq=seq, text=f"{place}", created_at=start + timedelta(seconds=place))
    MessageFactory(room=room, author=speaker, seq=None, text="Of somebody else", created_at=start)
    MessageFactory(room=room, author=attendee, seq=None, removed="author", text="Gone", created_at=start)

    def own(**asked):
        page = selectors.page_of(room, limit=2, **asked)
        found = selectors.own_beside(room, attendee.pk, page.messages, earlier=page.earlier, later=page.later)
        return [message.text for message in page.messages], [message.text for message in found]

    assert own() == (["8", "10"], ["9", "11"])
    assert own(before=5) == (["4", "6"], ["5", "7"])
    assert own(before=3) == (["0", "2"], ["1", "3"])
    assert own(after=4) == (["8", "10"], ["9", "11"])
    assert own(before=1) == ([], [])
    assert selectors.own_beside(room, None, [], earlier=False, later=False) == []


def test_api_tells_own_words_with_a_page_of_history(room, attendee, speaker, enter):
    MessageFactory(room=room, author=attendee, seq=None, text="Unseen")
    MessageFactory(room=room, author=speaker, seq=1)
    base = reverse("api:chat-room", args=[room.event.slug, room.pk])

    for door in (base, f"{base}messages/"):
        assert [one["text"] for one in enter(attendee).get(door).json()["own"]] == ["Unseen"]
        assert enter(speaker).get(door).json()["own"] == []
