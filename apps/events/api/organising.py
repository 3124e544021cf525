"""What organisers do with an event over REST: announce to its people, now or later, and make another one after it."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.access import Access
from apps.core.calls import Sparse
from apps.core.errors import Refused
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import permissions, selectors, services
from apps.events.doors import EventAPIView, scope
from apps.events.doors.calls import event_of_token
from apps.events.forms.duplicating import is_chosen, same_day_to_come
from apps.events.models import Announcement, Organisation
from apps.events.registry.copying import parts
from apps.events.serializers import (
    COPY_OFFER,
    SAID,
    SEGMENTS,
    AnnouncementIn,
    AnnouncingQuery,
    CopyIn,
    CopyOfferSerializer,
    EventSerializer,
    SaidSerializer,
    SegmentSerializer,
)

WISH = [
    "invalid", "announcement.audience", "announcement.mail_only", "announcement.nowhere", "announcement.screen_only",
    "announcement.when",
]  # fmt: skip
NOT_BY_MAIL = {403: ["announcement.mail_by_organisers"]}
TOO_LATE = ["announcement.said"]


class AnnouncingCall(EventAPIView):
    access = Access.MODERATOR
    area = Area.ORGANISING
    reads_primary: ClassVar[bool] = True

    def announcement(self) -> Announcement:
        rows = self.event.announcements.select_related("event", "by")
        found: Announcement = get_object_or_404(rows, pk=self.kwargs["announcement"])
        return found

    def wish(self, *, partial: bool = False) -> dict[str, Any]:
        """What was sent; moderators announce on screen, as in the control room."""
        given = AnnouncementIn(data=self.request.data, partial=partial, context={"event": self.event})
        given.is_valid(raise_exception=True)
        self.check_mail(by_mail=given.validated_data.get("by_mail", False))
        return dict(given.validated_data)

    def check_mail(self, *, by_mail: bool) -> None:
        if by_mail and permissions.ORGANISER not in self.roles:
            words = _("Only organisers send mails to the event’s people. Say it on screen, or ask one of them.")
            raise Refused("announcement.mail_by_organisers", words, field="by_mail", status=403)


class AnnouncingView(AnnouncingCall, Sparse, ListAPIView[Announcement]):
    serializer_class = SaidSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Announcement]:
        if getattr(self, "swagger_fake_view", False):
            return Announcement.objects.none()
        query = AnnouncingQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        wanted = {name: value for name, value in query.validated_data.items() if value is not None}
        return self.event.announcements.filter(**wanted).select_related("event", "by")

    @extend_schema(operation_id="announcing", parameters=[AnnouncingQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Everything that was said to anybody, is still to be said, missed its time or was called off; newest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "announce",
        takes=AnnouncementIn,
        gives=SaidSerializer,
        status=201,
        example=SAID,
        refuses={400: WISH, **NOT_BY_MAIL, 409: ["announcement.not_open", "announcement.too_many"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Says it now, or has it said at `due_at`. By mail: for organisers alone."""
        wish = self.wish()
        due_at = wish.pop("due_at")
        if due_at is None:
            made = services.announce(self.event, by=self.person, **wish)
        else:
            made = services.schedule_announcement(self.event, by=self.person, due_at=due_at, **wish)
        return Response(SaidSerializer(made).data, status=201)


class SaidView(AnnouncingCall):
    @documented("announcement", gives=SaidSerializer, example=SAID)
    def get(self, request: Request, event: str, announcement: int) -> Response:
        """One of them, in any state."""
        return Response(SaidSerializer(self.announcement()).data)

    @documented(
        "announcement_change",
        takes=AnnouncementIn,
        gives=SaidSerializer,
        example=SAID,
        refuses={400: WISH, **NOT_BY_MAIL, 409: TOO_LATE},
    )
    def patch(self, request: Request, event: str, announcement: int) -> Response:
        """Changes what is still to be said. What is left out stays as it is."""
        found, wish = self.announcement(), self.wish(partial=True)
        self.check_mail(by_mail=found.by_mail)
        return Response(SaidSerializer(services.change_announcement(found, **wish)).data)

    @documented("announcement_withdraw")
    def delete(self, request: Request, event: str, announcement: int) -> Response:
        """Takes one off all lists, said or not; what was read cannot be unread. For organisers."""
        if permissions.ORGANISER not in self.roles:
            raise PermissionDenied
        services.withdraw_announcement(self.announcement())
        return Response(status=204)


class CallOffView(AnnouncingCall):
    @documented("announcement_call_off", takes=None, gives=SaidSerializer, example=SAID, refuses={409: TOO_LATE})
    def post(self, request: Request, event: str, announcement: int) -> Response:
        """It will not be said."""
        services.call_off_announcement(self.announcement())
        return Response(SaidSerializer(self.announcement()).data)


class SegmentsView(AnnouncingCall):
    @documented("announcing_audiences", gives=SegmentSerializer(many=True), example=SEGMENTS)
    def get(self, request: Request, event: str) -> Response:
        """To whom something can be said at this moment, and how many they are."""
        return Response(SegmentSerializer(selectors.segments_of(self.event), many=True).data)


class DuplicateView(EventAPIView):
    access = Access.ORGANISER
    area = Area.ORGANISING
    reads_primary: ClassVar[bool] = True
    writes_event: ClassVar[bool] = False

    @documented("event_copy_offer", gives=CopyOfferSerializer, example=COPY_OFFER)
    def get(self, request: Request, event: str) -> Response:
        """What of this event can go along to a copy, and what does where nothing is chosen."""
        began = self.event.starts_at.astimezone(ZoneInfo(self.event.time_zone)).date()
        held = [
            {"name": part.name, "label": part.label, "words": part.words, "count": count, "chosen": is_chosen(part)}
            for part, count in parts.held_by(self.event)
        ]
        offer = {"starts_on": same_day_to_come(began, clock.now().date()), "parts": held}
        return Response(CopyOfferSerializer(offer).data)

    @documented(
        "event_copy",
        takes=CopyIn,
        gives=EventSerializer,
        status=201,
        refuses={
            400: ["invalid", "event.organisation_unknown"],
            409: [
                "event.copy_far",
                "event.copy_leaves_home",
                "event.copy_too_large",
                "event.slug_taken",
                "event.too_many",
            ],
        },
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a draft like this event, with all dates moved; nobody's registration, message or answer goes along."""
        if event_of_token(request) is not None:
            raise PermissionDenied(_("This token is for one event alone."), code="token.event")
        given = CopyIn(data=request.data, context={"event": self.event})
        given.is_valid(raise_exception=True)
        wish = dict(given.validated_data)
        chosen = wish.pop("parts", None)
        if chosen is None:
            chosen = [part.name for part, _count in parts.held_by(self.event) if is_chosen(part)]
        organisation = self.organisation(wish.pop("organisation"))
        person: Any = self.person
        copy = services.duplicate_event(self.event, organisation=organisation, chosen=chosen, by=person, **wish)
        return Response(EventSerializer(copy.event).data, status=201)

    def organisation(self, slug: str) -> Organisation:
        """One of the caller's own: who runs an event as a guest has nowhere to put a copy of it."""
        person: Any = self.person
        found = scope.organisations_of(person).filter(slug=slug or self.event.organisation.slug).first()
        if found is None:
            words = _("You may make events for your own organisations only. Name one of them.")
            raise Refused("event.organisation_unknown", words, field="organisation", status=400)
        return found
