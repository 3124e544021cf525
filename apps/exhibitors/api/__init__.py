"""The expo over HTTP: booths, and asking them something."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView, EventViewSet, scope
from apps.events.doors.desk_calls import DeskCall, changed, check
from apps.events.models import Event
from apps.events.permissions import may_enter_expo
from apps.exhibitors import permissions, selectors, services
from apps.exhibitors.models import Booth, BoothDocument
from apps.exhibitors.serializers import (
    BOOTH,
    BoothDetailSerializer,
    BoothQuery,
    BoothSerializer,
    ContactSerializer,
    DeskBoothQuery,
    DeskBoothSerializer,
)
from apps.media.models import Asset

FILES = {"logo": Asset.Kind.IMAGE, "cover": Asset.Kind.IMAGE, "film": Asset.Kind.VIDEO}
NO_SUCH_FILE = _("The event has no such file.")


class BoothList(EventViewSet):
    access = Access.PUBLIC
    area = Area.EXPO
    serializer_class = BoothSerializer
    lookup_field = "slug"
    ordering = ("position", "name", "pk")

    def get_serializer_class(self) -> type[BoothSerializer]:
        return BoothDetailSerializer if self.action == "retrieve" else BoothSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Booth.objects.none()
        query = BoothQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return selectors.booths(self.event, **query.validated_data)

    @extend_schema(parameters=[BoothQuery])
    def list(self, request: Request, event: str) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, event: str, slug: str) -> Response:
        booth = selectors.booth_by_slug(self.event, slug)
        if booth is None or not permissions.can_see(booth, is_staff=permissions.can_run_expo(self.roles)):
            raise Http404
        return Response(self.get_serializer(booth).data)


class Contact(EventAPIView):
    access = Access.ATTENDEE
    area = Area.EXPO

    @extend_schema(request=ContactSerializer, responses={201: ContactSerializer})
    def post(self, request: Request, event: str, slug: str) -> Response:
        booth, person = self._booth(), self.person
        if person is None:
            raise Http404
        asked = ContactSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        fields = {name: asked.validated_data.get(name, "") for name in ("name", "email", "company", "message")}
        made = services.request_contact(booth, user=person, **fields)
        return Response(ContactSerializer(made).data, status=status.HTTP_201_CREATED)

    def check_repeated(self) -> None:
        self._booth()

    def _booth(self) -> Booth:
        booth = selectors.booth_by_slug(self.event, self.kwargs["slug"])
        if booth is None or not booth.is_published:
            raise Http404
        if not may_enter_expo(self.roles):
            raise permissions.other_ticket()
        return booth


class DeskBoothCall(DeskCall):
    """Booths as those who run the event write them, also those that are not shown."""

    area = Area.EXPO

    def get_serializer_context(self) -> dict[str, Any]:
        return {"request": self.request, "view": self, "event": getattr(self, "event", None)}

    def rows(self) -> QuerySet[Booth]:
        documents = BoothDocument.objects.select_related("asset").order_by("position", "pk")
        found: QuerySet[Booth] = self.event.booths.select_related("logo", "cover", "film")
        return found.prefetch_related("staff", Prefetch("documents", documents))

    def found(self) -> Booth:
        row: Booth = get_object_or_404(self.rows(), slug=self.kwargs["slug"])
        row.event = self.event
        return row

    def wish(self, row: Booth | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """The booth's own fields, and what goes beside them."""
        wish = self.given(DeskBoothSerializer, instance=row, partial=row is not None, event=self.event)
        for name, kind in FILES.items():
            if name in wish:
                wish[name] = self.files([wish[name]["key"]], kind=kind, field=name)[0] if wish[name]["key"] else None
        beside: dict[str, Any] = {}
        if "staff" in wish:
            beside["staff"] = self.people(wish.pop("staff"))
        if "documents" in wish:
            beside["documents"] = self.files(wish.pop("documents"), kind=Asset.Kind.DOCUMENT, field="documents")
        return wish, beside

    def files(self, keys: list[str], *, kind: str, field: str) -> list[Asset]:
        found = {asset.key: asset for asset in self.event.assets.filter(key__in=keys, kind=kind)}
        if not found.keys() >= {*keys}:
            raise ValidationError({field: [NO_SUCH_FILE]})
        return [found[key] for key in dict.fromkeys(keys)]

    def people(self, numbers: list[int]) -> list[Any]:
        found = {
            user.pk: user for user in scope.people_of(Event.objects.filter(pk=self.event.pk)).filter(pk__in=numbers)
        }
        if not found.keys() >= {*numbers}:
            raise ValidationError({"staff": [_("There is nobody with this number in the event.")]})
        return [found[number] for number in dict.fromkeys(numbers)]

    def told(self, booth: Booth, *, status: int = 200) -> Response:
        row = self.rows().get(pk=booth.pk)
        return Response(DeskBoothSerializer(row, context={"event": self.event}).data, status=status)


class DeskBoothsView(DeskBoothCall, Sparse, ListAPIView[Booth]):
    serializer_class = DeskBoothSerializer
    ordering = ("position", "name", "pk")

    def get_queryset(self) -> QuerySet[Booth]:
        if getattr(self, "swagger_fake_view", False):
            return Booth.objects.none()
        return self.rows().filter(**self.asked(DeskBoothQuery))

    @extend_schema(operation_id="desk_booths", parameters=[DeskBoothQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All booths, in the order of the expo, with what is written about them in each language."""
        return self.list(request, *args, **kwargs)

    @documented(
        "booth_make",
        takes=DeskBoothSerializer,
        gives=DeskBoothSerializer,
        status=201,
        example=BOOTH,
        refuses={409: ["booth.part_gone", "booth.slug_taken", "booth.too_many", "role.banned", "role.too_many"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a booth."""
        wish, beside = self.wish()
        booth = Booth(event=self.event, **wish)
        check(booth, but=() if booth.slug else ("slug",))
        services.save_booth(booth, **beside)
        return self.told(booth, status=201)


class DeskBoothView(DeskBoothCall):
    @documented("desk_booth", gives=DeskBoothSerializer, example=BOOTH)
    def get(self, request: Request, event: str, slug: str) -> Response:
        """One of them."""
        return self.told(self.found())

    @documented(
        "booth_change",
        takes=DeskBoothSerializer,
        gives=DeskBoothSerializer,
        example=BOOTH,
        refuses={404: ["booth.gone"], 409: ["booth.part_gone", "booth.slug_taken", "role.banned", "role.too_many"]},
    )
    def patch(self, request: Request, event: str, slug: str) -> Response:
        """Changes what is said; `staff` and `documents` take the place of those there."""
        found = self.found()
        wish, beside = self.wish(found)
        new = changed(found, wish)
        check(found)
        services.save_booth(found, changed=new, **beside)
        return self.told(found)

    @documented("booth_delete")
    def delete(self, request: Request, event: str, slug: str) -> Response:
        """Deletes it with what was asked there. One that people look for is better not shown."""
        services.remove_booth(self.found())
        return Response(status=204)
