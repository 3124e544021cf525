"""The bench of live streams fails where a limit is not kept; test_push_browser.py measures the same in the suite."""

import pytest

from tests.bench import live


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"live_latency_s": 8.1}, ["live_latency_s is 8.1, and not 8 or less."]),
        ({"cut_s": 2.5}, ["cut_s is 2.5, and not 2 or less."]),
        ({"green_room_back_s": 1.2}, ["green_room_back_s is 1.2, and not 1 or less."]),
    ],
)
def test_bench_of_live_streams_fails_where_it_is_late(changed, said):
    found = {"live_latency_s": 8, "cut_s": 0.4, "green_room_back_s": 0.4, "green_room_off_s": 0.4}
    assert live.faults(found | changed) == said
