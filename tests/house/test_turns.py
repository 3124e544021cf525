"""In which order the suite's files have their turn."""

from pathlib import Path

from tests.plugins.platform import LONGEST, turn

TESTS = Path(__file__).parents[1]


def test_longest_files_are_there():
    assert [name for name in LONGEST if not (TESTS / name).is_file()] == []
    assert (TESTS / "faults" / "test_drills.py").is_file()


def test_drills_come_first_and_the_shortest_of_those_who_visit_last():
    quiet, short = TESTS / "core" / "test_clock.py", TESTS / "house" / "test_browser.py"
    visitors = [*(TESTS / name for name in LONGEST), short]
    wanted = [TESTS / "faults" / "test_drills.py", quiet, *visitors]

    mixed = [quiet, short, *reversed(wanted[2:-1]), wanted[0]]
    assert sorted(mixed, key=lambda path: turn(path, visits=path in visitors)) == wanted
