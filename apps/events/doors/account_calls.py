"""Calls about one's own account: what pages show to whoever signed in by themselves, and to nobody else."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.models import User
from apps.core.access import Access
from apps.core.calls import Repeatable
from apps.core.errors import Refused
from apps.core.scopes import Area
from apps.events.doors.desk_calls import Reading
from apps.events.doors.linked import opened_by_links, owners_alone


def check_session(request: Request) -> None:
    """Raises Refused where a token comes: what makes more tokens, or ends the account, takes somebody who signed in."""
    if request.auth is not None:
        words = _("No token opens this. Sign in, and do it there.")
        raise Refused("token.session_needed", words, status=403)


class OneselfAlone(BasePermission):
    """Not who came by the link of a mail: whoever holds a forwarded one must not make the account their own."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            raise NotAuthenticated
        if opened_by_links(request) is not None:
            raise owners_alone()
        return True


class AccountCall(Reading, Repeatable):
    access: ClassVar[Access] = Access.SIGNED_IN
    area: ClassVar[Area] = Area.ACCOUNT
    permission_classes = (OneselfAlone,)
    reads_primary: ClassVar[bool] = True

    @property
    def me(self) -> User:
        user: Any = self.request.user
        found: User = user
        return found
