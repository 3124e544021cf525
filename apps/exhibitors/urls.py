"""Routes of the expo: pages, desk, API."""

from django.urls import path

from apps.core.scopes import Area
from apps.events.doors.desk_calls import desk_routes
from apps.events.doors.desk_tables import table_routes
from apps.exhibitors import api, views
from apps.exhibitors.api import asking

app_name = "exhibitors"
urlpatterns = [
    path("e/<slug:event>/expo/", views.Expo.as_view(), name="expo"),
    path("e/<slug:event>/expo/<slug:slug>/", views.BoothPage.as_view(), name="booth"),
    path("e/<slug:event>/expo/<slug:slug>/brand.<slug:digest>.css", views.BoothStyle.as_view(), name="style"),
    path("e/<slug:event>/expo/<slug:slug>/desk/", views.Desk.as_view(), name="desk"),
    path("e/<slug:event>/expo/<slug:slug>/desk/<int:pk>/", views.DeskRequest.as_view(), name="desk_request"),
]
BOOTH = "events/<slug:event>/booths/<slug:slug>/"
OWN = "events/<slug:event>/contact-requests/"
api_urlpatterns = [
    path("events/<slug:event>/booths/", api.BoothList.as_view({"get": "list"}), name="booths"),
    path(BOOTH, api.BoothList.as_view({"get": "retrieve"}), name="booth"),
    path(f"{BOOTH}contact/", api.Contact.as_view(), name="booth_contact"),
    path(f"{BOOTH}requests/", asking.BoothAskedListView.as_view(), name="booth-requests"),
    path(f"{BOOTH}requests/<int:asked>/", asking.BoothAskedView.as_view(), name="booth-request"),
    path(f"{BOOTH}requests/<int:asked>/answer/", asking.BoothAnswerView.as_view(), name="booth-answer"),
    path(OWN, asking.OwnAskedListView.as_view(), name="contact-requests"),
    path(f"{OWN}<int:asked>/", asking.OwnAskedView.as_view(), name="contact-request"),
    *desk_routes(
        ("contact-requests/", asking.DeskAskedListView, "contact-requests"),
        ("contact-requests/<int:asked>/", asking.DeskAskedView, "contact-request"),
        ("booths/", api.DeskBoothsView, "booths"),
        ("booths/<slug:slug>/", api.DeskBoothView, "booth"),
    ),
    *table_routes(Area.EXPO, booths="exhibitors.booth", contact_requests="exhibitors.contactrequest"),
]
