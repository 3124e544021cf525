"""Events over REST: the events themselves, getting a place (`places`), what organisers do with one (`organising`,
`registrations`, `admission`), and its people (`people`)."""

from apps.events.api.admission import (
    CodesView,
    CodeView,
    DeskQuestionsView,
    DeskQuestionView,
    DeskTicketsView,
    DeskTicketView,
)
from apps.events.api.audit import AuditView
from apps.events.api.events import AnnouncementsView, EventsViewSet, MeView, RegisterView, SchemaView
from apps.events.api.guests import GuestListsView, GuestListView, InviteGuestsView
from apps.events.api.links import PlaceLinksView, PlaceLinkView, RoleLinksView, RoleLinkView
from apps.events.api.logo import LogoView
from apps.events.api.organisations import (
    InvitationsView,
    InvitationView,
    LeaveView,
    MembersView,
    MemberView,
    OrganisationEventsView,
    OrganisationsView,
)
from apps.events.api.organising import AnnouncingView, CallOffView, DuplicateView, SaidView, SegmentsView
from apps.events.api.people import PersonView
from apps.events.api.photo import MePhotoView
from apps.events.api.places import AskedView, OwnView, PassOnView, TicketsView
from apps.events.api.registrations import DecisionView, RegistrationsView, RegistrationView
from apps.events.api.settings import SettingsView, StateView, WholeView
from apps.events.api.team import BansView, BanView, RolesView, RoleView

__all__ = [
    "AnnouncementsView",
    "AnnouncingView",
    "AskedView",
    "AuditView",
    "BanView",
    "BansView",
    "CallOffView",
    "CodeView",
    "CodesView",
    "DecisionView",
    "DeskQuestionView",
    "DeskQuestionsView",
    "DeskTicketView",
    "DeskTicketsView",
    "DuplicateView",
    "EventsViewSet",
    "GuestListView",
    "GuestListsView",
    "InvitationView",
    "InvitationsView",
    "InviteGuestsView",
    "LeaveView",
    "LogoView",
    "MePhotoView",
    "MeView",
    "MemberView",
    "MembersView",
    "OrganisationEventsView",
    "OrganisationsView",
    "OwnView",
    "PassOnView",
    "PersonView",
    "PlaceLinkView",
    "PlaceLinksView",
    "RegisterView",
    "RegistrationView",
    "RegistrationsView",
    "RoleLinkView",
    "RoleLinksView",
    "RoleView",
    "RolesView",
    "SaidView",
    "SchemaView",
    "SegmentsView",
    "SettingsView",
    "StateView",
    "TicketsView",
    "WholeView",
]
