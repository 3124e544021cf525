"""Routes of the expo: pages, desk, API."""

from django.urls import path

from apps.events.doors.desk_calls import desk_routes
from apps.exhibitors import api, views

app_name = "exhibitors"
urlpatterns = [
    path("e/<slug:event>/expo/", views.Expo.as_view(), name="expo"),
    path("e/<slug:event>/expo/<slug:slug>/", views.BoothPage.as_view(), name="booth"),
    path("e/<slug:event>/expo/<slug:slug>/brand.<slug:digest>.css", views.BoothStyle.as_view(), name="style"),
    path("e/<slug:event>/expo/<slug:slug>/desk/", views.Desk.as_view(), name="desk"),
    path("e/<slug:event>/expo/<slug:slug>/desk/<int:pk>/", views.DeskRequest.as_view(), name="desk_request"),
]
api_urlpatterns = [
    path("events/<slug:event>/booths/", api.BoothList.as_view({"get": "list"}), name="booths"),
    path("events/<slug:event>/booths/<slug:slug>/", api.BoothList.as_view({"get": "retrieve"}), name="booth"),
    path("events/<slug:event>/booths/<slug:slug>/contact/", api.Contact.as_view(), name="booth_contact"),
    *desk_routes(
        ("booths/", api.DeskBoothsView, "booths"),
        ("booths/<slug:slug>/", api.DeskBoothView, "booth"),
    ),
]
