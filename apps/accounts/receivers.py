"""Keeps where somebody is signed in, and whether they have a second step; tells them what happened to it."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.account.signals import user_logged_in as signed_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from allauth.usersessions.models import UserSession
from allauth.usersessions.signals import on_user_logged_in
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from apps.accounts import services
from apps.accounts.models import User


@receiver(user_logged_in)
def keep_device(request: Any, **_: Any) -> None:
    """However somebody came in: by code, password or link."""
    if request.META.get("REMOTE_ADDR"):  # a program that signs in has none
        UserSession.objects.create_from_request(request)
        services.keep_within_bounds(request.user)


@receiver([password_changed, password_reset, password_set])
def end_what_the_old_password_opened(request: Any, user: User, **_: Any) -> None:
    """Django believes no session from before; so they end, and what was opened with them."""
    services.end_other_sessions(user, str(request.session.session_key))


@receiver([post_save, post_delete], sender=Authenticator)
def note_second_factor(instance: Authenticator, **_: Any) -> None:
    services.note_second_factor(instance.user_id)


@receiver(authenticator_used)
def tell_of_used_code(user: User, authenticator: Authenticator, **_: Any) -> None:
    """A code for emergencies is what somebody else would use, who found the list."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        left = len(authenticator.wrap().get_unused_codes())
        get_adapter().send_notification_mail("mfa/email/recovery_code_used", user, {"left": left})


# The library looks through all of a person's sessions at each way in. Ours are bounded, and swept by the hour.
signed_in.disconnect(on_user_logged_in)
