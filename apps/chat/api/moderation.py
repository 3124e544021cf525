"""Keeping order over REST: the queues, people and what stands against them, the record, and taking acts back."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from apps.chat import selectors, serializers, services
from apps.chat.models import Act
from apps.core.access import Access
from apps.events.doors import EventAPIView
from apps.events.doors.paced import Paced

LIST = OpenApiTypes.OBJECT


class ModerationCall(Paced, EventAPIView):
    access = Access.MODERATOR

    @property
    def actor(self) -> services.Actor:
        return services.Actor(self.event.pk, self.person.pk if self.person else None, self.roles)

    def valid(self, serializer: type[Any], data: Any) -> dict[str, Any]:
        given = serializer(data=data)
        given.is_valid(raise_exception=True)
        found: dict[str, Any] = given.validated_data
        return found


def line(act: Act) -> dict[str, Any]:
    """One line of the record."""
    return {
        "id": act.pk,
        "kind": act.kind,
        "by": act.by_id,
        "person": act.person_id,
        "room": act.room_id,
        "message": act.message_id,
        "undoes": act.undoes_id,
        "detail": act.detail,
        "at": act.created_at.isoformat(),
    }


class ReportAPI(ModerationCall):
    access = Access.ATTENDEE

    @extend_schema(operation_id="chat_report", request=serializers.ReportIn, responses={204: None})
    def post(self, request: Request, event: str, room: int, message: int) -> Response:
        """Tells the moderators about a message. Again, it is answered and not repeated."""
        self.spend("chat.report")
        services.report(self.actor, room_id=room, message_id=message, **self.valid(serializers.ReportIn, request.data))
        return Response(status=204)


class WaitingAPI(ModerationCall):
    @extend_schema(operation_id="chat_waiting", responses=LIST)
    def get(self, request: Request, event: str) -> Response:
        """The held messages, the longest waiting first, and how many there are."""
        rows = selectors.waiting(self.event.pk)
        found = [
            {
                "id": row.pk,
                "room": row.room_id,
                "author": row.author_id,
                "name": row.author.name if row.author else "",
                "text": row.text,
                "why": row.held_for,
                "at": row.created_at.isoformat(),
            }
            for row in rows[: selectors.QUEUE]
        ]
        return Response({"count": rows.count(), "messages": found})

    @extend_schema(operation_id="chat_decide", request=serializers.DecideIn, responses=LIST)
    def post(self, request: Request, event: str) -> Response:
        """Lets messages through, or rejects them."""
        self.spend("chat.decide")
        return Response(line(services.decide(self.actor, **self.valid(serializers.DecideIn, request.data))))


class ReportsAPI(ModerationCall):
    @extend_schema(operation_id="chat_reports", responses=LIST)
    def get(self, request: Request, event: str) -> Response:
        """The reported messages, with what was said about each."""
        found = [
            {
                "id": one.message.pk,
                "room": one.message.room_id,
                "author": one.message.author_id,
                "text": one.message.text,
                "removed": one.message.removed,
                "reports": [
                    {"by": row.by_id, "reason": row.reason, "text": row.text, "at": row.created_at.isoformat()}
                    for row in one.reports
                ],
            }
            for one in selectors.reported(self.event.pk)
        ]
        return Response({"messages": found})

    @extend_schema(operation_id="chat_settle", request=serializers.SettleIn, responses=LIST)
    def post(self, request: Request, event: str) -> Response:
        """Settles the reports of these messages: they go, or there is nothing wrong with them."""
        self.spend("chat.settle")
        return Response(line(services.handle_reports(self.actor, **self.valid(serializers.SettleIn, request.data))))


class BarredAPI(ModerationCall):
    @extend_schema(operation_id="chat_barred", responses=LIST)
    def get(self, request: Request, event: str) -> Response:
        """Everybody against whom something stands."""
        found = [
            {
                "person": row.user.pk,
                "name": row.user.name,
                "kind": row.kind,
                "until": row.until.isoformat() if row.until else None,
                "since": row.since.isoformat(),
                "reason": row.reason,
            }
            for row in selectors.barred(self.event.pk)
        ]
        return Response({"people": found})


class BarAPI(ModerationCall):
    @extend_schema(operation_id="chat_bar", request=serializers.BarIn, responses=LIST)
    def post(self, request: Request, event: str, person: int) -> Response:
        """Mutes somebody, or puts them out of the chat or of the event."""
        self.spend("chat.bar")
        return Response(
            line(services.bar(self.actor, person_id=person, **self.valid(serializers.BarIn, request.data))), status=201
        )

    @extend_schema(operation_id="chat_lift", parameters=[OpenApiParameter("kind", str, required=True)], responses=LIST)
    def delete(self, request: Request, event: str, person: int) -> Response:
        """Lifts what stands: `?kind=mute`, `ban` or `expel`."""
        self.spend("chat.lift")
        wanted = self.valid(serializers.LiftIn, request.query_params)
        return Response(line(services.lift(self.actor, person_id=person, **wanted)))


class WordsAPI(ModerationCall):
    @extend_schema(
        operation_id="chat_words",
        parameters=[
            OpenApiParameter("language", str, description="Only the list of this language."),
            OpenApiParameter("after", int, description="Only words with a greater id: the next page."),
            OpenApiParameter("limit", int, description="At most 500."),
        ],
        responses=LIST,
    )
    def get(self, request: Request, event: str) -> Response:
        """The words that messages may not hold, in the order in which they were added; `more` says whether there are
        others behind them."""
        wanted = self.valid(serializers.WordsPageIn, request.query_params)
        rows = selectors.words(self.event.pk).filter(pk__gt=wanted["after"]).order_by("pk")
        if wanted["language"]:
            rows = rows.filter(language=wanted["language"])
        found = list(rows[: wanted["limit"] + 1])
        page = [
            {"id": word.pk, "language": word.language, "text": word.text, "action": word.action}
            for word in found[: wanted["limit"]]
        ]
        return Response({"words": page, "more": len(found) > wanted["limit"]})

    @extend_schema(operation_id="chat_add_words", request=serializers.WordsIn, responses={201: LIST})
    def post(self, request: Request, event: str) -> Response:
        """Adds words or phrases to the list of a language. One that stands there with another action gets this one."""
        self.spend("chat.rules")
        given = self.valid(serializers.WordsIn, request.data)
        lines = "\n".join(given["words"])
        done = services.add_words(self.actor, language=given["language"], lines=lines, action=given["action"])
        return Response(
            {"added": done.added, "changed": done.changed, "known": done.known, "too_long": done.too_long}, status=201
        )


class WordAPI(ModerationCall):
    @extend_schema(operation_id="chat_remove_word", responses={204: None})
    def delete(self, request: Request, event: str, word: int) -> Response:
        """Takes one word out of its list."""
        self.spend("chat.rules")
        if not services.remove_words(self.actor, words=[word]):
            raise NotFound
        return Response(status=204)


class LogAPI(ModerationCall):
    @extend_schema(
        operation_id="chat_log",
        parameters=[
            OpenApiParameter("before", int, description="Only lines with a smaller id."),
            OpenApiParameter("limit", int, description="At most 200."),
        ],
        responses=LIST,
    )
    def get(self, request: Request, event: str) -> Response:
        """The record, newest first."""
        wanted = self.valid(serializers.LogIn, request.query_params)
        rows = selectors.acts(self.event.pk).order_by("-pk")
        if wanted["before"] is not None:
            rows = rows.filter(pk__lt=wanted["before"])
        return Response({"acts": [line(act) for act in rows[: wanted["limit"]]]})


class UndoAPI(ModerationCall):
    @extend_schema(operation_id="chat_undo", request=None, responses=LIST)
    def post(self, request: Request, event: str, act: int) -> Response:
        """Takes an act back; the answer is the line that says what was restored."""
        self.spend("chat.undo")
        return Response(line(services.undo(self.actor, act_id=act)))
