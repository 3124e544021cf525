"""What a machine lacks is left out of the suite, which then says so and fails, unless that was asked for."""

import os
from collections import Counter
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Part:
    marker: str
    variable: str
    absent: str
    """The reason that a skipped test gives."""
    left_out: str
    remedy: str

    @property
    def unwanted(self):
        return os.environ.get(self.variable) == "skip"

    def leave_out(self, item):
        item.add_marker(pytest.mark.skip(reason=f"{self.variable}=skip" if self.unwanted else self.absent))


BROWSER = Part(
    marker="browser",
    variable="BROWSER",
    absent="no browser on this machine",
    left_out="browser tests were not run",
    remedy="no Chromium was found; install one, or set BROWSER=skip",
)
HAPROXY = Part(
    marker="haproxy",
    variable="HAPROXY",
    absent="haproxy is not installed",
    left_out="tests of the production roles were not run",
    remedy="haproxy was not found; install it, or set HAPROXY=skip",
)
NGINX = Part(
    marker="nginx",
    variable="NGINX",
    absent="nginx with its RTMP module is not installed",
    left_out="tests of nginx before the gates were not run",
    remedy="nginx with its RTMP module was not found; install nginx and libnginx-mod-rtmp, or set NGINX=skip",
)
PARTS = (BROWSER, HAPROXY, NGINX)
COUNTED = Counter()


def pytest_runtest_logreport(report):
    # Reports and not items, because the tests themselves may run in processes of their own.
    if report.skipped and isinstance(report.longrepr, tuple):
        for part in PARTS:
            if report.longrepr[2].endswith((part.absent, f"{part.variable}=skip")):
                COUNTED[part] += 1


def is_less_than_asked():
    """Whether something was left out that nobody wanted left out."""
    return any(not part.unwanted for part in COUNTED)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if is_less_than_asked() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        for part, number in COUNTED.items():
            print(f"{number} {part.left_out}: {f'as {part.variable}=skip asked' if part.unwanted else part.remedy}.")
