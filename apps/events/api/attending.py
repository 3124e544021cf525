"""The people of an event over REST, for those who run it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.core.calls import Sparse
from apps.core.scopes import Area
from apps.events import selectors
from apps.events.doors.desk_calls import DeskCall
from apps.events.serializers.attending import AttendingSerializer, PeopleQuery


class AttendingView(DeskCall, Sparse, ListAPIView[User]):
    area = Area.REGISTRATIONS
    serializer_class = AttendingSerializer
    ordering = ("email",)

    def get_queryset(self) -> QuerySet[User]:
        if getattr(self, "swagger_fake_view", False):
            return User.objects.none()
        return selectors.people_where(self.event, **self.asked(PeopleQuery))

    @extend_schema(operation_id="desk_people", parameters=[PeopleQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Everybody who has a place or a role in the event, or runs it, and came by; with their roles, by address. What
        one of them shows of themselves stands at `people/31/`."""
        return self.list(request, *args, **kwargs)
