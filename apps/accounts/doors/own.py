"""Pages that are about the person who reads them."""

from typing import ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest

from apps.accounts.models import User
from apps.core.access import Access


class OfOneself(LoginRequiredMixin):
    """For views of whoever is signed in, `self.person`."""

    access: ClassVar[Access] = Access.SIGNED_IN
    request: HttpRequest

    @property
    def person(self) -> User:
        assert isinstance(self.request.user, User)  # noqa: S101 - the mixin let nobody else in
        return self.request.user
