"""Runs the suite, and once more, alone and one after the other, the few tests that failed in it.

Most of the suite works beside browsers, servers and drills on whatever cores there are, and a machine that stands still
for a while fails a test that has nothing to do with it. What fails alone, too, has failed. What does not is named in
the last lines, so that somebody can find out why: faults of the platform have been found in it.
"""

import os
import subprocess
import sys

import pytest

MOST = 10
"""More than these are no accident, and would take too long."""


class Failed:
    def __init__(self) -> None:
        self.tests: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and report.nodeid not in self.tests:
            self.tests.append(report.nodeid)


def main(words: list[str]) -> int:
    first, environment = Failed(), dict(os.environ)
    code = pytest.main(words, plugins=[first])
    from tests.plugins import left_out  # pytest must be the first to import it

    if code != pytest.ExitCode.TESTS_FAILED or not 0 < len(first.tests) <= MOST or left_out.is_less_than_asked():
        return code
    print("\nOnce more, alone:", *first.tests, sep="\n  ", flush=True)
    alone = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", *first.tests], env=environment, check=False
    ).returncode
    if alone == pytest.ExitCode.OK:
        print("\nPassed alone, after they had failed beside others:", *first.tests, sep="\n  ")
    return alone


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
