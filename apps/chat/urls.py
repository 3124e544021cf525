"""Routes of chat."""

from django.urls import path

from apps.chat import api, views

app_name = "chat"
urlpatterns = [
    path("e/<slug:event>/chat/<int:room>/", views.RoomView.as_view(), name="room"),
    path("e/<slug:event>/chat/<int:room>/send/", views.SendView.as_view(), name="send"),
    path("e/<slug:event>/chat/<int:room>/remove/", views.RemoveView.as_view(), name="remove"),
    path("e/<slug:event>/chat/<int:room>/react/", views.ReactView.as_view(), name="react"),
    path("e/<slug:event>/chat/<int:room>/rules/", views.RulesView.as_view(), name="rules"),
]
api_urlpatterns = [
    path("events/<slug:event>/rooms/<int:room>/", api.RoomAPI.as_view(), name="chat-room"),
    path("events/<slug:event>/rooms/<int:room>/rules/", api.RulesAPI.as_view(), name="chat-rules"),
    path("events/<slug:event>/rooms/<int:room>/messages/", api.MessagesAPI.as_view(), name="chat-messages"),
    path("events/<slug:event>/rooms/<int:room>/messages/<int:message>/", api.MessageAPI.as_view(), name="chat-message"),
    path("events/<slug:event>/rooms/<int:room>/reactions/", api.ReactionsAPI.as_view(), name="chat-reactions"),
]
