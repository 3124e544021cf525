"""Tickets: signed words about a person or an audience, none of which passes for another."""

import pytest

from apps.live import tickets
from apps.live.registry import Who


def test_ticket_says_who_in_the_letters_of_a_subprotocol():
    ticket = tickets.issue(event_id=3, user_id=7, name="Zoë Ñandú", roles={"b", "a"}, epoch=5)

    assert tickets.read(ticket) == Who(7, 3, "Zoë Ñandú", frozenset({"a", "b"}), 5, "en")
    assert ticket.replace(".", "").replace("-", "").replace("_", "").isalnum()


def test_ticket_is_no_audience_token():
    with pytest.raises(tickets.StaleError):
        tickets.read_audience(tickets.issue(event_id=3, user_id=7, name="", roles=(), epoch=5))
