"""Routes of mails: owed ones, the development mailbox, ending them; of webhooks, and of their test receivers."""

from django.urls import path

from apps.core.scopes import Area
from apps.events.doors.desk_calls import desk_routes
from apps.events.doors.desk_tables import table_routes
from apps.notifications import api, views
from apps.notifications.api import mails, receivers, wanted

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
TRIED = f"{BASE}<int:webhook>/receivers/"
api_urlpatterns = [
    path(BASE, api.WebhooksView.as_view(), name="webhooks"),
    path(f"{BASE}<int:webhook>/", api.WebhookView.as_view(), name="webhook"),
    path(f"{BASE}<int:webhook>/secret/", api.SecretView.as_view(), name="webhook-secret"),
    path(f"{BASE}<int:webhook>/test/", api.TestView.as_view(), name="webhook-test"),
    path(f"{BASE}<int:webhook>/again/", api.ReplayView.as_view(), name="webhook-replay"),
    path(f"{BASE}<int:webhook>/deliveries/", api.DeliveriesView.as_view(), name="webhook-deliveries"),
    path(f"{BASE}<int:webhook>/deliveries/<int:delivery>/", api.DeliveryView.as_view(), name="webhook-delivery"),
    path(TRIED, receivers.ReceiversView.as_view(), name="webhook-receivers"),
    path(f"{TRIED}<int:receiver>/", receivers.ReceiverView.as_view(), name="webhook-receiver"),
    path(f"{TRIED}<int:receiver>/test/", receivers.ReceiverTestView.as_view(), name="webhook-receiver-test"),
    path(f"{TRIED}<int:receiver>/calls/", receivers.ReceivedView.as_view(), name="webhook-received"),
    path("me/mails/", wanted.WantedMailsView.as_view(), name="me-mails"),
    path("me/mails/<slug:kind>/", wanted.WantedMailView.as_view(), name="me-mail"),
    *desk_routes(
        ("mails/", mails.MailsView, "mails"),
        ("mails/<int:mail>/", mails.MailView, "mail"),
        ("mails/<int:mail>/again/", mails.MailAgainView, "mail-again"),
    ),
    *table_routes(Area.REGISTRATIONS, mails="notifications.owedmail"),
]
