"""Routes of the development mailbox."""

from django.urls import path

from apps.notifications import views

app_name = "notifications"
urlpatterns = [
    path("mailbox/", views.Mailbox.as_view(), name="mailbox"),
    path("mailbox/<int:pk>/", views.Message.as_view(), name="message"),
    path("mailbox/<int:pk>/html/", views.MessageHtml.as_view(), name="message-html"),
    path("mailbox/<int:pk>/<int:number>/", views.Attachment.as_view(), name="attachment"),
]
