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
    REGISTRATIONS = "registrations"
    TEAM = "team"
    PROGRAMME = "programme"
    WEBHOOKS = "webhooks"
    SIGN_IN = "sign_in"
    AUDIT = "audit"
    PEOPLE = "people"
    PROFILE = "profile"
    ACCOUNT = "account"
    AGENDA = "agenda"
    CHAT = "chat"
    MODERATION = "moderation"
    POLLS = "polls"
    QUESTIONS = "questions"
    QUIZZES = "quizzes"
    BANKS = "banks"
    EXPO = "expo"
    FILES = "files"


SCOPES: "Mapping[str, _StrPromise]" = {
    "events:read": _("See your events, your place in them and their announcements"),
    "events:write": _("Register people for events, and change or give back your place"),
    "organising:read": _("See the settings of events that you run, and what is announced in them"),
    "organising:write": _("Make, change and publish events that you run, and announce in them"),
    "registrations:read": _("See who registered for events that you run, and how one gets in"),
    "registrations:write": _("Decide on registrations, and set tickets, codes and questions"),
    "team:read": _("See who has which role in your events and organisations"),
    "team:write": _("Give and take roles, invite members, make and name organisations"),
    "programme:read": _("See the whole agenda of events that you run, also what is not public"),
    "programme:write": _("Change the agenda of events that you run, and import schedules"),
    "webhooks:read": _("See the webhooks of your organisations, and what they were told"),
    "webhooks:write": _("Make, change and delete webhooks, and send again what failed"),
    "sign_in:read": _("See how people sign in to organisations that you own, without secrets"),
    "sign_in:write": _("Connect and disconnect providers by which people sign in to organisations that you own"),
    "audit:read": _("See what staff did in your organisations and events"),
    "people:read": _("See the profiles of people at your events"),
    "profile:read": _("See your profile"),
    "profile:write": _("Change your profile"),
    "account:read": _("See where you are signed in, your second step, and which tokens you have"),
    "account:write": _("Sign out your devices, and revoke your tokens"),
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
    "banks:read": _("See the question banks of events that you run, with the right answers"),
    "banks:write": _("Write quizzes and the questions that they ask"),
    "expo:read": _("See booths, what you asked there, and what was asked at yours"),
    "expo:write": _("Ask booths something, and run the booths that are yours"),
    "files:read": _("See the files of your events"),
    "files:write": _("Upload files"),
}
"""Each with what it means to the person who gives it away."""


def needed(area: Area, method: str) -> str:
    """The scope that a call of this area needs: `agenda:read`."""
    return f"{area.value}:{'read' if method.upper() in READS else 'write'}"
