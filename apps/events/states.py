"""What each state of an event permits, and to whom; the same table stands in words in docs/events.md.

Within a state roles decide (`permissions`), then each room's own rules: a chat room may be closed, a poll over.
"""

from enum import IntEnum, StrEnum

from django.utils.translation import gettext_lazy as _

from apps.core.access import beyond_attending
from apps.core.errors import Refused


class Act(StrEnum):
    LOOK = "look"
    """See the event's public pages, where it is not private."""
    REGISTER = "register"
    TAKE_PART = "take part"
    """Whatever writes: say, vote, ask, play, star, answer, moderate, announce, bring a file. What organisers set at
    their desk or over REST is bound by the archive alone: nothing changes there."""


class Who(IntEnum):
    """Each includes those before it."""

    NOBODY = 0
    CREW = 1
    """Whoever has a role beyond attending."""
    PEOPLE = 2
    """Whoever has a place or a role."""
    ANYBODY = 3


PERMITS: dict[str, dict[Act, Who]] = {
    "draft": {Act.LOOK: Who.CREW, Act.REGISTER: Who.NOBODY, Act.TAKE_PART: Who.CREW},
    "published": {Act.LOOK: Who.ANYBODY, Act.REGISTER: Who.ANYBODY, Act.TAKE_PART: Who.PEOPLE},
    "live": {Act.LOOK: Who.ANYBODY, Act.REGISTER: Who.ANYBODY, Act.TAKE_PART: Who.PEOPLE},
    "ended": {Act.LOOK: Who.ANYBODY, Act.REGISTER: Who.NOBODY, Act.TAKE_PART: Who.PEOPLE},
    "archived": {Act.LOOK: Who.PEOPLE, Act.REGISTER: Who.NOBODY, Act.TAKE_PART: Who.NOBODY},
}


def permits(state: str, act: Act, roles: frozenset[str] = frozenset()) -> bool:
    """Whether the state lets somebody with these roles do it."""
    who = PERMITS[state][act]
    if who is Who.PEOPLE:
        return bool(roles)
    if who is Who.CREW:
        return bool(beyond_attending(roles))
    return who is Who.ANYBODY


def that_permit(act: Act) -> tuple[str, ...]:
    """The states in which anybody may do it, before their roles are looked at."""
    return tuple(state for state, acts in PERMITS.items() if acts[act] is Who.ANYBODY)


def is_read_only(state: str) -> bool:
    return PERMITS[state][Act.TAKE_PART] is Who.NOBODY


def read_only() -> tuple[str, ...]:
    """The states in which nothing changes."""
    return tuple(state for state in PERMITS if is_read_only(state))


def check_writable(state: str) -> None:
    """Raises Refused where nobody may write any more."""
    if is_read_only(state):
        raise archived()


def archived() -> Refused:
    return Refused("event.archived", _("The event is archived: everything can be read, and nothing changes any more."))
