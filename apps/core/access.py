"""Who may come in, and which role may do what: the one vocabulary by which every route, API call, socket command and
topic is classified, and the one table that every rule about roles asks.

The rules themselves are in each room's `permissions`: they know whose something is, and in which state. Which roles an
act takes stands here alone; docs/events.md shows the same table, and a test holds them together.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
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


STAFF = frozenset({"moderator", "organiser"})
"""Who runs an event; it takes a second step, and no link of a mail makes somebody one of them."""
PEOPLE = frozenset({"attendee", "speaker", "exhibitor"}) | STAFF

# Which roles open which access. An organiser may do what a moderator may, and everybody with a role may attend.
ROLES_FOR: dict[Access, frozenset[str]] = {
    Access.ATTENDEE: PEOPLE,
    Access.SPEAKER: STAFF | {"speaker"},
    Access.EXHIBITOR: frozenset({"exhibitor", "organiser"}),
    Access.MODERATOR: STAFF,
    Access.ORGANISER: frozenset({"organiser"}),
}


class May(StrEnum):
    """What takes a role of the event beside coming in."""

    MODERATE = "moderate"
    RUN_POLLS = "run_polls"
    RUN_QUESTIONS = "run_questions"
    RUN_QUIZZES = "run_quizzes"
    RUN_STAGES = "run_stages"
    BRING_FILES = "bring_files"
    MANAGE_FILES = "manage_files"
    WRITE_WORDS = "write_words"
    RUN_EXPO = "run_expo"
    ENTER_EXPO = "enter_expo"
    ENTER_SESSIONS = "enter_sessions"
    READ_AS_STAFF = "read_as_staff"
    READ_ADDRESSES = "read_addresses"
    READ_ACTS = "read_acts"
    COME_BY_LINK = "come_by_link"


class MayRun(StrEnum):
    """What takes a role of the organisation."""

    EVENTS = "events"
    MEMBERS = "members"
    WAYS_IN = "ways_in"
    FOUNDING = "founding"
    ACTS = "acts"


@dataclass(frozen=True, slots=True)
class Rule:
    words: str
    """For the table in the documentation."""
    everywhere: frozenset[str]
    own: frozenset[str] = frozenset()
    """The roles that may do it with what is theirs. Whose something is, the room asks."""


PERMITS: dict[May, Rule] = {
    May.MODERATE: Rule("Moderate conversations, mute and ban", STAFF),
    May.RUN_POLLS: Rule("Run polls, see all results", STAFF, own=frozenset({"speaker"})),
    May.RUN_QUESTIONS: Rule("Run the audience's questions", STAFF, own=frozenset({"speaker"})),
    May.RUN_QUIZZES: Rule("Run quizzes", STAFF, own=frozenset({"speaker"})),
    May.RUN_STAGES: Rule("Run the stage of a session", STAFF),
    May.BRING_FILES: Rule("Bring files", STAFF | {"speaker", "exhibitor"}),
    May.MANAGE_FILES: Rule("Rename, delete and retry files, have originals", frozenset({"organiser"})),
    May.WRITE_WORDS: Rule("Write transcripts and live captions", STAFF),
    May.RUN_EXPO: Rule("Run booths", frozenset({"organiser"}), own=frozenset({"exhibitor"})),
    May.ENTER_EXPO: Rule("Enter the expo with any ticket", STAFF | {"exhibitor"}),
    May.ENTER_SESSIONS: Rule("Enter sessions with any ticket, without a seat", STAFF, own=frozenset({"speaker"})),
    May.READ_AS_STAFF: Rule("See what profiles show to speakers and staff", STAFF | {"speaker"}),
    May.READ_ADDRESSES: Rule("Have people's addresses in tables of answers", frozenset({"organiser"})),
    May.READ_ACTS: Rule("Read what staff did, without network addresses", frozenset({"organiser"})),
    May.COME_BY_LINK: Rule("Come in by the link of a mail", PEOPLE - STAFF),
}
IN_ORGANISATION: dict[MayRun, Rule] = {
    MayRun.EVENTS: Rule("Make its events, and be organiser of each", frozenset({"owner", "manager"})),
    MayRun.MEMBERS: Rule("Name it, invite, change and remove members", frozenset({"owner"})),
    MayRun.WAYS_IN: Rule("Connect its own provider for signing in", frozenset({"owner"})),
    MayRun.FOUNDING: Rule("Make another organisation", frozenset({"owner"})),
    MayRun.ACTS: Rule("Read what staff did, with network addresses", frozenset({"owner", "manager"})),
}


def may(roles: AbstractSet[str], deed: May) -> bool:
    """With anybody's, all over the event."""
    return not PERMITS[deed].everywhere.isdisjoint(roles)


def may_own(roles: AbstractSet[str], deed: May) -> bool:
    """With what is theirs; the caller asks whether it is."""
    rule = PERMITS[deed]
    return not rule.own.isdisjoint(roles) or not rule.everywhere.isdisjoint(roles)
