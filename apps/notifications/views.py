"""The mailbox of development, what a mail service tells of our mails, and the page that ends a kind of them."""

from typing import Any, ClassVar

from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from apps.core.access import Access
from apps.core.errors import Refused
from apps.notifications import registry, selectors, services
from apps.notifications.models import MailboxMessage

A_PAGE = 30
# A mail brings styles of its own and may link anywhere, but runs nothing, and stands in our frame only.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


class MailboxView(View):
    """Only where no mail service is set: then everything that was sent can be read here by anybody."""

    access: ClassVar[Access] = Access.ANYONE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.MAILBOX_PAGES:
            raise Http404
        response = super().dispatch(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Mailbox(MailboxView):
    def get(self, request: HttpRequest) -> HttpResponse:
        search = request.GET.get("to", "").strip()[:254]
        page = Paginator(selectors.mailbox(search=search), A_PAGE).get_page(request.GET.get("page"))
        return render(request, "notifications/mailbox.html", {"page": page, "search": search})


class Message(MailboxView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        letter = selectors.Letter(get_object_or_404(MailboxMessage, pk=pk))
        return render(request, "notifications/message.html", {"message": letter.row, "letter": letter})


class MessageHtml(MailboxView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        letter = selectors.Letter(get_object_or_404(MailboxMessage, pk=pk))
        # Links leave the frame, as they would leave a mail program.
        page = letter.html.replace("<head>", '<head><base target="_top">', 1)
        response = HttpResponse(page, headers={"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"})
        response._csp_exempt = True  # type: ignore[attr-defined]
        return response


class Attachment(MailboxView):
    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        found = selectors.Letter(get_object_or_404(MailboxMessage, pk=pk)).attachments
        if number >= len(found):
            raise Http404
        name, kind, content = found[number]
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return HttpResponse(content, content_type=kind, headers=headers)


@method_decorator(csrf_exempt, name="dispatch")  # The address is the right to it; mail programs post there themselves.
class SilenceView(View):
    """Ends one kind of mails to one person, or lets them come again. Looking at it changes nothing: scanners look."""

    access: ClassVar[Access] = Access.ANYONE

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        user_id, kind = self.meant(token)
        return self.shown(request, user_id, kind)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        user_id, kind = self.meant(token)
        services.want_mails(user_id, kind=kind, wanted=request.POST.get("wanted") == "1")
        return self.shown(request, user_id, kind)

    def meant(self, token: str) -> tuple[int, str]:
        found = registry.read(token)
        if found is None:
            raise Http404
        return found

    def shown(self, request: HttpRequest, user_id: int, kind: str) -> HttpResponse:
        wanted = selectors.wants_mails(user_id, kind=kind)
        response = render(request, "notifications/silence.html", {"wanted": wanted, "about": registry.KINDS[kind]})
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


class MailEvents(AmazonSESTrackingWebhookView):  # type: ignore[misc]
    """Deliveries, bounces and complaints from Amazon SES by way of SNS; `receivers` hears them as anymail's signal.

    Whoever posts must know ANYMAIL_WEBHOOK_SECRET; that is also what lets anymail confirm a new subscription by
    itself. Anymail does not check SNS' own signature, so without the secret there is no such page.
    """

    access: ClassVar[Access] = Access.ANYONE
    warn_if_no_basic_auth = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.ANYMAIL_WEBHOOK_SECRET:
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


@method_decorator(csrf_exempt, name="dispatch")  # Programs post here; the address is the right to it.
class ReceiveView(View):
    """A test receiver of a webhook: takes what comes, and shows it at the desk alone."""

    access: ClassVar[Access] = Access.ANYONE
    http_method_names = ("post",)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        receiver = selectors.receiver_by_token(token)
        if receiver is None:
            raise Http404
        try:
            services.receive(receiver, headers=request.headers, body=request.body)
        except (Refused, RequestDataTooBig) as refused:
            return HttpResponse(status=getattr(refused, "status", 413))
        return HttpResponse(status=204)
