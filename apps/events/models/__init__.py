"""Organisations, their events, who takes part in which role, and how people get a place."""

from apps.events.models.announcing import Announcement
from apps.events.models.asking import Answer, Choice, Question
from apps.events.models.bans import KeptBan
from apps.events.models.errands import Errand
from apps.events.models.event import (
    COLOUR,
    STAFF_ROLES,
    Ban,
    Event,
    EventRole,
    Membership,
    Organisation,
    Unmet,
)
from apps.events.models.guests import GuestBatch, GuestList
from apps.events.models.registration import JoinLink, Registration
from apps.events.models.signing_in import FormerMember, MemberInvitation, SignInConnection, SignInDomain, SignInIdentity
from apps.events.models.ticket import InvitationCode, TicketKind
from apps.events.models.wishing import OrganisationWish

__all__ = [
    "COLOUR",
    "STAFF_ROLES",
    "Announcement",
    "Answer",
    "Ban",
    "Choice",
    "Errand",
    "Event",
    "EventRole",
    "FormerMember",
    "GuestBatch",
    "GuestList",
    "InvitationCode",
    "JoinLink",
    "KeptBan",
    "MemberInvitation",
    "Membership",
    "Organisation",
    "OrganisationWish",
    "Question",
    "Registration",
    "SignInConnection",
    "SignInDomain",
    "SignInIdentity",
    "TicketKind",
    "Unmet",
]
