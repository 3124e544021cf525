"""The same for many roles or bans at once, over REST: handed to workers, as decisions on registrations are."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import services
from apps.events.api.errands import ErrandCall, ErrandList
from apps.events.models import Errand
from apps.events.serializers.errands import (
    ERRAND_OF_BANS,
    ERRAND_OF_ROLES,
    BanErrandIn,
    ErrandDetailSerializer,
    RoleErrandIn,
)

BUSY = {409: ["errand.running", "errand.too_many", "errand.too_many_at_once"]}


class OfRoles(ErrandCall):
    area = Area.TEAM
    deeds = Errand.OF_ROLES


class OfBans(ErrandCall):
    area = Area.MODERATION
    deeds = Errand.OF_BANS


def known(chosen: list[int], rows: QuerySet[Any], *, field: str) -> list[int]:
    """Each once, in their order; refused where one is not of the event."""
    found = {*rows.filter(pk__in=chosen).values_list("pk", flat=True)}
    if not found >= {*chosen}:
        raise ValidationError({field: [_("The event has none with one of these numbers.")]})
    return [*dict.fromkeys(chosen)]


class RoleErrandsView(OfRoles, ErrandList):
    @extend_schema(operation_id="role_errands")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What is done, or was done, for many roles at once; the latest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "role_errand_begin",
        takes=RoleErrandIn,
        gives=ErrandDetailSerializer,
        status=202,
        example=ERRAND_OF_ROLES,
        refuses=BUSY,
    )
    def post(self, request: Request, event: str) -> Response:
        """Mails all of these their links, or ends all that they have. Organisers and moderators come by no link: they
        are left out."""
        wish = self.given(RoleErrandIn)
        rows = known(wish["roles"], self.event.event_roles.all(), field="roles")
        return self.told(services.begin_errand(self.event, deed=wish["deed"], rows=rows, by=self.by).pk, status=202)


class RoleErrandView(OfRoles):
    @documented("role_errand", gives=ErrandDetailSerializer, example=ERRAND_OF_ROLES)
    def get(self, request: Request, event: str, errand: int) -> Response:
        """How far it is, and for whom it could not be done."""
        return self.told(errand)


class BanErrandsView(OfBans, ErrandList):
    @extend_schema(operation_id="ban_errands")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who is let in again, or was, many at once; the latest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "ban_errand_begin",
        takes=BanErrandIn,
        gives=ErrandDetailSerializer,
        status=202,
        example=ERRAND_OF_BANS,
        refuses=BUSY,
    )
    def post(self, request: Request, event: str) -> Response:
        """Lets all of these in again, with the places and the roles that they had."""
        rows = known(self.given(BanErrandIn)["bans"], self.event.bans.all(), field="bans")
        begun = services.begin_errand(self.event, deed=Errand.Deed.LIFT_BANS, rows=rows, by=self.by)
        return self.told(begun.pk, status=202)


class BanErrandView(OfBans):
    @documented("ban_errand", gives=ErrandDetailSerializer, example=ERRAND_OF_BANS)
    def get(self, request: Request, event: str, errand: int) -> Response:
        """How far it is."""
        return self.told(errand)
