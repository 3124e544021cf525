"""What belongs to messages and rooms, over REST: files, reactions, the pin, search, people, who has read how far."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import Reader
from apps.accounts.selectors import shown_of
from apps.chat import broadcasts, selectors, serializers, services
from apps.chat.api.rooms import BARRED, NO_MESSAGE, TOO_FAST, UNKNOWN, RoomCall, history
from apps.chat.doors import RATES
from apps.chat.models import Attachment, Room
from apps.chat.serializers import answers
from apps.core.access import Access
from apps.core.calls import Listing
from apps.core.doors import answer
from apps.core.schemas import PAGING, documented, page_example, page_shape
from apps.core.scopes import Area


class FilesAPI(RoomCall):
    parser_classes = (MultiPartParser,)

    @documented(
        "chat_attach",
        takes=serializers.FileIn,
        gives=answers.Attached,
        status=201,
        example=answers.ATTACHED,
        refuses={
            400: ["invalid"],
            403: BARRED,
            404: UNKNOWN,
            409: ["chat.files_full", "chat.closed"],
            413: ["chat.file_size"],
            429: TOO_FAST,
        },
    )
    def post(self, request: Request, event: str, room: int) -> Response:
        """Takes a picture (JPEG, PNG, WebP, GIF) or a PDF in, up to 10 MB. Name its `key` in the message's `files`."""
        found = self.room()
        given = serializers.FileIn(data=request.data)
        given.is_valid(raise_exception=True)
        file = given.validated_data["file"]
        user = self.person
        assert user is not None  # noqa: S101 - attendees are signed in
        self.spend_at(RATES["chat.attach"], "chat.attach")
        row = services.attach(found, user=user, roles=self.roles, name=file.name, file=file)
        return answer(file_entry(row), status=201)


def file_entry(row: Attachment) -> answers.Attached:
    return answers.Attached(row.key, row.kind, row.name, row.size, row.width, row.height)


class MarksAPI(RoomCall):
    @documented(
        "chat_mark",
        takes=serializers.MarkIn,
        gives=services.Marked,
        example=services.Marked(902, answers.SUMS),
        refuses={400: ["invalid"], 403: BARRED, 404: NO_MESSAGE, 429: TOO_FAST},
    )
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
    area = Area.MODERATION

    @documented(
        "chat_pin",
        takes=serializers.PinIn,
        gives=broadcasts.Pinned,
        example=broadcasts.Pinned(answers.MESSAGE),
        refuses={400: ["invalid"], 404: NO_MESSAGE, 409: ["chat.message_gone"], 429: TOO_FAST},
    )
    def put(self, request: Request, event: str, room: int) -> Response:
        """Puts one message above the conversation, or takes it down again (`message`: null)."""
        found = self.room()
        given = serializers.PinIn(data=request.data)
        given.is_valid(raise_exception=True)
        self.spend("chat.pin")
        actor = services.Actor(self.event.pk, self.user_id, self.roles)
        return answer(services.pin_message(actor, room_id=found.pk, message_id=given.validated_data["message"]))


class ReadAPI(RoomCall):
    @documented(
        "chat_read",
        takes=serializers.ReadIn,
        gives=answers.ReadTo,
        example=answers.ReadTo(311),
        refuses={400: ["invalid"], 404: UNKNOWN, 429: TOO_FAST},
    )
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
        return answer(refused or answers.ReadTo(selectors.read_to(found, self.user_id)))


class SearchAPI(RoomCall):
    @documented(
        "chat_search",
        asks=[
            OpenApiParameter(
                "q", str, description="Words that all must stand in the message; each from its beginning."
            ),
            OpenApiParameter("before", int, description="Only messages with a smaller seq: the next page."),
        ],
        gives=answers.Found,
        example=answers.Found([answers.MESSAGE], earlier=False),
        refuses={400: ["invalid"], 404: UNKNOWN},
    )
    def get(self, request: Request, event: str, room: int) -> Response:
        """What was said with these words, the newest first; `earlier` says whether there is more."""
        found = self.room()
        query = serializers.SearchIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        page = selectors.search(found, query.validated_data["q"], before=query.validated_data["before"])
        return answer(answers.Found(page.messages, page.earlier))


class PeopleAPI(RoomCall):
    @documented(
        "chat_people",
        asks=[OpenApiParameter("q", str, description="How the name, or one of its words, begins.")],
        gives=answers.People,
        example=answers.PEOPLE,
        refuses={400: ["invalid"], 404: UNKNOWN},
    )
    def get(self, request: Request, event: str, room: int) -> Response:
        """Who can be named in this room, for an @ in a message; a handful."""
        found = self.room()
        query = serializers.PeopleIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        people = selectors.find_readers(found, self.event, query.validated_data["q"], but=[self.user_id])
        lines = [
            answers.Person(person.pk, person.name, ", ".join(filter(None, (person.title, person.company))))
            for person in (shown_of(one, to=Reader.PEOPLE) for one in people)
        ]
        return answer(answers.People(lines))


class PlacesAPI(Listing, RoomCall):
    ordering = ("-latest", "-pk")

    @documented("chat_places", asks=PAGING, gives=page_shape(answers.Place), example=page_example(answers.PLACE))
    def get(self, request: Request, event: str) -> Response:
        """The conversations that this person takes part in, with what is new in each (at most 100 are counted); where
        something was said last stands first. A page may hold fewer than its limit: a room that was shut is left out."""
        user = self.person
        if user is None:
            return self.listed(Room.objects.none(), answers.Place, lambda page: page, ordering=("pk",))
        groups = selectors.own_groups(self.event, user)
        return self.listed(
            selectors.rooms_of_person(self.event, user, groups),
            answers.Place,
            lambda page: [
                answers.Place(place.room.pk, str(place.title), place.address, place.unread)
                for place in selectors.places_among(page, self.event, user, self.roles, groups)
            ],
        )


class ClockAPI(RoomCall):
    @documented(
        "chat_clock",
        asks=[
            OpenApiParameter("begin", float, description="Seconds on the recording's clock."),
            OpenApiParameter("end", float, required=True, description="At most an hour later."),
            OpenApiParameter(
                "past",
                int,
                description="The id of the last message of the page before, where `later` said there is more.",
            ),
        ],
        gives=answers.Stretch,
        example=answers.STRETCH,
        refuses={400: ["invalid"], 404: ["chat.unknown", "chat.no_recording"]},
    )
    def get(self, request: Request, event: str, room: int) -> Response:
        """What was said while this stretch of the recording ran."""
        found = self.room()
        query = serializers.ClockIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        start = selectors.recorded_from(found)
        page = selectors.between(found, start, **query.validated_data)
        return answer(history(page, self.user_id) | {"start": start})
