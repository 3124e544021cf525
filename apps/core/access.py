"""Who may come in: the one vocabulary by which every route, API call, socket command and topic is classified."""

from enum import StrEnum
from functools import lru_cache


class Access(StrEnum):
    ANYONE = "anyone"
    """Not bound to an event: the sign-in page, health."""
    SIGNED_IN = "signed_in"
    PLATFORM_STAFF = "platform_staff"
    """The admin; its rows are scoped to the organisation."""

    PUBLIC = "public"
    """Of an event: anybody, once it is published and not private; else its own people."""
    ATTENDEE = "attendee"
    """Of an event: a confirmed registration, or any role of it."""
    SPEAKER = "speaker"
    EXHIBITOR = "exhibitor"
    MODERATOR = "moderator"
    ORGANISER = "organiser"


# What stands among somebody's roles and is none: what their ticket leaves out.
TICKET = "ticket/"
"""With its number: a ticket that opens some of the programme only."""
WITHOUT_EXPO = "without/expo"


@lru_cache(maxsize=512)
def beyond_attending(roles: frozenset[str]) -> frozenset[str]:
    """The roles of somebody who does more than take part."""
    return frozenset(
        role for role in roles if role != "attendee" and role != WITHOUT_EXPO and not role.startswith(TICKET)
    )


# Which roles open which access. An organiser may do what a moderator may, and everybody with a role may attend.
ROLES_FOR: dict[Access, frozenset[str]] = {
    Access.ATTENDEE: frozenset({"attendee", "speaker", "exhibitor", "moderator", "organiser"}),
    Access.SPEAKER: frozenset({"speaker", "moderator", "organiser"}),
    Access.EXHIBITOR: frozenset({"exhibitor", "organiser"}),
    Access.MODERATOR: frozenset({"moderator", "organiser"}),
    Access.ORGANISER: frozenset({"organiser"}),
}
