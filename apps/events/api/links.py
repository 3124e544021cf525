"""Links by which somebody comes in, over REST: listed, mailed and ended one by one. Where they lead is never told."""

from abc import ABC, abstractmethod
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import services
from apps.events.doors.desk_calls import DeskCall
from apps.events.models import EventRole, JoinLink, Registration
from apps.events.serializers.links import LINK, JoinLinkSerializer


class LinkCall(DeskCall, ABC):
    """Of a place, or of a role: its route says which."""

    @abstractmethod
    def holder(self) -> Registration | EventRole:
        """Whose links these are."""

    def rows(self) -> QuerySet[JoinLink]:
        found: QuerySet[JoinLink] = self.holder().join_links.all()
        return found


class OfPlace(LinkCall):
    area = Area.REGISTRATIONS

    def holder(self) -> Registration:
        rows = self.event.registrations.select_related("event", "user")
        found: Registration = get_object_or_404(rows, pk=self.kwargs["registration"])
        return found


class OfRole(LinkCall):
    area = Area.TEAM

    def holder(self) -> EventRole:
        rows = self.event.event_roles.select_related("event", "user")
        found: EventRole = get_object_or_404(rows, pk=self.kwargs["role"])
        return found


class _List(Sparse, ListAPIView[JoinLink]):
    serializer_class = JoinLinkSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[JoinLink]:
        call: Any = self
        return JoinLink.objects.none() if getattr(self, "swagger_fake_view", False) else call.rows()


class PlaceLinksView(OfPlace, _List):
    @extend_schema(operation_id="registration_links")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The links that were mailed to somebody with a place, the newest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "registration_link_mail",
        takes=None,
        gives=JoinLinkSerializer,
        status=201,
        example=LINK,
        refuses={409: ["registration.cancelled"]},
    )
    def post(self, request: Request, event: str, registration: int) -> Response:
        """Mails them another link. Those that they have go on."""
        return Response(JoinLinkSerializer(services.send_link_again(self.holder())).data, status=201)


class PlaceLinkView(OfPlace):
    @documented("registration_link_end")
    def delete(self, request: Request, event: str, registration: int, link: int) -> Response:
        """Ends one link, and what was opened with it. The others of this person go on. Twice changes nothing."""
        services.revoke_link(get_object_or_404(self.rows().select_related("registration", "role"), pk=link))
        return Response(status=204)


class RoleLinksView(OfRole, _List):
    @extend_schema(operation_id="role_links")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The links that were mailed to a speaker or exhibitor, the newest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "role_link_mail",
        takes=None,
        gives=JoinLinkSerializer,
        status=201,
        example=LINK,
        refuses={403: ["link.staff_role"], 409: ["role.banned", "role.too_many"]},
    )
    def post(self, request: Request, event: str, role: int) -> Response:
        """Mails a speaker or exhibitor the link by which they come in. Never one of staff."""
        found = self.holder()
        link = services.invite_with_role(self.event, user=found.user, role=found.role)
        return Response(JoinLinkSerializer(link).data, status=201)


class RoleLinkView(OfRole):
    @documented("role_link_end")
    def delete(self, request: Request, event: str, role: int, link: int) -> Response:
        """Ends one link, and what was opened with it. Twice changes nothing."""
        services.revoke_link(get_object_or_404(self.rows().select_related("registration", "role"), pk=link))
        return Response(status=204)
