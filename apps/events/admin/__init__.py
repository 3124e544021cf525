"""The organisers' desk: events, organisations, people, announcements; what staff did; what the intake set aside."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group

from apps.events.admin.announcement import AnnouncementAdmin
from apps.events.admin.errands import ErrandAdmin
from apps.events.admin.event import EventAdmin
from apps.events.admin.guests import GuestListAdmin
from apps.events.admin.history import EntryAdmin
from apps.events.admin.inviting import MemberInvitationAdmin
from apps.events.admin.organisation import MembershipAdmin, OrganisationAdmin
from apps.events.admin.people import EventRoleAdmin, UserAdmin
from apps.events.admin.registration import RegistrationAdmin
from apps.events.admin.set_aside import DeadLetterAdmin
from apps.events.admin.signing_in import SignInConnectionAdmin
from apps.events.admin.ticket import InvitationCodeAdmin, QuestionAdmin, TicketKindAdmin
from apps.events.admin.wishing import OrganisationWishAdmin

# Rights follow from roles and memberships; these tables of the libraries have no place at the desk.
admin.site.unregister([Group, EmailAddress, UserSession, Authenticator])

__all__ = [
    "AnnouncementAdmin",
    "DeadLetterAdmin",
    "EntryAdmin",
    "ErrandAdmin",
    "EventAdmin",
    "EventRoleAdmin",
    "GuestListAdmin",
    "InvitationCodeAdmin",
    "MemberInvitationAdmin",
    "MembershipAdmin",
    "OrganisationAdmin",
    "OrganisationWishAdmin",
    "QuestionAdmin",
    "RegistrationAdmin",
    "SignInConnectionAdmin",
    "TicketKindAdmin",
    "UserAdmin",
]
