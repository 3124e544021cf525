"""Numbers of rows, as addresses and forms say them: typed by anybody, so they may be anything. And what the database
says no to."""

from django.db import IntegrityError

MOST_DIGITS = 18
"""More fit no row: the database has numbers of 64 bits."""


def row_number(text: object) -> int | None:
    """The number that a text is; None where it is none, or longer than that of any row."""
    plain = str(text or "")
    return int(plain) if plain.isdecimal() and len(plain) <= MOST_DIGITS else None


def broken_rule(error: IntegrityError) -> str:
    """The name of the constraint that a row did not meet."""
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "")
