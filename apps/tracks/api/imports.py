"""Importing a schedule over REST: sent, compared with the agenda, then applied."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors.desk_calls import DeskCall
from apps.tracks import adapters, services
from apps.tracks.adapters.schedule import ScheduleError
from apps.tracks.models import ScheduleImport
from apps.tracks.serializers.programme import IMPORTED, ImportDetailSerializer, ImportIn, ImportSerializer


class ImportCall(DeskCall):
    area = Area.PROGRAMME

    def rows(self) -> QuerySet[ScheduleImport]:
        return self.event.schedule_imports.select_related("by").defer("content")

    def found(self) -> ScheduleImport:
        row: ScheduleImport = get_object_or_404(self.rows(), pk=self.kwargs["schedule"])
        row.event = self.event
        return row

    def told(self, row: ScheduleImport, *, status: int = 200) -> Response:
        return Response(ImportDetailSerializer(row).data, status=status)


class ImportsView(ImportCall, Sparse, ListAPIView[ScheduleImport]):
    serializer_class = ImportSerializer
    ordering = ("-created_at", "-pk")
    parser_classes = (MultiPartParser,)

    def get_queryset(self) -> QuerySet[ScheduleImport]:
        return ScheduleImport.objects.none() if getattr(self, "swagger_fake_view", False) else self.rows()

    @extend_schema(operation_id="schedule_imports")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Files that were sent, the latest first, with how much each would change or has changed."""
        return self.list(request, *args, **kwargs)

    @documented("schedule_read", takes=ImportIn, gives=ImportDetailSerializer, status=201, example=IMPORTED)
    def post(self, request: Request, event: str) -> Response:
        """Reads a schedule and says what it would change. Nothing is changed until it is applied."""
        file = self.given(ImportIn)["file"]
        if file.size > adapters.MAX_BYTES:
            raise ValidationError({"file": [str(adapters.too_large())]})
        content = file.read()
        try:
            schedule = services.read_schedule(content, event=self.event)
        except ScheduleError as error:
            raise ValidationError({"file": error.problems}) from error
        row = services.keep_for_review(
            event=self.event, schedule=schedule, content=content, file_name=file.name, by=self.by
        )
        return self.told(row, status=201)


class ImportView(ImportCall):
    @documented("schedule_import", gives=ImportDetailSerializer, example=IMPORTED)
    def get(self, request: Request, event: str, schedule: int) -> Response:
        """One of them: what it would change; once applied, what it has changed."""
        return self.told(self.found())

    @documented("schedule_import_delete")
    def delete(self, request: Request, event: str, schedule: int) -> Response:
        """Deletes the file and its report; what it brought in stays."""
        services.forget_import(self.found())
        return Response(status=204)


class ApplyView(ImportCall):
    @documented(
        "schedule_apply",
        takes=None,
        gives=ImportDetailSerializer,
        example=IMPORTED,
        refuses={409: ["agenda.too_many", "import.applied", "import.unreadable"]},
    )
    def post(self, request: Request, event: str, schedule: int) -> Response:
        """Does what the report said, compared once more with the agenda as it is now."""
        row = self.found()
        services.apply_import(schedule_import=row)
        return self.told(self.found())
