"""Keeps what a person wants to find again: where they are signed in."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from apps.accounts.models import User
from apps.accounts.signals import sessions_ended


@receiver(user_logged_in)
def keep_device(request: Any, **_: Any) -> None:
    """However somebody came in: by code, password or link."""
    if request.META.get("REMOTE_ADDR"):  # a program that signs in has none
        UserSession.objects.create_from_request(request)


@receiver([password_changed, password_reset, password_set])
def say_that_sessions_ended(user: User, **_: Any) -> None:
    """Django lets every other session go with the password."""
    sessions_ended.send(sender=User, user=user)
