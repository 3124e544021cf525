"""Routes of the development mailbox, of ending mails, of test receivers, and of what the mail service tells."""

from django.urls import path

from apps.notifications import api, views

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

BASE = "organisations/<slug:organisation>/webhooks/"
api_urlpatterns = [
    path(BASE, api.WebhooksView.as_view(), name="webhooks"),
    path(f"{BASE}<int:webhook>/", api.WebhookView.as_view(), name="webhook"),
    path(f"{BASE}<int:webhook>/secret/", api.SecretView.as_view(), name="webhook-secret"),
    path(f"{BASE}<int:webhook>/test/", api.TestView.as_view(), name="webhook-test"),
    path(f"{BASE}<int:webhook>/again/", api.ReplayView.as_view(), name="webhook-replay"),
    path(f"{BASE}<int:webhook>/deliveries/", api.DeliveriesView.as_view(), name="webhook-deliveries"),
    path(f"{BASE}<int:webhook>/deliveries/<int:delivery>/", api.DeliveryView.as_view(), name="webhook-delivery"),
]
