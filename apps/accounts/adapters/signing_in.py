"""What allauth asks of the platform: who may sign up, and how its mails leave."""

import time
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import HttpResponseRedirect  # noqa: TID251 - the library asks its adapter for the answer
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from ua_parser import parse_user_agent

from apps.accounts.models import User
from apps.accounts.registry import ways
from apps.accounts.signals import mail_wanted

if TYPE_CHECKING:
    from django.http import HttpRequest  # noqa: TID251 - the library's interface names it

MOST_RECORDS = 20
LINKS = ("password_reset_url", "activate_url")
WHY_ANOTHER_WAY = _("Your organisation asks you to sign in with its own service.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("This is not the code in the newest mail. Type it as it stands there, or ask for another."),
        "email_password_mismatch": _("Address and password do not belong together. Try again, or use a code."),
        "too_many_login_attempts": _("Too many tries. Wait some minutes; a code that you have still works."),
        "rate_limited": _("That was quick. Wait a minute, then ask again."),
        "account_inactive": _("This account is closed."),
        "invalid_login": _("Address and password do not belong together. Try again, or use a code."),
    }

    def is_open_for_signup(self, request: "HttpRequest") -> bool:
        """Accounts come with a place in an event, or from an organiser; there is no account without a reason."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owed like every other mail: a mail service that is slow or away keeps nobody waiting on a page."""
        user = User.objects.filter(email=email).first()
        if user:
            # Without a row for the address, the library could not keep that the code from its mailbox proved it.
            EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        mail_wanted.send(
            sender=User,
            kind=template_prefix.rpartition("/")[2],
            to=email,
            user=user,
            subject=message.subject,
            text=message.body,
            code=str(context.get("code", "")),
            url=next((str(context[name]) for name in LINKS if context.get(name)), ""),
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """To the address that names the person, whether or not the library keeps a row of it. The browser is named as
        we know it: what it says of itself, whoever uses it can write."""
        browser = parse_user_agent(self.get_http_user_agent(self.request))
        told = {"browser": browser.family if browser else "", **(context or {})}
        super().send_notification_mail(template_prefix, user, told, email or user.email)

    def set_password(self, user: User, password: str) -> None:
        """The password alone: the rest of the row may have changed since it was read, rights among it."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def pre_login(self, request: "HttpRequest", user: User, **how: Any) -> Any:
        """Whichever way somebody proved themselves: where theirs is another one, they are led there."""
        answer = super().pre_login(request, user, **how)
        way = "" if answer else ways.required(user, request.session)
        if not way:
            return answer
        clear_login(request)
        messages.info(request, WHY_ANOTHER_WAY)
        wanted = how.get("redirect_url")
        return HttpResponseRedirect(f"{way}?{urlencode({'next': wanted})}" if wanted else way)

    def post_login(self, request: "HttpRequest", user: User, **how: Any) -> Any:
        """Whoever signs in shows as much as somebody who is asked again, and isn't asked again at once."""
        records = get_authentication_records(request, user)
        shown = {"method": "sign_in", "at": time.time(), "reauthenticated": True}
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [*records[-MOST_RECORDS:], shown]
        return super().post_login(request, user, **how)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Where there is a second step, it is what is asked for: the browser may remember the password by itself."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] != "reauthenticate"] or methods

    def get_login_redirect_url(self, request: "HttpRequest") -> str:
        return reverse("admin:index") if request.user.is_staff else reverse("events:front")

    def get_logout_redirect_url(self, request: "HttpRequest") -> str:
        return reverse("events:front")
