"""The loopback is steered while a bench runs, and is as it was afterwards."""

import pytest

from tests.bench import steering


@pytest.fixture
def queue(tmp_path, monkeypatch):
    file = tmp_path / "rx-0" / "rps_cpus"
    file.parent.mkdir()
    file.write_text("0\n")
    monkeypatch.setattr(steering, "QUEUES", tmp_path)
    return file


def test_packets_are_received_on_the_given_cores_while_it_lasts(queue):
    with steering.steered({1, 3}) as is_steered:
        assert is_steered
        assert int(queue.read_text(), 16) == 0b1010

    assert queue.read_text() == "0\n"


def test_bench_that_fails_leaves_nothing_behind(queue):
    with pytest.raises(RuntimeError), steering.steered({1}):
        raise RuntimeError

    assert queue.read_text() == "0\n"


def test_nothing_is_steered_where_it_is_not_wanted_or_not_there(queue, tmp_path, monkeypatch):
    queue.write_text("2\n")
    with steering.steered({1}, wanted=False) as is_steered:
        assert not is_steered
        assert int(queue.read_text(), 16) == 0
    assert queue.read_text() == "2\n"
    monkeypatch.setattr(steering, "QUEUES", tmp_path / "elsewhere")
    with steering.steered({1}) as is_steered:
        assert not is_steered


def test_many_cores_are_named_in_groups():
    assert steering.mask({0}) == "00000001"
    assert steering.mask({1, 33}) == "00000002,00000002"
