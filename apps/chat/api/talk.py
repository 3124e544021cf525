"""What belongs to messages and rooms, over REST: files, reactions, the pin, search, people, who has read how far."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.chat import selectors, serializers, services
from apps.chat.api.rooms import RoomCall, history
from apps.chat.models import Attachment
from apps.core.access import Access
from apps.core.doors import answer
from apps.live.registry import Rate


class FilesAPI(RoomCall):
    rate = Rate(per_second=0.5, burst=10)
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="chat_attach", request=serializers.FileIn, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, event: str, room: int) -> Response:
        """Takes a picture (JPEG, PNG, WebP, GIF) or a PDF in, up to 10 MB. Name its `key` in the message's `files`."""
        found = self.room()
        given = serializers.FileIn(data=request.data)
        given.is_valid(raise_exception=True)
        file = given.validated_data["file"]
        user = self.person
        assert user is not None  # noqa: S101 - attendees are signed in
        self.spend_at(self.rate, "chat.attach")
        row = services.attach(found, user=user, roles=self.roles, name=file.name, file=file)
        return answer(file_entry(row), status=201)


def file_entry(row: Attachment) -> dict[str, Any]:
    return {
        "key": row.key,
        "kind": row.kind,
        "name": row.name,
        "size": row.size,
        "width": row.width,
        "height": row.height,
    }


class MarksAPI(RoomCall):
    @extend_schema(operation_id="chat_mark", request=serializers.MarkIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, event: str, room: int, message: int) -> Response:
        """Gives a reaction to a message, or takes it back (`on`: false). The answer has the message's sums."""
        found = self.room()
        given = serializers.MarkIn(data=request.data)
        given.is_valid(raise_exception=True)
        self.spend("chat.mark")
        [marked] = services.mark_messages(
            [
                services.Marking(
                    event_id=self.event.pk,
                    room_id=found.pk,
                    user_id=self.user_id,
                    roles=self.roles,
                    message_id=message,
                    kind=given.validated_data["kind"],
                    on=given.validated_data["on"],
                )
            ]
        )
        return answer(marked)


class PinnedAPI(RoomCall):
    access = Access.MODERATOR

    @extend_schema(operation_id="chat_pin", request=serializers.PinIn, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, event: str, room: int) -> Response:
        """Puts one message above the conversation, or takes it down again (`message`: null)."""
        found = self.room()
        given = serializers.PinIn(data=request.data)
        given.is_valid(raise_exception=True)
        self.spend("chat.pin")
        actor = services.Actor(self.event.pk, self.user_id, self.roles)
        return answer(services.pin_message(actor, room_id=found.pk, message_id=given.validated_data["message"]))


class ReadAPI(RoomCall):
    @extend_schema(operation_id="chat_read", request=serializers.ReadIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, event: str, room: int) -> Response:
        """Notes up to which `seq` this person has read."""
        found = self.room()
        given = serializers.ReadIn(data=request.data)
        given.is_valid(raise_exception=True)
        self.spend("chat.read")
        [refused] = services.mark_read(
            [
                services.HasRead(
                    event_id=self.event.pk,
                    room_id=found.pk,
                    user_id=self.user_id,
                    roles=self.roles,
                    seq=given.validated_data["seq"],
                )
            ]
        )
        return answer(refused or {"read": selectors.read_to(found, self.user_id)})


class SearchAPI(RoomCall):
    @extend_schema(
        operation_id="chat_search",
        parameters=[
            OpenApiParameter(
                "q", str, description="Words that all must stand in the message; each from its beginning."
            ),
            OpenApiParameter("before", int, description="Only messages with a smaller seq: the next page."),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, event: str, room: int) -> Response:
        """What was said with these words, the newest first; `earlier` says whether there is more."""
        found = self.room()
        query = serializers.SearchIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        page = selectors.search(found, query.validated_data["q"], before=query.validated_data["before"])
        return answer({"messages": page.messages, "earlier": page.earlier})


class PeopleAPI(RoomCall):
    @extend_schema(
        operation_id="chat_people",
        parameters=[OpenApiParameter("q", str, description="How the name, or one of its words, begins.")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, event: str, room: int) -> Response:
        """Who can be named in this room, for an @ in a message; a handful."""
        found = self.room()
        query = serializers.PeopleIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        people = selectors.people_of_room(found, self.event)
        people_found = selectors.find_people(people, query.validated_data["q"], but=[self.user_id])
        return answer(
            {
                "people": [
                    {
                        "id": person.pk,
                        "name": person.name,
                        "about": ", ".join(filter(None, (person.title, person.company))),
                    }
                    for person in people_found
                ]
            }
        )


class PlacesAPI(RoomCall):
    @extend_schema(operation_id="chat_places", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, event: str) -> Response:
        """The conversations that this person takes part in, with what is new in each (at most 100 are counted)."""
        user = self.person
        found = selectors.places(self.event, user, self.roles) if user else []
        return answer(
            {
                "rooms": [
                    {"room": place.room.pk, "title": place.title, "address": place.address, "unread": place.unread}
                    for place in found
                ]
            }
        )


class ClockAPI(RoomCall):
    @extend_schema(
        operation_id="chat_clock",
        parameters=[
            OpenApiParameter("begin", float, description="Seconds on the recording's clock."),
            OpenApiParameter("end", float, description="At most an hour later."),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, event: str, room: int) -> Response:
        """What was said while this stretch of the recording ran."""
        found = self.room()
        query = serializers.ClockIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        start = selectors.recorded_from(found)
        page = selectors.between(found, start, **query.validated_data)
        return answer(history(page, self.user_id) | {"start": start})
