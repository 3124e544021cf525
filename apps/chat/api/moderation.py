"""Keeping order over REST: the queues, people and what stands against them, the record, and taking acts back."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from apps.chat import selectors, serializers, services
from apps.chat.models import Act
from apps.chat.serializers import answers
from apps.core.access import Access
from apps.core.doors import answer
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.paced import Paced

TOO_FAST = {429: ["rate.limited"]}
INVALID = {400: ["invalid"]}


class ModerationCall(Paced, EventAPIView):
    access = Access.MODERATOR
    area = Area.MODERATION

    @property
    def actor(self) -> services.Actor:
        return services.Actor(self.event.pk, self.person.pk if self.person else None, self.roles)

    def valid(self, serializer: type[Any], data: Any) -> dict[str, Any]:
        given = serializer(data=data)
        given.is_valid(raise_exception=True)
        found: dict[str, Any] = given.validated_data
        return found


def line(act: Act) -> answers.Line:
    """One line of the record."""
    return answers.Line(
        id=act.pk,
        kind=act.kind,
        by=act.by_id,
        person=act.person_id,
        room=act.room_id,
        message=act.message_id,
        undoes=act.undoes_id,
        detail=act.detail,
        at=act.created_at,
    )


class ReportAPI(ModerationCall):
    access = Access.ATTENDEE
    area = Area.CHAT

    @documented(
        "chat_report",
        takes=serializers.ReportIn,
        refuses={
            **INVALID,
            403: ["chat.banned"],
            404: ["chat.message_unknown"],
            409: ["chat.own", "chat.message_removed"],
            **TOO_FAST,
        },
    )
    def post(self, request: Request, event: str, room: int, message: int) -> Response:
        """Tells the moderators about a message. Again, it is answered and not repeated."""
        self.spend("chat.report")
        services.report(self.actor, room_id=room, message_id=message, **self.valid(serializers.ReportIn, request.data))
        return Response(status=204)


class WaitingAPI(ModerationCall):
    @documented("chat_waiting", gives=answers.Waiting, example=answers.WAITING)
    def get(self, request: Request, event: str) -> Response:
        """The held messages, the longest waiting first, and how many there are."""
        rows = selectors.waiting(self.event.pk)
        found = [
            answers.Held(
                id=row.pk,
                room=row.room_id,
                author=row.author_id,
                name=row.author.name if row.author else "",
                text=row.text,
                why=row.held_for,
                at=row.created_at,
            )
            for row in rows[: selectors.QUEUE]
        ]
        return answer(answers.Waiting(rows.count(), found))

    @documented(
        "chat_decide",
        takes=serializers.DecideIn,
        gives=answers.Line,
        example=answers.LINE,
        refuses={400: ["invalid", "chat.too_many"], 404: ["chat.decided"], **TOO_FAST},
    )
    def post(self, request: Request, event: str) -> Response:
        """Lets messages through, or rejects them."""
        self.spend("chat.decide")
        return answer(line(services.decide(self.actor, **self.valid(serializers.DecideIn, request.data))))


class ReportsAPI(ModerationCall):
    @documented("chat_reports", gives=answers.Reports, example=answers.REPORTS)
    def get(self, request: Request, event: str) -> Response:
        """The reported messages, with what was said about each."""
        found = [
            answers.Reported(
                id=one.message.pk,
                room=one.message.room_id,
                author=one.message.author_id,
                text=one.message.text,
                removed=one.message.removed,
                reports=[answers.Report(row.by_id, row.reason, row.text, row.created_at) for row in one.reports],
            )
            for one in selectors.reported(self.event.pk)
        ]
        return answer(answers.Reports(found))

    @documented(
        "chat_settle",
        takes=serializers.SettleIn,
        gives=answers.Line,
        example=answers.LINE,
        refuses={400: ["invalid", "chat.too_many"], 404: ["chat.decided"], **TOO_FAST},
    )
    def post(self, request: Request, event: str) -> Response:
        """Settles the reports of these messages: they go, or there is nothing wrong with them."""
        self.spend("chat.settle")
        return answer(line(services.handle_reports(self.actor, **self.valid(serializers.SettleIn, request.data))))


class BarredAPI(ModerationCall):
    @documented("chat_barred", gives=answers.BarredPeople, example=answers.BARRED)
    def get(self, request: Request, event: str) -> Response:
        """Everybody against whom something stands."""
        found = [
            answers.Barred(
                person=row.user.pk,
                name=row.user.name,
                kind=row.kind,
                until=row.until,
                since=row.since,
                reason=row.reason,
            )
            for row in selectors.barred(self.event.pk)
        ]
        return answer(answers.BarredPeople(found))


class BarAPI(ModerationCall):
    @documented(
        "chat_bar",
        takes=serializers.BarIn,
        gives=answers.Line,
        status=201,
        example=answers.LINE,
        refuses={
            400: ["invalid", "chat.minutes", "chat.kind_unknown"],
            404: ["chat.person_unknown"],
            409: ["chat.person_staff"],
            **TOO_FAST,
        },
    )
    def post(self, request: Request, event: str, person: int) -> Response:
        """Mutes somebody, or puts them out of the chat or of the event."""
        self.spend("chat.bar")
        given = self.valid(serializers.BarIn, request.data)
        return answer(line(services.bar(self.actor, person_id=person, **given)), status=201)

    @documented(
        "chat_lift",
        asks=[serializers.LiftIn],
        gives=answers.Line,
        example=answers.LINE,
        refuses={**INVALID, 404: ["chat.not_sanctioned", "chat.person_unknown"], **TOO_FAST},
    )
    def delete(self, request: Request, event: str, person: int) -> Response:
        """Lifts what stands: `?kind=mute`, `ban` or `expel`."""
        self.spend("chat.lift")
        wanted = self.valid(serializers.LiftIn, request.query_params)
        return answer(line(services.lift(self.actor, person_id=person, **wanted)))


class WordsAPI(ModerationCall):
    @documented(
        "chat_words",
        asks=[
            OpenApiParameter("language", str, description="Only the list of this language."),
            OpenApiParameter("after", int, description="Only words with a greater id: the next page."),
            OpenApiParameter("limit", int, description="200 where it is left out; at most 500."),
        ],
        gives=answers.Words,
        example=answers.WORDS,
        refuses=INVALID,
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
            answers.Word(id=word.pk, language=word.language, text=word.text, action=word.action)
            for word in found[: wanted["limit"]]
        ]
        return answer(answers.Words(page, more=len(found) > wanted["limit"]))

    @documented(
        "chat_add_words",
        takes=serializers.WordsIn,
        gives=answers.WordsAdded,
        status=201,
        example=answers.WordsAdded(added=1, changed=0, known=0, too_long=[]),
        refuses={400: ["invalid", "chat.list_full", "chat.no_words", "chat.too_many_words"], **TOO_FAST},
    )
    def post(self, request: Request, event: str) -> Response:
        """Adds words or phrases to the list of a language. One that stands there with another action gets this one."""
        self.spend("chat.rules")
        given = self.valid(serializers.WordsIn, request.data)
        lines = "\n".join(given["words"])
        done = services.add_words(self.actor, language=given["language"], lines=lines, action=given["action"])
        return answer(answers.WordsAdded(done.added, done.changed, done.known, done.too_long), status=201)


class WordAPI(ModerationCall):
    @documented("chat_remove_word", refuses={404: ["not_found"], **TOO_FAST})
    def delete(self, request: Request, event: str, word: int) -> Response:
        """Takes one word out of its list."""
        self.spend("chat.rules")
        if not services.remove_words(self.actor, words=[word]):
            raise NotFound
        return Response(status=204)


class LogAPI(ModerationCall):
    @documented(
        "chat_log",
        asks=[
            OpenApiParameter("before", int, description="Only lines with a smaller id."),
            OpenApiParameter("limit", int, description="50 where it is left out; at most 200."),
        ],
        gives=answers.Record,
        example=answers.Record([answers.LINE]),
        refuses=INVALID,
    )
    def get(self, request: Request, event: str) -> Response:
        """The record, newest first: the next page is asked for by the last line's id."""
        wanted = self.valid(serializers.LogIn, request.query_params)
        rows = selectors.acts(self.event.pk).order_by("-pk")
        if wanted["before"] is not None:
            rows = rows.filter(pk__lt=wanted["before"])
        return answer(answers.Record([line(act) for act in rows[: wanted["limit"]]]))


class UndoAPI(ModerationCall):
    @documented(
        "chat_undo",
        takes=None,
        gives=answers.Line,
        example=answers.LINE,
        refuses={
            404: ["chat.act_unknown"],
            409: ["chat.undone", "chat.undo_late", "chat.undo_never", "chat.undo_nothing"],
            **TOO_FAST,
        },
    )
    def post(self, request: Request, event: str, act: int) -> Response:
        """Takes an act back; the answer is the line that says what was restored."""
        self.spend("chat.undo")
        return answer(line(services.undo(self.actor, act_id=act)))
