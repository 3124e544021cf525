"""What allauth asks about second steps: how their secrets rest, what a camera reads, and which one must stay."""

import base64
import logging
from typing import TYPE_CHECKING

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from apps.accounts.models import User

logger = logging.getLogger(__name__)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This is not the code that we expect now. Wait for the next one, and type that."),
        "cannot_delete_authenticator": _(
            "Whoever runs events keeps a second step. Add another one first; then this one can go."
        ),
        "cannot_generate_recovery_codes": _("Codes for emergencies come with an app or a passkey. Add one first."),
        "unverified_email": _("Your address is not confirmed yet. Sign in once by a code that we mail you."),
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box().decrypt(encrypted_text).decode()
        except InvalidToken:
            # As good as lost. No code fits a secret that nobody was told, and the page says no more than that.
            logger.error("A second step cannot be read: it was kept with another SECRET_KEY.")
            return str(totp.generate_totp_secret())

    def build_totp_svg(self, url: str) -> str:
        """Of letters of ours alone: coordinates. Not remembered, unlike other codes: it holds a secret."""
        code = segno.make(url, error="m", micro=False, boost_error=False)
        return str(code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None, light="#fff"))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of somebody who must have one. They may replace it, or add another one first."""
        if not authenticator.user.needs_second_factor:
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def generate_authenticator_name(self, user: "User", type: str) -> str:  # noqa: A002 - the library's name for it
        others = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"{gettext('Passkey')} {others + 1}" if others else gettext("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Plenary"}


def renewed(encrypted: str) -> str:
    """The same secret, kept with the newest key; as it is where it is so already, or where no key opens it."""
    newest = MultiFernet([_lock(settings.SECRET_KEY)])
    try:
        newest.decrypt(encrypted)
    except InvalidToken:
        try:
            return _box().rotate(encrypted).decode()
        except InvalidToken:
            return encrypted
    return encrypted


def _box() -> MultiFernet:
    return MultiFernet([_lock(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _lock(key: str) -> Fernet:
    digest = salted_hmac("plenary.accounts.second_factor", "", secret=key, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))
