"""The operators' page of the intake: what waits, how fast it goes, and what is not safe."""

import pytest

from apps.intake import metrics, queue, store
from apps.intake.items import Item
from tests.factories.accounts import UserFactory
from tests.intake.test_drain import notes, queued  # noqa: F401

PAGE = "/live/intake/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


def test_operator_sees_what_waits_and_how_fast_it_goes(operator, queued, notes, drain):  # noqa: F811
    queue.accept_many([Item("test.note", "g", key, 1) for key in "abcd"])
    waiting = operator.get(PAGE).content.decode()
    drain()
    after = operator.get(PAGE).content.decode()

    assert f'<td class="num">{queued}</td>' in waiting
    assert '<th scope="row">Waiting</th><td class="num">4</td>' in waiting
    assert '<th scope="row">Waiting</th><td class="num">0</td>' in after
    assert '<th scope="row">Written in a second</th><td class="num">0.4</td>' in after


def test_operator_is_told_what_is_not_safe(operator):
    assert "It has no append-only file" in operator.get(PAGE).content.decode()  # the suite's throwaway Redis


@pytest.mark.parametrize("words", [{}, {"is_staff": True}])
def test_nobody_else_has_business_there(client, words):
    client.force_login(UserFactory(**words))

    assert client.get(PAGE).status_code == 404


def test_page_says_when_nothing_can_be_known(operator, monkeypatch):
    def away():
        raise store.Failed

    monkeypatch.setattr(store, "client", away)

    answer = operator.get(PAGE)

    assert (answer.status_code, "cannot be reached" in answer.content.decode()) == (503, True)


def test_operator_reads_what_is_not_safe_in_their_language(operator, monkeypatch):
    monkeypatch.setattr(metrics, "_", lambda words: f"«{words}»")

    assert "«It has no append-only file" in operator.get(PAGE).content.decode()
