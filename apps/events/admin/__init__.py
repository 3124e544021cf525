"""The organisers' desk: events, organisations, people, announcements."""

from apps.events.admin.announcement import AnnouncementAdmin
from apps.events.admin.event import EventAdmin
from apps.events.admin.organisation import MembershipAdmin, OrganisationAdmin
from apps.events.admin.people import EventRoleAdmin, UserAdmin
from apps.events.admin.registration import RegistrationAdmin

__all__ = [
    "AnnouncementAdmin",
    "EventAdmin",
    "EventRoleAdmin",
    "MembershipAdmin",
    "OrganisationAdmin",
    "RegistrationAdmin",
    "UserAdmin",
]
