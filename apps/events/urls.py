"""Routes of events: the front page, registration, joining, the profile, and the API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from apps.events import api, views
from apps.events.doors import CardView
from apps.events.doors.desk_calls import desk_routes, organisation_routes

app_name = "events"
urlpatterns = [
    path("", views.Front.as_view(), name="front"),
    path("api/", views.ApiPage.as_view(), name="api"),
    path("api/schema/", api.SchemaView.as_view(), name="schema"),
    path("tokens/", views.Tokens.as_view(), name="tokens"),
    path("embed.js", views.embed_script, name="embed_script"),
    path("e/<slug:event>/embed/register/", views.EmbeddedRegister.as_view(), name="embed_register"),
    path("signin/connection/<int:connection>/go/", views.Go.as_view(), name="signin_go"),
    path("signin/connection/<int:connection>/try/", views.Try.as_view(), name="signin_try"),
    path("signin/connection/<int:connection>/back/", views.Back.as_view(), name="signin_back"),
    path("signin/connection/<int:connection>/acs/", views.Acs.as_view(), name="signin_acs"),
    path("signin/connection/<int:connection>/finish/", views.Finish.as_view(), name="signin_finish"),
    path("signin/connection/<int:connection>/metadata.xml", views.Metadata.as_view(), name="signin_metadata"),
    path("signin/<slug:organisation>/", views.Ways.as_view(), name="ways"),
    path("organisations/", views.Organisations.as_view(), name="organisations"),
    path("organisations/invitation/<str:token>/", views.Invitation.as_view(), name="member_invitation"),
    path("join/<str:token>/", views.Join.as_view(), name="join"),
    path("e/<slug:event>/register/", views.Register.as_view(), name="register"),
    path("e/<slug:event>/register/sent/", views.RegistrationSent.as_view(), name="registered"),
    path("e/<slug:event>/register/link/", views.Resend.as_view(), name="resend"),
    path("e/<slug:event>/register/cancel/", views.Cancel.as_view(), name="cancel"),
    path("e/<slug:event>/register/wish/<str:token>/", views.Wish.as_view(), name="wish"),
    path("e/<slug:event>/register/offer/", views.Offer.as_view(), name="offer"),
    path("e/<slug:event>/register/take/<str:token>/", views.Take.as_view(), name="take"),
    path("e/<slug:event>/register/answers/", views.Answers.as_view(), name="answers"),
    path("e/<slug:event>/me/", views.Me.as_view(), name="me"),
    path("e/<slug:event>/people/<int:person>/", views.Person.as_view(), name="person"),
    path("e/<slug:event>/preview/", views.Preview.as_view(), name="preview"),
    path("e/<slug:event>/ticket/", views.Ticket.as_view(), name="ticket"),
    path("e/<slug:event>/logo/<str:name>", views.Logo.as_view(), name="logo"),
    path("e/<slug:event>/card.<slug:digest>.png", CardView.as_view(), name="card"),
    path("e/<slug:event>/brand.<str:digest>.css", views.Brand.as_view(), name="brand"),
]


router = SimpleRouter()
router.register("events", api.EventsViewSet, basename="event")
api_urlpatterns = [
    path("me/", api.MeView.as_view(), name="me"),
    path("me/photo/", api.MePhotoView.as_view(), name="me-photo"),
    path("events/<slug:event>/register/", api.RegisterView.as_view(), name="event-register"),
    path("events/<slug:event>/announcements/", api.AnnouncementsView.as_view(), name="event-announcements"),
    path("events/<slug:event>/announcing/", api.AnnouncingView.as_view(), name="event-announcing"),
    path("events/<slug:event>/announcing/audiences/", api.SegmentsView.as_view(), name="event-segments"),
    path("events/<slug:event>/announcing/<int:announcement>/", api.SaidView.as_view(), name="event-announcement"),
    path("events/<slug:event>/announcing/<int:announcement>/off/", api.CallOffView.as_view(), name="event-call-off"),
    path("events/<slug:event>/duplicate/", api.DuplicateView.as_view(), name="event-duplicate"),
    path("events/<slug:event>/people/<int:person>/", api.PersonView.as_view(), name="event-person"),
    path("events/<slug:event>/tickets/", api.TicketsView.as_view(), name="event-tickets"),
    path("events/<slug:event>/registration-questions/", api.AskedView.as_view(), name="event-asked"),
    path("events/<slug:event>/registration/", api.OwnView.as_view(), name="event-registration"),
    path("events/<slug:event>/registration/offer/", api.PassOnView.as_view(), name="event-offer"),
    *desk_routes(
        ("", api.WholeView, "whole"),
        ("guest-lists/", api.GuestListsView, "guest-lists"),
        ("guest-lists/<int:guests>/", api.GuestListView, "guest-list"),
        ("guest-lists/<int:guests>/invite/", api.InviteGuestsView, "guests-invite"),
        ("logo/", api.LogoView, "logo"),
        ("registrations/", api.RegistrationsView, "registrations"),
        ("registrations/<int:registration>/", api.RegistrationView, "registration"),
        ("registrations/<int:registration>/decision/", api.DecisionView, "decision"),
        ("registrations/<int:registration>/links/", api.PlaceLinksView, "registration-links"),
        ("registrations/<int:registration>/links/<int:link>/", api.PlaceLinkView, "registration-link"),
        ("tickets/", api.DeskTicketsView, "tickets"),
        ("tickets/<int:ticket>/", api.DeskTicketView, "ticket"),
        ("codes/", api.CodesView, "codes"),
        ("codes/<int:code>/", api.CodeView, "code"),
        ("registration-questions/", api.DeskQuestionsView, "asked"),
        ("registration-questions/<int:question>/", api.DeskQuestionView, "ask"),
        ("roles/", api.RolesView, "roles"),
        ("roles/<int:role>/", api.RoleView, "role"),
        ("roles/<int:role>/links/", api.RoleLinksView, "role-links"),
        ("roles/<int:role>/links/<int:link>/", api.RoleLinkView, "role-link"),
        ("bans/", api.BansView, "bans"),
        ("bans/<int:ban>/", api.BanView, "ban"),
        ("settings/", api.SettingsView, "settings"),
        ("state/", api.StateView, "state"),
    ),
    path("organisations/", api.OrganisationsView.as_view(), name="organisations"),
    *organisation_routes(
        ("events/", api.OrganisationEventsView, "events"),
        ("audit/", api.AuditView, "audit"),
        ("membership/", api.LeaveView, "membership"),
        ("members/", api.MembersView, "members"),
        ("members/<int:member>/", api.MemberView, "member"),
        ("invitations/", api.InvitationsView, "invitations"),
        ("invitations/<int:invitation>/", api.InvitationView, "invitation"),
    ),
    path("", include(router.urls)),
]
