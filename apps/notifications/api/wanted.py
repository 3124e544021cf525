"""Which mails somebody wants, over REST: the same choice as at the foot of each mail."""

from typing import Any, ClassVar

from django.http import Http404
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.core.access import Access
from apps.core.calls import Repeatable
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors.desk_calls import Reading
from apps.events.doors.linked import opened_by_links, owners_alone
from apps.notifications import registry, selectors, services
from apps.notifications.serializers import WANTED, WantedIn, WantedMailsSerializer, WantedSerializer


class WantedCall(Reading, Repeatable):
    """The account's own: who came in by the link of a mail has that link's foot for it."""

    access: ClassVar[Access] = Access.SIGNED_IN
    area: ClassVar[Area] = Area.PROFILE
    permission_classes = (IsAuthenticated,)

    @property
    def by(self) -> User:
        if opened_by_links(self.request) is not None:
            raise owners_alone()
        user: Any = self.request.user
        person: User = user
        return person

    def told(self, kind: str) -> dict[str, Any]:
        wanted = selectors.wants_mails(self.by.pk, kind=kind)
        return {"kind": kind, "about": str(registry.KINDS[kind]), "wanted": wanted}


class WantedMailsView(WantedCall):
    @documented("mails_wanted", gives=WantedMailsSerializer, example={"mails": [WANTED]})
    def get(self, request: Request) -> Response:
        """The kinds of mail that you may do without, and which of them you want. All others belong to something that
        you do, such as a code to sign in."""
        told = [self.told(kind) for kind in sorted(registry.KINDS)]
        return Response(WantedMailsSerializer({"mails": told}).data)


class WantedMailView(WantedCall):
    @documented("mails_want", takes=WantedIn, gives=WantedSerializer, example=WANTED)
    def put(self, request: Request, kind: str) -> Response:
        """Ends mails of this kind to you, or lets them come again."""
        if kind not in registry.KINDS:
            raise Http404
        services.want_mails(self.by.pk, kind=kind, wanted=self.given(WantedIn)["wanted"])
        return Response(WantedSerializer(self.told(kind)).data)
