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
from apps.events.api.attending import AttendingView
from apps.events.api.audit import AuditView, EventAuditView
from apps.events.api.bulk import BanErrandsView, BanErrandView, RoleErrandsView, RoleErrandView
from apps.events.api.errands import ErrandsView, ErrandView
from apps.events.api.events import AnnouncementsView, EventsViewSet, MeView, RegisterView, SchemaView
from apps.events.api.guests import GuestLinesView, GuestListsView, GuestListView, InviteGuestsView
from apps.events.api.invited import OwnInvitationsView, OwnInvitationView
from apps.events.api.links import PlaceLinksView, PlaceLinkView, RoleLinksView, RoleLinkView
from apps.events.api.logo import LogoView
from apps.events.api.oneself import (
    DevicesView,
    DeviceView,
    LeavingView,
    OwnDataView,
    SecondStepView,
    TokensView,
    TokenView,
)
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
from apps.events.api.taking import ResendView, TakeView
from apps.events.api.team import BansView, BanView, RolesView, RoleView
from apps.events.api.unused_codes import UnusedCodeView
from apps.events.api.wishing import OrganisationWishesView

__all__ = [
    "AnnouncementsView",
    "AnnouncingView",
    "AskedView",
    "AttendingView",
    "AuditView",
    "BanErrandView",
    "BanErrandsView",
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
    "DeviceView",
    "DevicesView",
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
    "LeavingView",
    "LogoView",
    "MePhotoView",
    "MeView",
    "MemberView",
    "MembersView",
    "OrganisationEventsView",
    "OrganisationView",
    "OrganisationWishesView",
    "OrganisationsView",
    "OwnDataView",
    "OwnInvitationView",
    "OwnInvitationsView",
    "OwnView",
    "PassOnView",
    "PersonView",
    "PlaceLinkView",
    "PlaceLinksView",
    "ProveView",
    "RegisterView",
    "RegistrationView",
    "RegistrationsView",
    "ResendView",
    "RoleErrandView",
    "RoleErrandsView",
    "RoleLinkView",
    "RoleLinksView",
    "RoleView",
    "RolesView",
    "SaidView",
    "SchemaView",
    "SecondStepView",
    "SegmentsView",
    "SetAsideListView",
    "SetAsideView",
    "SettingsView",
    "StateView",
    "TakeView",
    "TicketsView",
    "TokenView",
    "TokensView",
    "TrySetAsideView",
    "UnusedCodeView",
    "WholeView",
]
