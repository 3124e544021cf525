"""A recording that plays as live: at every moment, what a server with this clock would have on stage, and no more."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from apps.core import clock
from apps.media import registry, selectors
from apps.media.selectors import hls, simulive, timetables
from apps.tracks.models import Stage
from tests.factories.events import RegistrationFactory
from tests.factories.media import TranscriptFactory
from tests.factories.tracks import SessionFactory
from tests.hls import validator

HOUR = datetime(2026, 5, 6, 10, tzinfo=UTC)
LENGTHS = st.lists(st.integers(200, 4500), min_size=1, max_size=40)
PLANS = st.builds(
    selectors.Plan,
    st.just(HOUR),
    st.booleans(),
    st.none() | st.integers(0, 900).map(lambda seconds: HOUR + timedelta(seconds=seconds)),
    st.none() | st.integers(60, 200).map(lambda seconds: timedelta(seconds=seconds)),
)
MOMENTS = st.lists(st.integers(0, 1_000_000).map(lambda ms: HOUR + timedelta(milliseconds=ms)), min_size=2, max_size=6)


def timetable(lengths, plan, more=0.0):
    segments = [hls.Segment(f"{number}.m4s", ms / 1000, "init.mp4") for number, ms in enumerate(lengths)]
    return timetables.Timetable(segments, plan, sum(lengths) / 1000 + more)


def text(table, due):
    """As `simulive_playlist` writes it, without signatures."""
    found = hls.MediaList(
        table.listed(due), 5, "EVENT" if table.only_grows else "", due.is_over, due.first, table.cuts_before(due.first)
    )
    return hls.write_media(found, lambda name: name)


@given(LENGTHS, PLANS, MOMENTS, st.sampled_from([0.0, 0.021]))
def test_any_two_moments_give_playlists_of_one_stream(lengths, plan, moments, more):
    table = timetable(lengths, plan, more)
    dues = [table.due(moment) for moment in sorted(moments)]
    texts = [text(table, due) for due in dues if due.end]

    for before, after in pairwise(texts):
        # A list of less than three targets is one that has hardly begun, or a window of very short segments.
        assert {fault.rule for fault in validator.check_reload(before, after)} <= {"list-too-short"}


@given(LENGTHS, PLANS, st.integers(-5000, 1_000_000).map(lambda ms: HOUR + timedelta(milliseconds=ms)))
def test_nothing_is_ahead_of_now(lengths, plan, now):
    table = timetable(lengths, plan)
    due = table.due(now)
    elapsed = (now - HOUR).total_seconds()

    assert 0 <= due.first <= due.end
    if due.end:
        assert table.begins(due.end - 1) + lengths[(due.end - 1) % len(lengths)] / 1000 <= elapsed + 1e-5
    if not due.is_over:
        next_end = table.begins(due.end) + lengths[due.end % len(lengths)] / 1000
        assert next_end > elapsed
        assert due.next_in == pytest.approx(next_end - elapsed)


@given(LENGTHS, st.integers(1, 900))
def test_loop_ends_with_what_begins_before_its_end(lengths, seconds):
    table = timetable(lengths, selectors.Plan(HOUR, True, HOUR + timedelta(seconds=seconds)))
    due = table.due(HOUR + timedelta(days=1))

    assert due.is_over
    assert table.begins(due.end - 1) < seconds <= table.begins(due.end) + 1e-5


def test_sound_that_outlasts_the_picture_is_cut_by_the_next_round():
    plan = selectors.Plan(HOUR, loops=True)
    sound = timetables.Timetable([hls.Segment("0.m4s", 4.0), hls.Segment("1.m4s", 5.5)], plan, 8.0)
    dues = [sound.due(HOUR + timedelta(seconds=seconds)) for seconds in (4, 7.5, 8, 12, 16)]

    assert [(due.end, due.next_in) for due in dues] == [(1, 4.0), (1, 0.5), (2, 4.0), (3, 4.0), (4, 4.0)]
    assert [one.date for one in sound.listed(dues[-1])][::2] == [HOUR, HOUR + timedelta(seconds=8)]


def test_dates_are_those_of_the_stage():
    table = timetable([4000, 4000], selectors.Plan(HOUR, loops=True, window=timedelta(minutes=1)))

    listed = table.listed(table.due(HOUR + timedelta(seconds=100)))

    assert [one.is_cut for one in listed[:3]] == [True, False, True]
    assert [one.date for one in listed[:2]] == [HOUR + timedelta(seconds=40), None]


def test_plan_comes_back_from_its_address():
    plan = selectors.Plan(HOUR, True, HOUR + timedelta(hours=1), timedelta(minutes=10))
    signed = simulive.sign_plan("film", plan)

    assert simulive.read_plan("film", signed) == plan
    assert simulive.sign_plan("film", plan) == signed


@pytest.mark.parametrize("forge", [lambda signed: ("other", signed), lambda signed: ("film", f"x{signed}")])
def test_no_reader_moves_the_hour(forge):
    key, signed = forge(simulive.sign_plan("film", selectors.Plan(HOUR)))

    with pytest.raises(signing.BadSignature):
        simulive.read_plan(key, signed)


# With a real film ---------------------------------------------------------------------------------------------------
@pytest.fixture
def film(disk, event, small_film, playable):
    asset = playable(small_film)
    session = SessionFactory(
        event=event, video=asset, starts_at=HOUR - timedelta(hours=1), ends_at=HOUR + timedelta(hours=2)
    )
    Stage.objects.create(session=session, mode="hand", state="live", opened_at=HOUR, plays_from=HOUR)
    return asset


def address(master, name):
    """Of a rendition or of words, as a master that was handed out has it."""
    return re.search(rf"/streams/\S+/{name}\.m3u8", master.content.decode())[0]


@pytest.fixture
def on_air(film, enter, attendee):
    """What the attendee's player is told of a rendition, so many seconds after the hour."""
    client, url = enter(attendee), selectors.simulive_url(film, HOUR)

    def answer(seconds, name=film.encoding.rungs[0]["name"], piece=None):
        with clock.at(HOUR + timedelta(seconds=seconds)):
            master = client.get(url)
            if name == "master":
                return master
            found = address(master, name)
            return client.get(found if piece is None else found.replace(".m3u8", f"/{piece}.vtt"))

    return answer


def names(answer):
    return [line.rpartition("/")[2] for line in answer.content.decode().splitlines() if "m4s" in line]


def test_segments_come_as_they_are_due(on_air):
    answers = {seconds: on_air(seconds) for seconds in (-1, 3, 5, 9, 13, 3600)}

    assert [answers[second].status_code for second in answers] == [404, 503, 200, 200, 200, 200]
    assert answers[3]["Retry-After"] == "1"
    assert [names(answers[second]) for second in (5, 9, 13)] == [
        ["00000.m4s"],
        ["00000.m4s", "00001.m4s"],
        ["00000.m4s", "00001.m4s", "00002.m4s"],
    ]
    assert "#EXT-X-ENDLIST" not in answers[9].content.decode()
    assert answers[3600].content.decode().endswith("#EXT-X-ENDLIST\n")
    assert "#EXT-X-PROGRAM-DATE-TIME:2026-05-06T10:00:00.000Z" in answers[9].content.decode()


def test_nobody_keeps_the_playlist_beyond_a_segment(on_air):
    assert [on_air(seconds)["Cache-Control"] for seconds in (5, 7.5, 3600)] == [
        "public, max-age=1",
        "public, max-age=0",
        "public, max-age=600",
    ]


def test_what_is_listed_can_be_had(on_air, get):
    for url in [line for line in on_air(9).content.decode().splitlines() if line.startswith("/files/")]:
        with clock.at(HOUR + timedelta(seconds=9)):
            assert get(url)[0] == 200


def test_film_is_not_had_otherwise_while_it_is_held_back(film, on_air, enter, attendee, organiser, monkeypatch):
    monkeypatch.setattr(registry, "_holds", [lambda asset: asset == film])
    addresses = [
        f"/e/freshet/media/{film.key}/{name}" for name in ("master.m3u8", "captions/0.vtt", "words/film-0.m3u8")
    ]

    assert [enter(attendee).get(url).status_code for url in addresses] == [404, 404, 404]
    assert [enter(organiser).get(url).status_code for url in addresses] == [200, 200, 200]
    assert on_air(9).status_code == 200


def test_who_writes_down_what_is_said_has_the_film_ahead(event, film, enter, attendee, moderator, monkeypatch):
    SessionFactory(event=event, video=film, starts_at=HOUR, ends_at=HOUR + timedelta(hours=1))
    monkeypatch.setattr(registry, "_holds", [lambda asset: asset == film])
    master = f"/e/freshet/media/{film.key}/master.m3u8"

    assert enter(moderator).get(master).status_code == 200
    assert enter(attendee).get(master).status_code == 404


@pytest.fixture
def readers(event, enter, attendee):
    """Two attendees: one who stays, and one who comes later and reads German."""
    return enter(attendee), enter(RegistrationFactory(event=event, user__language="de").user)


def test_everybody_is_at_the_same_second_whenever_they_came(event, film, readers):
    session = SessionFactory(event=event, video=film, starts_at=HOUR, ends_at=HOUR + timedelta(hours=1))

    def seen(reader, seconds):
        with clock.at(HOUR + timedelta(seconds=seconds)):
            shown = reader.get(session.get_absolute_url()).context["about"].player
            rung = address(reader.get(shown["url"]), film.encoding.rungs[0]["name"])
            return shown["url"], shown["live_from"], shown["live_behind"], reader.get(rung).content

    early, later = readers
    first = seen(early, 0.5)
    assert seen(early, 9) == seen(later, 9)
    assert seen(later, 9)[:3] == first[:3]
    assert seen(later, 9)[3] != seen(later, 13)[3]


@pytest.mark.parametrize(
    ("moved", "master", "others"),
    [
        ({}, 200, 200),
        ({"plays_from": HOUR + timedelta(minutes=9)}, 404, 404),
        ({"state": "intermission"}, 403, 404),
        ({"state": "recording"}, 200, 200),
    ],
)
def test_address_of_an_hour_that_was_moved_shows_nothing(film, enter, attendee, moved, master, others):
    """Whoever kept it would be ahead of the others, by as much as an intermission took."""
    client, url = enter(attendee), selectors.simulive_url(film, HOUR)
    with clock.at(HOUR + timedelta(seconds=5)):
        answer = client.get(url)
        kept = [address(answer, film.encoding.rungs[0]["name"]), address(answer, "words/0")]
        kept.append(kept[1].replace(".m3u8", "/0.vtt"))
        assert [client.get(one).status_code for one in kept] == [200] * 3

    Stage.objects.filter(session__video=film).update(**moved)

    with clock.at(HOUR + timedelta(seconds=9)):
        assert [client.get(one).status_code for one in (url, *kept)] == [master, others, others, others]


@pytest.mark.parametrize("ahead", [4, 8])
def test_nobody_goes_ahead_of_the_stage(film, on_air, get, readers, ahead):
    """By no address that the page has: another segment's is not signed, and the film's own ones are closed."""
    listed = [line for line in on_air(9).content.decode().splitlines() if line.startswith("/files/")]
    last, soon = listed[-1], [line for line in on_air(9 + ahead).content.decode().splitlines() if "/files/" in line][-1]
    name, to_come = (url.partition("?")[0].rpartition("/")[2] for url in (last, soon))
    with clock.at(HOUR + timedelta(seconds=9)):
        assert get(last)[0] == 200
        assert get(last.replace(name, to_come))[0] in (403, 404)
        own = [f"/e/freshet/media/{film.key}/{name}" for name in ("master.m3u8", "storyboard.vtt", "file", "original")]
        assert {reader.get(url).status_code for reader in readers for url in own} <= {403, 404}


def test_only_who_may_see_the_film_sees_it_live(film, enter, outsider, visitor):
    with clock.at(HOUR + timedelta(seconds=9)):
        for client in (enter(outsider), visitor):
            assert client.get(selectors.simulive_url(film, HOUR)).status_code == 404


CHANGES = {
    "another rung": lambda url: url.replace(".m3u8", "0.m3u8"),
    "a later end": lambda url: url.replace("/streams/", "/streams/9"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_address_that_is_not_signed_is_nothing(film, enter, attendee, visitor, change):
    with clock.at(HOUR + timedelta(seconds=9)):
        found = address(enter(attendee).get(selectors.simulive_url(film, HOUR)), film.encoding.rungs[0]["name"])
        assert visitor.get(found).status_code == 200
        assert visitor.get(CHANGES[change](found)).status_code == 404


def test_address_that_was_copied_is_gone_the_next_day(film, enter, attendee, visitor):
    with clock.at(HOUR + timedelta(seconds=9)):
        found = address(enter(attendee).get(selectors.simulive_url(film, HOUR)), film.encoding.rungs[0]["name"])
    with clock.at(HOUR + timedelta(hours=13)):
        assert visitor.get(found).status_code == 404


def test_delta_leaves_out_what_the_player_has(film):
    segments = [hls.Segment(f"{number}.m4s", 4.0, "init.mp4") for number in range(20)]
    known = simulive._known(segments, 4)
    delta = hls.write_media(hls.MediaList(segments, 4, "EVENT", False, skipped=known), lambda name: name)

    assert known == 14
    assert '#EXT-X-SKIP:SKIPPED-SEGMENTS=14\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4.000000,\n14.m4s' in delta
    assert validator.check_media(delta).faults == []
    assert validator.check_media(replace_version(delta)).faults != []


def test_transcript_comes_by_the_piece_in_place_of_the_films_own_words(film, on_air):
    row = TranscriptFactory(asset=film, said=["One.", "Two.", "Three.", "Four."])

    master = on_air(9, "master").content.decode()
    pieces = {at: on_air(9, f"words/{row.key}", piece=at) for at in range(3)}

    assert f"/words/{row.key}.m3u8" in master
    assert "/words/0.m3u8" not in master
    assert [answer.status_code for answer in pieces.values()] == [200, 200, 404]
    said = pieces[1].content.decode()
    assert said.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n")
    assert "00:00:04.000 --> 00:00:05.500\nThree." in said
    assert "Two." not in said


def test_draft_is_not_among_the_words(film, on_air):
    row = TranscriptFactory(asset=film, state="draft")

    assert row.key not in on_air(9, "master").content.decode()


def replace_version(playlist):
    return playlist.replace("#EXT-X-VERSION:9", "#EXT-X-VERSION:7")


def test_plan_of_too_short_a_window_gets_a_minute():
    signed = simulive.sign_plan("film", replace(selectors.Plan(HOUR), window=timedelta(seconds=1)))

    assert simulive.read_plan("film", signed).window == timedelta(minutes=1)


def test_words_come_with_their_segments(on_air):
    listed = on_air(9, "words/0").content.decode().splitlines()
    assert [line for line in listed if line.endswith(".vtt")] == ["0/0.vtt", "0/1.vtt"]
    pieces = {at: on_air(9, "words/0", piece=at) for at in range(3)}

    assert [answer.status_code for answer in pieces.values()] == [200, 200, 404]
    said = pieces[1].content.decode()
    assert said.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n")
    assert "00:00:06.000 --> 00:00:09.000\nMaps." in said
    assert "mayors" not in said
