"""What staff did, over REST: to be read, as at the desk, by the members of the organisation, and of one event by its
organisers, also those who are guests."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.audit import selectors as audit
from apps.audit.models import Entry
from apps.core.calls import Sparse
from apps.core.scopes import Area
from apps.events import selectors
from apps.events.doors.desk_calls import DeskCall, OrganisationCall
from apps.events.serializers.audit import ActSerializer, ActsQuery, EventActsQuery

LOOKUPS = {
    "event": "event_id__in", "person": "who_id", "kind": "kind", "model": "model", "thing": "thing", "since": "at__gte",
    "until": "at__lt",
}  # fmt: skip


def narrowed(rows: QuerySet[Entry], asked: dict[str, Any], words: str) -> QuerySet[Entry]:
    return audit.found(rows.filter(**{LOOKUPS[name]: value for name, value in asked.items()}), words)


class AuditView(OrganisationCall, Sparse, ListAPIView[Entry]):
    area = Area.AUDIT
    owners_alone = False
    serializer_class = ActSerializer
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[Entry]:
        if getattr(self, "swagger_fake_view", False):
            return Entry.objects.none()
        asked = self.asked(ActsQuery)
        words = asked.pop("q", "")
        if "event" in asked:
            asked["event"] = [*self.organisation.events.filter(slug=asked["event"]).values_list("pk", flat=True)]
        rows = selectors.acts_seen_by(self.request.user).filter(organisation_id=self.organisation.pk)
        return narrowed(rows, asked, words)

    @extend_schema(operation_id="audit", parameters=[ActsQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who did what, when and by which door, with each row before and after; the latest first."""
        return self.list(request, *args, **kwargs)


class EventAuditView(DeskCall, Sparse, ListAPIView[Entry]):
    area = Area.AUDIT
    serializer_class = ActSerializer
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[Entry]:
        if getattr(self, "swagger_fake_view", False):
            return Entry.objects.none()
        asked = self.asked(EventActsQuery)
        words = asked.pop("q", "")
        return narrowed(selectors.acts_seen_by(self.by).filter(event_id=self.event.pk), asked, words)

    @extend_schema(operation_id="event_audit", parameters=[EventActsQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who did what in this event, the latest first. Guests do not read from which network."""
        return self.list(request, *args, **kwargs)
