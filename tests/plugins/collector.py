"""What stands before the first test (modules, models, thousands of test functions), Python's garbage collector looks
through no more."""

import gc

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    gc.collect()
    gc.freeze()
