"""Whether a process may be sent people: what /readyz says."""

import pytest


def test_a_process_that_reaches_its_parts_is_ready(db, visitor):
    response = visitor.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"ready": True, "missing": []})


def test_without_its_database_it_is_not(db, visitor):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("apps.core.health.connection.cursor", lambda: 1 / 0)
        response = visitor.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"ready": False, "missing": ["database"]})
