"""Getting in by mail, over REST: one's link once more, and a place that somebody passes on."""

from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.doors import limit_by_address
from apps.core.access import Access
from apps.core.errors import Refused
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import selectors, services
from apps.events.doors import EventAPIView
from apps.events.doors.desk_calls import Reading
from apps.events.models import Registration
from apps.events.serializers import RegistrationAnswer
from apps.events.serializers.taking import (
    OFFERED,
    TAKEN,
    OfferedSerializer,
    ResendIn,
    TakeIn,
    TakenSerializer,
)

TOO_MANY = {429: ["too_many"]}
OVER: dict[int, list[str]] = {409: ["registration.over", "transfer.closed"], 410: ["transfer.over"]}


class ResendView(Reading, EventAPIView):
    access = Access.PUBLIC
    area = Area.EVENTS

    def opens_by_address(self) -> bool:
        return selectors.leads_to_resend(self.event, self.request.GET.get("by", ""))

    @documented(
        "registration_link",
        takes=ResendIn,
        gives=RegistrationAnswer,
        status=202,
        example={"sent_to": "ada@example.org"},
        refuses={409: ["event.archived"], **TOO_MANY},
    )
    def post(self, request: Request, event: str) -> Response:
        """Mails somebody their link again, or where their wish stands. A mail goes out in each case, and the answer is
        the same whoever asks: neither tells who comes to the event."""
        limit_by_address(request, "resend")
        email = self.given(ResendIn)["email"]
        services.resend_link(self.event, email=email)
        return Response(RegistrationAnswer({"sent_to": email}).data, status=202)


class TakeView(Reading, EventAPIView):
    """The address is a secret that stood in a mail, and opens a private event, too."""

    access = Access.PUBLIC
    area = Area.EVENTS
    takes_keys: ClassVar[bool] = False

    def opens_by_address(self) -> bool:
        found = selectors.offered_place(self.kwargs["token"])
        return found is not None and found.event_id == self.event.pk

    def offered(self) -> Registration:
        found = selectors.offered_place(self.kwargs["token"])
        if found and found.event_id != self.event.pk:
            raise Http404
        if found is None:
            raise Refused("transfer.over", _("This offer is over: it was taken back, or taken."), status=410)
        services.check_passing(self.event)
        return found

    @documented("place_offered", gives=OfferedSerializer, example=OFFERED, refuses=OVER)
    def get(self, request: Request, event: str, token: str) -> Response:
        """The place that a mail offers, and what whoever takes it is asked. Looking takes nothing."""
        found = self.offered()
        context = {"asked": selectors.questions_asked(self.event, found.ticket)}
        return Response(OfferedSerializer(found, context=context).data)

    @documented(
        "place_take",
        takes=TakeIn,
        gives=TakenSerializer,
        status=201,
        example=TAKEN,
        refuses={
            409: [
                "event.archived", "person.name", "registration.answer", "registration.closed", "registration.domain",
                "registration.over", "transfer.closed", "transfer.has_one",
            ],
            410: ["transfer.over"],
            **TOO_MANY,
        },
    )  # fmt: skip
    def post(self, request: Request, event: str, token: str) -> Response:
        """Takes it: the place is theirs whom it was offered to, and their own link goes to that mailbox."""
        limit_by_address(request, "join")
        wish: dict[str, Any] = self.given(TakeIn)
        offered = self.offered()
        taken = services.take_place(offered, name=wish["name"], answers=wish["answers"])
        return Response(TakenSerializer({"state": taken.state, "sent_to": offered.offered_to}).data, status=201)
