"""The expo over HTTP: booths, and asking them something."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.scopes import Area
from apps.events.doors import EventAPIView, EventViewSet
from apps.events.permissions import may_enter_expo
from apps.exhibitors import permissions, selectors, services
from apps.exhibitors.models import Booth
from apps.exhibitors.serializers import BoothDetailSerializer, BoothQuery, BoothSerializer, ContactSerializer


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
