"""The main job again, in production roles: nothing lives in a process or on its disk."""

import pytest

from tests.e2e.job import Job
from tests.e2e.test_main_job import do_the_main_job


@pytest.fixture
def platform(fleet):
    """What the browsers visit is the balancer."""
    return fleet


def test_main_job_in_two_web_and_two_live_processes_behind_a_balancer(new_page, platform, tmp_path):
    do_the_main_job(new_page, Job(look=lambda page: None, folder=tmp_path))

    processes = (*platform.web, *platform.live, *platform.workers)
    assert [process.args for process in processes if process.poll() is not None] == []
