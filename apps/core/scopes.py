"""What a token may be made for: areas of the API, each to read or to change.

A call says its area (`area` on its view); which of the two it is, its method says. A token opens what one of its scopes
names, and nothing else: a call without an area is closed to tokens. What the person may do decides besides.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Area(StrEnum):
    EVENTS = "events"
    ORGANISING = "organising"
    PEOPLE = "people"
    PROFILE = "profile"
    AGENDA = "agenda"
    CHAT = "chat"
    MODERATION = "moderation"
    POLLS = "polls"
    QUESTIONS = "questions"
    QUIZZES = "quizzes"
    EXPO = "expo"
    FILES = "files"


SCOPES: "Mapping[str, _StrPromise]" = {
    "events:read": _("See your events and their announcements"),
    "events:write": _("Register people for events"),
    "organising:read": _("See what is announced in events that you run, and what is still to be"),
    "organising:write": _("Announce in events that you run, and duplicate them"),
    "people:read": _("See the profiles of people at your events"),
    "profile:read": _("See your profile"),
    "profile:write": _("Change your profile"),
    "agenda:read": _("See sessions, speakers, tracks and rooms"),
    "agenda:write": _("Star sessions for you"),
    "chat:read": _("Read your conversations"),
    "chat:write": _("Write and react in your conversations"),
    "moderation:read": _("See what waits for moderators"),
    "moderation:write": _("Moderate: decide, mute, set rules"),
    "polls:read": _("See polls and their results"),
    "polls:write": _("Answer polls, make and run them"),
    "questions:read": _("See questions of the audience"),
    "questions:write": _("Ask, vote for and run questions"),
    "quizzes:read": _("See quizzes"),
    "quizzes:write": _("Play and run quizzes"),
    "expo:read": _("See booths"),
    "expo:write": _("Ask booths to get in touch with you"),
    "files:read": _("See the files of your events"),
    "files:write": _("Upload files"),
}
"""Each with what it means to the person who gives it away."""


def needed(area: Area, method: str) -> str:
    """The scope that a call of this area needs: `agenda:read`."""
    return f"{area.value}:{'read' if method.upper() in READS else 'write'}"
