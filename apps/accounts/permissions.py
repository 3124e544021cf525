"""Who may see what of a profile: every rule about it is in this file."""

from enum import IntEnum

from apps.accounts.models import Audience


class Reader(IntEnum):
    """Who looks at a person, from the one who may see least."""

    STRANGER = 0
    """Somebody who has no part in the event: names alone."""
    PEOPLE = 1
    """Anybody of the same event. What is told to many at once is told as to these."""
    STAFF = 2
    """Its speakers, moderators and organisers."""
    SELF = 3


NEEDED = {Audience.EVERYBODY: Reader.PEOPLE, Audience.STAFF: Reader.STAFF, Audience.NOBODY: Reader.SELF}


def can_see(audience: Audience, reader: Reader) -> bool:
    return reader >= NEEDED[audience]
