"""What allauth asks of the platform: who may sign up, and how its mails leave."""

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.signals import mail_wanted

if TYPE_CHECKING:
    from django.http import HttpRequest  # noqa: TID251 - the library's interface names it

LINKS = ("password_reset_url", "activate_url")


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

    def get_login_redirect_url(self, request: "HttpRequest") -> str:
        return reverse("admin:index") if request.user.is_staff else reverse("events:front")

    def get_logout_redirect_url(self, request: "HttpRequest") -> str:
        return reverse("events:front")
