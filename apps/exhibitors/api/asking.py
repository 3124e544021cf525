"""What people asked booths, over REST: read and taken back by whoever asked, answered by the booth's people."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.core.access import Access
from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.desk_calls import DeskCall, Reading
from apps.exhibitors import permissions, selectors, services
from apps.exhibitors.models import Booth, ContactRequest
from apps.exhibitors.serializers import (
    ASKED,
    OWN_ASKED,
    AskedQuery,
    ContactAnswerIn,
    ContactAskedSerializer,
    DeskAskedQuery,
    OwnAskedQuery,
    OwnContactSerializer,
)


class OwnAskedCall(Reading, EventAPIView):
    """One's own requests, whatever became of the booth and of one's ticket."""

    access = Access.ATTENDEE
    area = Area.EXPO
    reads_primary = True

    @property
    def by(self) -> User:
        if self.person is None:
            raise Http404
        return self.person

    def rows(self) -> QuerySet[ContactRequest]:
        return selectors.requests_in(self.event, self.by)

    def found(self) -> ContactRequest:
        row: ContactRequest = get_object_or_404(self.rows(), pk=self.kwargs["asked"])
        return row


class OwnAskedListView(OwnAskedCall, Sparse, ListAPIView[ContactRequest]):
    serializer_class = OwnContactSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[ContactRequest]:
        if getattr(self, "swagger_fake_view", False):
            return ContactRequest.objects.none()
        asked = self.asked(OwnAskedQuery)
        return self.rows().filter(booth__slug=asked["booth"]) if asked else self.rows()

    @extend_schema(operation_id="contact_requests", parameters=[OwnAskedQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What you asked at the booths of the event, and what they answered; the latest first."""
        return self.list(request, *args, **kwargs)


class OwnAskedView(OwnAskedCall):
    @documented("contact_request", gives=OwnContactSerializer, example=OWN_ASKED)
    def get(self, request: Request, event: str, asked: int) -> Response:
        """One of them."""
        return Response(OwnContactSerializer(self.found()).data)

    @documented("contact_withdraw", refuses={409: ["contact.handled_before"]})
    def delete(self, request: Request, event: str, asked: int) -> Response:
        """Takes back one that still waits: the booth sees it no more. A mail that left has left."""
        services.withdraw(self.found())
        return Response(status=204)


class BoothAskedCall(Reading, EventAPIView):
    """The desk of a booth: for its own people, and the organisers."""

    access = Access.EXHIBITOR
    area = Area.EXPO
    reads_primary = True

    @property
    def by(self) -> User:
        if self.person is None:
            raise Http404
        return self.person

    def booth(self) -> Booth:
        booth = selectors.booth_by_slug(self.event, self.kwargs["slug"])
        if booth is None:
            raise Http404
        is_staff = permissions.can_staff(booth, self.by.pk, self.roles)
        if not permissions.can_see(booth, is_staff=is_staff):
            raise Http404
        if not is_staff:
            raise PermissionDenied
        return booth

    def found(self) -> ContactRequest:
        row = selectors.contact_request(self.booth(), self.kwargs["asked"])
        if row is None:
            raise Http404
        return row

    def check_repeated(self) -> None:
        self.booth()

    def told(self) -> Response:
        return Response(ContactAskedSerializer(self.found()).data)


class BoothAskedListView(BoothAskedCall, Sparse, ListAPIView[ContactRequest]):
    serializer_class = ContactAskedSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[ContactRequest]:
        if getattr(self, "swagger_fake_view", False):
            return ContactRequest.objects.none()
        return selectors.requests_where(selectors.requests_at(self.booth()), **self.asked(AskedQuery))

    @extend_schema(operation_id="booth_requests", parameters=[AskedQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What people asked this booth, the latest first. For those who work there, and for organisers."""
        return self.list(request, *args, **kwargs)


class BoothAskedView(BoothAskedCall):
    @documented("booth_request", gives=ContactAskedSerializer, example=ASKED)
    def get(self, request: Request, event: str, slug: str, asked: int) -> Response:
        """One of them."""
        return self.told()


class BoothAnswerView(BoothAskedCall):
    @documented(
        "booth_answer",
        takes=ContactAnswerIn,
        gives=ContactAskedSerializer,
        example=ASKED,
        refuses={409: ["contact.handled"]},
    )
    def post(self, request: Request, event: str, slug: str, asked: int) -> Response:
        """Answers, by mail and at the booth; without a text it is laid aside. Of two who answer, the second is told."""
        services.answer(self.found(), by=self.by, text=self.given(ContactAnswerIn)["answer"])
        return self.told()

    @documented("booth_answer_none", gives=ContactAskedSerializer, example=ASKED)
    def delete(self, request: Request, event: str, slug: str, asked: int) -> Response:
        """Puts one that was laid aside back among those that wait. What was answered stays answered."""
        services.reopen(self.found())
        return self.told()


class DeskAskedCall(DeskCall):
    area = Area.EXPO

    def rows(self) -> QuerySet[ContactRequest]:
        return selectors.requests_of_event(self.event)


class DeskAskedListView(DeskAskedCall, Sparse, ListAPIView[ContactRequest]):
    serializer_class = ContactAskedSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[ContactRequest]:
        if getattr(self, "swagger_fake_view", False):
            return ContactRequest.objects.none()
        return selectors.requests_where(self.rows(), **self.asked(DeskAskedQuery))

    @extend_schema(operation_id="desk_contact_requests", parameters=[DeskAskedQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was asked at all booths, the latest first."""
        return self.list(request, *args, **kwargs)


class DeskAskedView(DeskAskedCall):
    def found(self) -> ContactRequest:
        row: ContactRequest = get_object_or_404(self.rows(), pk=self.kwargs["asked"])
        return row

    @documented("desk_contact_request", gives=ContactAskedSerializer, example=ASKED)
    def get(self, request: Request, event: str, asked: int) -> Response:
        """One of them."""
        return Response(ContactAskedSerializer(self.found()).data)

    @documented("contact_delete")
    def delete(self, request: Request, event: str, asked: int) -> Response:
        """Deletes it for good, with its answer."""
        services.remove_request(self.found())
        return Response(status=204)
