"""Who has which role in an event, and who was put out of it, over REST, for those who run it."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.core.calls import Sparse
from apps.core.errors import Refused
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import selectors, services
from apps.events.doors import scope
from apps.events.doors.desk_calls import DeskCall
from apps.events.models import Ban, Event, EventRole
from apps.events.serializers.team import (
    BAN,
    ROLE,
    BanIn,
    BanQuery,
    BanSerializer,
    RoleIn,
    RoleQuery,
    RoleSerializer,
)

KNOWN_TO = "event__organisation"


class RolesView(DeskCall, Sparse, ListAPIView[EventRole]):
    area = Area.TEAM
    serializer_class = RoleSerializer
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[EventRole]:
        if getattr(self, "swagger_fake_view", False):
            return EventRole.objects.none()
        rows = self.event.event_roles.filter(**self.asked(RoleQuery)).select_related("user")
        return selectors.as_known(rows, KNOWN_TO)

    @extend_schema(operation_id="roles", parameters=[RoleQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who has a role in this event. Members of its organisation run it without one."""
        return self.list(request, *args, **kwargs)

    @documented(
        "role_grant",
        takes=RoleIn,
        gives=RoleSerializer,
        status=201,
        example=ROLE,
        refuses={409: ["role.banned", "role.too_many"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Gives somebody a role, by their address. Twice changes nothing."""
        wish = self.given(RoleIn)
        role = wish.pop("role")
        with transaction.atomic():  # who may not have it has no account by it
            user = services.find_by_address(self.event.organisation, **wish)
            granted = services.grant_role(self.event, user=user, role=role)
        row = selectors.as_known(self.event.event_roles.filter(pk=granted.pk).select_related("user"), KNOWN_TO).get()
        return Response(RoleSerializer(row).data, status=201)


class RoleView(DeskCall):
    area = Area.TEAM

    @documented("role_revoke")
    def delete(self, request: Request, event: str, role: int) -> Response:
        """Takes a role away; where the person is at this moment, they lose it within seconds."""
        found = get_object_or_404(self.event.event_roles.select_related("user"), pk=role)
        services.revoke_role(self.event, user=found.user, role=found.role)
        return Response(status=204)


class BanCall(DeskCall):
    area = Area.MODERATION

    def rows(self) -> QuerySet[Ban]:
        return selectors.as_known(self.event.bans.select_related("user", "by"), KNOWN_TO)


class BansView(BanCall, Sparse, ListAPIView[Ban]):
    serializer_class = BanSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Ban]:
        if getattr(self, "swagger_fake_view", False):
            return Ban.objects.none()
        asked = self.asked(BanQuery)
        return self.rows().filter(lifted_at__isnull=asked["standing"]) if "standing" in asked else self.rows()

    @extend_schema(operation_id="bans", parameters=[BanQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who was put out of the event, and who came in again; the latest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "ban",
        takes=BanIn,
        gives=BanSerializer,
        status=201,
        example=BAN,
        refuses={400: ["invalid", "ban.person_unknown"], 409: ["ban.staff"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Closes the event to somebody of it. Where a ban stands already, that is the answer."""
        wish = self.given(BanIn)
        people = scope.people_of(Event.objects.filter(pk=self.event.pk))
        user: User | None = people.filter(pk=wish["person"]).first()
        if user is None:
            words = _("There is nobody with this number in the event.")
            raise Refused("ban.person_unknown", words, field="person", status=400)
        made = services.ban(self.event, user=user, by=self.by, reason=wish["reason"])
        return Response(BanSerializer(self.rows().get(pk=made.pk)).data, status=201)


class BanView(BanCall):
    @documented("ban_lift")
    def delete(self, request: Request, event: str, ban: int) -> Response:
        """Lets them in again, with the place and the roles that they had. Twice changes nothing."""
        found = get_object_or_404(self.event.bans.select_related("user"), pk=ban)
        if found.lifted_at is None:
            services.lift_ban(self.event, user=found.user, by=self.by)
        return Response(status=204)
