"""How much memory a drill forgives."""

from tests.faults.growth import Growth


def test_sockets_of_voters_are_forgiven_once():
    growth = Growth()

    assert growth.excess({1: 100, 2: 100}, {1: 190, 2: 180}, voters=5000) == {}
    assert growth.excess({1: 190, 2: 180}, {1: 215, 2: 225}, voters=5000) == {2: 45}


def test_growth_beyond_what_the_voters_take_is_found():
    assert Growth().excess({1: 100, 2: 100}, {1: 165, 2: 195}, voters=2600) == {2: 95}


def test_drill_without_voters_forgives_little():
    assert Growth().excess({1: 100, 2: 100}, {1: 141, 2: 139}, voters=0) == {1: 41}


def test_process_that_took_over_from_one_that_ended_had_all_voters():
    growth = Growth()

    assert growth.excess({1: 100, 2: 100}, {1: 230, 3: 90}, voters=5000) == {}
    assert growth.excess({1: 230, 3: 90}, {1: 271, 3: 170}, voters=5000) == {1: 41}
