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
from apps.events.api.audit import AuditView, EventAuditView
from apps.events.api.errands import ErrandsView, ErrandView
from apps.events.api.events import AnnouncementsView, EventsViewSet, MeView, RegisterView, SchemaView
from apps.events.api.guests import GuestLinesView, GuestListsView, GuestListView, InviteGuestsView
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
    OrganisationView,
)
from apps.events.api.organising import AnnouncingView, CallOffView, DuplicateView, SaidView, SegmentsView
from apps.events.api.people import PersonView
from apps.events.api.photo import MePhotoView
from apps.events.api.places import AskedView, OwnView, PassOnView, TicketsView
from apps.events.api.registrations import DecisionView, RegistrationsView, RegistrationView
from apps.events.api.set_aside import SetAsideListView, SetAsideView, TrySetAsideView
from apps.events.api.settings import SettingsView, StateView, WholeView
from apps.events.api.signing_in import (
    ConnectionsView,
    ConnectionView,
    DomainsView,
    DomainView,
    ForgetView,
    ProveView,
)
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
    "ConnectionView",
    "ConnectionsView",
    "DecisionView",
    "DeskQuestionView",
    "DeskQuestionsView",
    "DeskTicketView",
    "DeskTicketsView",
    "DomainView",
    "DomainsView",
    "DuplicateView",
    "ErrandView",
    "ErrandsView",
    "EventAuditView",
    "EventsViewSet",
    "ForgetView",
    "GuestLinesView",
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
    "OrganisationView",
    "OrganisationsView",
    "OwnView",
    "PassOnView",
    "PersonView",
    "PlaceLinkView",
    "PlaceLinksView",
    "ProveView",
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
    "SetAsideListView",
    "SetAsideView",
    "SettingsView",
    "StateView",
    "TicketsView",
    "TrySetAsideView",
    "WholeView",
]
