"""The same for many registrations at once, over REST: handed to workers, and how far it is."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import services
from apps.events.doors.desk_calls import DeskCall
from apps.events.models import Errand
from apps.events.serializers.errands import ERRAND, ErrandDetailSerializer, ErrandIn, ErrandSerializer


class ErrandCall(DeskCall):
    """Each area's own alone: a token reads what one of its scopes names."""

    area = Area.REGISTRATIONS
    deeds: ClassVar[tuple[str, ...]] = Errand.OF_REGISTRATIONS

    def rows(self) -> QuerySet[Errand]:
        found: QuerySet[Errand] = self.event.errands.filter(deed__in=self.deeds).select_related("by").defer("rows")
        return found

    def told(self, pk: int, *, status: int = 200) -> Response:
        return Response(ErrandDetailSerializer(get_object_or_404(self.rows(), pk=pk)).data, status=status)


class ErrandList(ErrandCall, Sparse, ListAPIView[Errand]):
    serializer_class = ErrandSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Errand]:
        return Errand.objects.none() if getattr(self, "swagger_fake_view", False) else self.rows().defer("refused")


class ErrandsView(ErrandList):
    @extend_schema(operation_id="errands")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What is done, or was done, for many at once; the latest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "errand_begin",
        takes=ErrandIn,
        gives=ErrandDetailSerializer,
        status=202,
        example=ERRAND,
        refuses={409: ["errand.running", "errand.too_many", "errand.too_many_at_once"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Does the same for all of these, each as by a decision of its own. Ask for it to see how far it is; those for
        whom it is being done already are left out."""
        wish = self.given(ErrandIn)
        chosen = [*dict.fromkeys(wish["registrations"])]
        known = {*self.event.registrations.filter(pk__in=chosen).values_list("pk", flat=True)}
        if not known >= {*chosen}:
            raise ValidationError({"registrations": [_("The event has no such registration.")]})
        begun = services.begin_errand(self.event, deed=wish["deed"], rows=chosen, by=self.by, reason=wish["reason"])
        return self.told(begun.pk, status=202)


class ErrandView(ErrandCall):
    @documented("errand", gives=ErrandDetailSerializer, example=ERRAND)
    def get(self, request: Request, event: str, errand: int) -> Response:
        """One of them, with those for whom it could not be done."""
        return self.told(errand)
