"""Rows that take long to make, made once for all tests of a file.

    @pytest.fixture(scope="module")
    def built(made_once):
        return made_once(lambda: world.build(EventFactory()))

    @pytest.fixture
    def there(built, db):
        return built()

They stand in a transaction that ends with the file; inside of it each test has its own as ever, which is taken back.
What `built()` gives is a copy for this test alone, so that no test finds what another one changed.
"""

import pickle

import pytest


@pytest.fixture(scope="module")
def made_once(request, django_db_setup, django_db_blocker):
    from django.db import transaction

    from apps.tracks import selectors

    committing = [item.name for item in request.session.items if item.path == request.path and commits(item)]
    assert not committing, f"what is made once is not committed, and these tests commit: {committing}"
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()

    def make(build):
        with django_db_blocker.unblock():
            made = pickle.dumps(build())  # a copy is read in a tenth of the time that `deepcopy` takes

        def found():
            selectors.forget_gates()  # which a process remembers for two seconds, by the number of its event
            return pickle.loads(made)

        return found

    yield make
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


def commits(item):
    marker = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or (marker is not None and marker.kwargs.get("transaction", False))
