"""Answers that the intake accepted and could not write, over REST: why, tried again, thrown away."""

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
from apps.events import selectors, services
from apps.events.doors.desk_calls import DeskCall
from apps.events.serializers.set_aside import SET_ASIDE, SetAsideQuery, SetAsideSerializer
from apps.intake.models import DeadLetter


class SetAsideCall(DeskCall):
    area = Area.ORGANISING

    def rows(self) -> QuerySet[DeadLetter]:
        return selectors.set_aside_of(self.event)

    def found(self) -> DeadLetter:
        row: DeadLetter = get_object_or_404(self.rows(), pk=self.kwargs["letter"])
        return row


class SetAsideListView(SetAsideCall, Sparse, ListAPIView[DeadLetter]):
    serializer_class = SetAsideSerializer
    ordering = ("-tried_at", "-pk")

    def get_queryset(self) -> QuerySet[DeadLetter]:
        if getattr(self, "swagger_fake_view", False):
            return DeadLetter.objects.none()
        return self.rows().filter(**self.asked(SetAsideQuery))

    @extend_schema(operation_id="set_aside", parameters=[SetAsideQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answers that were accepted and could not be written, the last tried first. Who sent them and what stays
        unsaid."""
        return self.list(request, *args, **kwargs)


class SetAsideView(SetAsideCall):
    @documented("set_aside_one", gives=SetAsideSerializer, example=SET_ASIDE)
    def get(self, request: Request, event: str, letter: int) -> Response:
        """One of them."""
        return Response(SetAsideSerializer(self.found()).data)

    @documented("set_aside_throw")
    def delete(self, request: Request, event: str, letter: int) -> Response:
        """Throws it away: it will not count."""
        services.throw_set_aside(self.event, self.found())
        return Response(status=204)


class TrySetAsideView(SetAsideCall):
    @documented("set_aside_again", takes=None)
    def post(self, request: Request, event: str, letter: int) -> Response:
        """Counts it where it belongs, also where that has closed since. Refused (409) with the reason where it cannot
        be written now either; it stays then, and may be tried again."""
        services.try_set_aside(self.event, self.found())
        return Response(status=204)
