"""For moderators over REST, to the end: everything that was said, shown or not, and the conversations of an event."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from apps.chat import broadcasts, registry, selectors, serializers
from apps.chat.models import Message, Room
from apps.chat.serializers import answers
from apps.core.access import Access
from apps.core.calls import Listing
from apps.core.schemas import PAGING, documented, page_example, page_shape
from apps.core.scopes import Area
from apps.events.doors import EventAPIView


class EverythingAPI(Listing, EventAPIView):
    access = Access.MODERATOR
    area = Area.MODERATION
    reads_primary: ClassVar[bool] = True
    ordering = ("-created_at", "-pk")

    @documented(
        "chat_everything",
        asks=[serializers.EverythingIn, *PAGING],
        gives=page_shape(answers.Stored),
        example=page_example(answers.STORED),
        refuses={400: ["invalid"]},
    )
    def get(self, request: Request, event: str) -> Response:
        """What was said in all conversations of the event, shown or not, the newest first."""
        query = serializers.EverythingIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = selectors.everything(self.event.pk, **query.validated_data)
        return self.listed(rows, answers.Stored, lambda page: [stored(row) for row in page])


class RoomsAPI(Listing, EventAPIView):
    access = Access.MODERATOR
    area = Area.MODERATION
    reads_primary: ClassVar[bool] = True
    ordering = ("pk",)

    @documented(
        "chat_rooms",
        asks=[serializers.RoomsIn, *PAGING],
        gives=page_shape(answers.Ruled),
        example=page_example(answers.RULED),
        refuses={400: ["invalid"]},
    )
    def get(self, request: Request, event: str) -> Response:
        """The conversations of the event with their rules, and how many messages wait in each, as they came up."""
        query = serializers.RoomsIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = selectors.rooms_of(self.event.pk, waits=query.validated_data["waiting"])
        return self.listed(rows, answers.Ruled, ruled)


def stored(row: Message) -> answers.Stored:
    return answers.Stored(
        id=row.pk,
        room=row.room_id,
        seq=row.seq,
        author=row.author_id,
        name=row.author.name if row.author else "",
        text=row.text,
        held=row.held,
        why=row.held_for,
        removed=row.removed,
        at=row.created_at,
    )


def ruled(rooms: list[Room]) -> list[answers.Ruled]:
    titles = registry.titles_of(rooms)
    found = []
    for room in rooms:
        rules, waits = broadcasts.rules_of(room), getattr(room, "waits", 0)
        found.append(
            answers.Ruled(
                room=room.pk,
                title=str(titles[room.pk]),
                waiting=waits,
                open=rules.open,
                slow=rules.slow,
                hosts=rules.hosts,
                links=rules.links,
                holds=rules.holds,
                newcomer_minutes=room.newcomer_minutes,
                hide_after=room.hide_after,
                display_rate=room.display_rate,
            )
        )
    return found
