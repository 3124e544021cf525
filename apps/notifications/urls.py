"""Routes of the development mailbox, of ending mails, of test receivers, and of what the mail service tells."""

from django.urls import path

from apps.notifications import views

app_name = "notifications"
urlpatterns = [
    path("hooks/<str:token>/", views.ReceiveView.as_view(), name="receive"),
    path("anymail/amazon_ses/tracking/", views.MailEvents.as_view(), name="mail-events"),
    path("mail/<str:token>/", views.SilenceView.as_view(), name="silence"),
    path("mailbox/", views.Mailbox.as_view(), name="mailbox"),
    path("mailbox/<int:pk>/", views.Message.as_view(), name="message"),
    path("mailbox/<int:pk>/html/", views.MessageHtml.as_view(), name="message-html"),
    path("mailbox/<int:pk>/<int:number>/", views.Attachment.as_view(), name="attachment"),
]
