"""The geometry of the agenda, without a database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.tracks.management.commands.agenda_grid_css import stylesheet
from apps.tracks.models import Room, Track
from apps.tracks.selectors.grid import COLUMNS_MOST, ROWS_MOST, STEP, lay_out
from apps.tracks.selectors.outline import Row, Talk

UTC_ZONE = ZoneInfo("UTC")
NINE = datetime(2026, 10, 13, 9, tzinfo=UTC)
ROOMS = [Room(pk=n, name=f"Room {n}", slug=f"room-{n}", position=n) for n in range(1, 13)]
TRACKS = [Track(pk=n, name=f"Track {n}", slug=f"track-{n}", position=n) for n in range(1, 13)]


def talk(pk, start, minutes, *, room=1, track=None):
    begins = NINE + timedelta(minutes=start)
    row = Row(pk, begins.date(), begins, begins + timedelta(minutes=minutes), track, room, "", "")
    track_row = TRACKS[track - 1] if track else None
    return Talk(row, f"talk-{pk}", f"Talk {pk}", "planned", (), track_row, ROOMS[room - 1], has_recording=False)


def test_a_talk_stands_at_its_time_in_its_room():
    grid = lay_out([talk(1, 0, 30), talk(2, 40, 45, room=2)], UTC_ZONE)

    assert [(place.row, place.rows, place.column) for place in grid.places] == [(1, 6, 2), (9, 9, 3)]
    assert [column.thing for column in grid.columns] == ROOMS[:2]


def test_the_first_line_is_the_full_hour_before():
    grid = lay_out([talk(1, 40, 30)], UTC_ZONE)

    assert [(line.at, line.row, line.is_full) for line in grid.lines][:2] == [
        (NINE, 1, True),
        (NINE + timedelta(minutes=30), 7, False),
    ]
    assert grid.places[0].row == 9


def test_hours_are_those_of_the_readers_clock():
    grid = lay_out([talk(1, 0, 30)], ZoneInfo("Asia/Kolkata"))  # five and a half hours ahead

    assert grid.lines[0].at == NINE - timedelta(minutes=30)
    assert grid.places[0].row == 7


def test_few_tracks_stand_across():
    grid = lay_out([talk(1, 0, 30, room=1, track=2), talk(2, 0, 30, room=2, track=1)], UTC_ZONE)

    assert grid.by_track
    assert [column.thing for column in grid.columns] == TRACKS[:2]


def test_what_is_for_everyone_spans_all_tracks():
    grid = lay_out([talk(1, 0, 30), talk(2, 30, 30, track=1), talk(3, 30, 30, room=2, track=2)], UTC_ZONE)

    assert [place.spans_all for place in grid.places] == [True, False, False]
    assert grid.width == 2


@pytest.mark.parametrize(
    "talks",
    [
        [talk(1, 0, 30, track=1), talk(2, 10, 30, room=2, track=1)],  # a track in two rooms at once
        [talk(1, 0, 30), talk(2, 10, 30, room=2, track=1)],  # something without a track beside one that has one
        [talk(n, 0, 30, room=n, track=n) for n in range(1, 10)],  # too many to take in
    ],
)
def test_rooms_stand_across_where_tracks_cannot(talks):
    assert not lay_out(talks, UTC_ZONE).by_track


def test_two_at_once_in_one_room_get_a_lane_each():
    grid = lay_out([talk(1, 0, 60), talk(2, 30, 60), talk(3, 60, 30), talk(4, 0, 30, room=2)], UTC_ZONE)

    assert {place.talk.row.pk: place.column for place in grid.places} == {1: 2, 2: 3, 3: 2, 4: 4}
    assert [(column.first, column.lanes) for column in grid.columns] == [(2, 2), (4, 1)]


def test_a_day_without_talks_has_no_grid():
    assert lay_out([], UTC_ZONE) is None


def test_now_has_a_row_only_within_the_grid():
    grid = lay_out([talk(1, 0, 60)], UTC_ZONE)

    assert grid.row_of(NINE + timedelta(minutes=12)) == 3
    assert grid.row_of(NINE - STEP) is None
    assert grid.row_of(NINE + timedelta(hours=2)) is None


talks = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 400), st.integers(1, 12), st.none() | st.integers(1, 12)),
    min_size=1,
    max_size=40,
).map(lambda found: [talk(pk, start * 5, length * 5, room=room, track=track)
                     for pk, (start, length, room, track)
                     in enumerate(sorted(found, key=lambda one: one[0]), 1)])  # fmt: skip


@given(talks)
def test_no_two_talks_cover_each_other(found):
    grid = lay_out(found, UTC_ZONE)

    taken = set()
    for place in grid.places:
        columns = range(2, grid.width + 2) if place.spans_all else [place.column]
        cells = {(row, column) for row in range(place.row, place.row + place.rows) for column in columns}
        crowded = max((column.lanes for column in grid.columns), default=0) >= 12
        assert crowded or not cells & taken
        taken |= cells
        assert place.row >= 1
        assert place.row + place.rows - 1 <= ROWS_MOST


def test_the_stylesheet_is_what_its_command_writes():
    assert Path("static/tracks/grid.css").read_text() == stylesheet()


def test_the_stylesheet_holds_every_place():
    rules = stylesheet()

    for name, most in (("r", ROWS_MOST), ("n", ROWS_MOST), ("c", COLUMNS_MOST), ("y", COLUMNS_MOST)):
        assert f".{name}{most}{{" in rules
