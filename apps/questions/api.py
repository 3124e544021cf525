"""Questions over REST: asked, voted for, followed; moved on, replied to, joined by those who run them."""

from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.core import clock, sheets
from apps.core.access import Access
from apps.core.calls import AnyForm, Listing
from apps.core.doors import answer, table_answer
from apps.core.schemas import PAGING, documented, page_example, page_shape
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.acting import record_export
from apps.events.doors.paced import Paced
from apps.questions import broadcasts, doors, selectors, serializers, services
from apps.questions.models import Question
from apps.questions.serializers import answers as shapes
from apps.tracks import selectors as tracks
from apps.tracks.models import Session

SESSION = {403: ["session.seat", "session.ticket"], 404: ["question.session_unknown"]}
RUN = {403: ["question.not_running"], 404: ["question.unknown"]}
UNKNOWN = {403: ["session.seat", "session.ticket"], 404: ["question.unknown"]}
TOO_FAST = {429: ["rate.limited"]}
VOTE = UNKNOWN | {409: ["question.own", "question.answered", "question.closed"]} | TOO_FAST
GONE = RUN | {409: ["question.gone"]}


def described(row: selectors.Row) -> shapes.Described:
    return shapes.Described(row.value, row.mine, row.voted, row.following, row.into)


def placed(found: tuple[Question, selectors.Row]) -> shapes.Placed:
    question, row = found
    return shapes.Placed(row.value, row.mine, row.voted, row.following, row.into, question.board.session_id)


class SessionCall(Paced, EventAPIView):
    access = Access.ATTENDEE
    area = Area.QUESTIONS
    reads_primary: ClassVar[bool] = True

    @property
    def reader(self) -> User:
        if self.person is None:
            raise selectors.unknown()
        return self.person

    def given(self, kind: type[Any], *, query: bool = False) -> dict[str, Any]:
        serializer = kind(data=self.request.query_params if query else self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def check_repeated(self) -> None:
        self.session()

    def session(self) -> Session:
        found = self.event.sessions.on_agenda().light().select_related("event").filter(slug=self.kwargs["slug"]).first()
        if found is None:
            raise selectors.unknown_session()
        self.let_in(found.pk)
        return found

    def let_in(self, session_id: int | None) -> None:
        tracks.check_enters(self.event.pk, session_id, user_id=self.reader.pk, roles=self.roles)

    def session_run(self) -> Session:
        session = self.session()
        doors.check_runs(session, self.reader.pk, self.roles)
        return session


class QuestionsAPI(SessionCall):
    takes_keys = False  # its own `id` answers a retry; what is kept under a name would say who asked anonymously

    @documented(
        "questions",
        asks=[serializers.PageIn],
        gives=shapes.Page,
        example=shapes.PAGE,
        refuses={400: ["invalid"], **SESSION},
    )
    def get(self, request: Request, event: str, slug: str) -> Response:
        """A page of a session's questions: most wanted, newest, unanswered, or your own. Pages hold 30; one beyond the
        last is the last. Your own are those in any state, also held, dismissed and joined ones."""
        session = self.session()
        found = selectors.questions_of(session, self.reader, **self.given(serializers.PageIn, query=True))
        rows = [described(row) for row in found.rows]
        page = shapes.Page(found.standing, found.stage.question, rows, found.number, found.pages, found.tags)
        return answer(page)

    @documented(
        "question_ask",
        takes=serializers.AskIn,
        gives=broadcasts.Asked,
        status=201,
        example=shapes.ASKED,
        refuses={
            400: ["invalid", "question.empty", "question.too_long", "question.named"],
            **SESSION,
            403: ["question.muted", "session.seat", "session.ticket"],
            409: ["question.closed", "question.asked_already", "question.word"],
            429: ["question.slow", "rate.limited"],
        },
    )
    def post(self, request: Request, event: str, slug: str) -> Response:
        """Asks a question. Its state is "held" where a moderator looks first. Sent again with the same `id`, it is
        answered and not asked twice; after 429 try again when Retry-After says."""
        session, given = self.session(), self.given(serializers.AskIn)
        self.spend("question.ask")
        [asked] = services.ask_questions(
            [
                services.Asking(
                    event_id=self.event.pk,
                    session_id=session.pk,
                    user_id=self.reader.pk,
                    roles=self.roles,
                    text=given["text"],
                    is_anonymous=given["anonymous"],
                    command_id=given.get("id"),
                )
            ]
        )
        return answer(asked, status=201)


class AllAPI(Listing, EventAPIView):
    access = Access.ATTENDEE
    area = Area.QUESTIONS
    reads_primary: ClassVar[bool] = True
    ordering = ("-created_at", "-pk")

    @documented(
        "questions_all",
        asks=[serializers.AllIn, *PAGING],
        gives=page_shape(shapes.Placed),
        example=page_example(shapes.PLACED),
        refuses={400: ["invalid"]},
    )
    def get(self, request: Request, event: str) -> Response:
        """The questions of all sessions that you may go into; where you run them, also those that are not shown."""
        query = serializers.AllIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = dict(query.validated_data)
        by_votes = asked.pop("sort") == "votes"
        person = self.person
        if person is None:
            return self.listed(Question.objects.none(), shapes.Placed, lambda page: page)
        return self.listed(
            selectors.across(self.event, person, self.roles, **asked),
            shapes.Placed,
            lambda page: [placed(row) for row in zip(page, selectors.rows_of(None, page, person), strict=True)],
            ordering=("-votes", "pk") if by_votes else self.ordering,
        )


class ClockAPI(SessionCall):
    @documented(
        "questions_clock",
        gives=shapes.Beside,
        example=shapes.BESIDE,
        refuses={**SESSION, 404: ["question.session_unknown", "session.no_recording"]},
    )
    def get(self, request: Request, event: str, slug: str) -> Response:
        """What was asked in a session, beside its recording: when it was asked, and when it was answered."""
        session = self.session()
        start, end = tracks.recording_of(session, clock.now())
        return answer(shapes.Beside(start, selectors.on_clock(session, start, end)))


class SimilarAPI(SessionCall):
    @documented(
        "questions_similar",
        asks=[serializers.SimilarIn],
        gives=list[shapes.Described],
        example=[shapes.DESCRIBED],
        refuses=SESSION,
    )
    def get(self, request: Request, event: str, slug: str) -> Response:
        """At most three questions of the session that may be the same as `q`, the likeliest first."""
        board = selectors.board_of(self.session())
        found = selectors.similar(board, self.given(serializers.SimilarIn, query=True)["q"])
        return answer([described(row) for row in selectors.rows_of(board, found, self.reader)])


class RulesAPI(SessionCall):
    def check_repeated(self) -> None:
        self.session_run()

    @documented("question_rules", gives=broadcasts.Rules, example=shapes.RULES, refuses=SESSION)
    def get(self, request: Request, event: str, slug: str) -> Response:
        """Under which rules questions are asked here."""
        return answer(broadcasts.rules(selectors.board_of(self.session())))

    @documented(
        "question_rules_set",
        takes=serializers.RulesIn,
        gives=broadcasts.Rules,
        example=shapes.RULES,
        refuses={400: ["invalid"], **SESSION, 403: ["question.not_running", "session.seat", "session.ticket"]},
    )
    def patch(self, request: Request, event: str, slug: str) -> Response:
        """Sets what is named; the rest stays. For moderators and the session's speakers."""
        session = self.session_run()
        return answer(broadcasts.rules(services.set_rules(session, **self.given(serializers.RulesIn))))


class NextAPI(SessionCall):
    access = Access.SPEAKER

    def check_repeated(self) -> None:
        self.session_run()

    @documented(
        "question_next",
        takes=serializers.AdvanceIn,
        gives=broadcasts.Stage,
        example=broadcasts.Stage(shapes.QUESTION),
        refuses={400: ["invalid"], **SESSION, 403: ["question.not_running", "session.seat", "session.ticket"]},
    )
    def post(self, request: Request, event: str, slug: str) -> Response:
        """Moves what is on stage on and puts the most wanted question there. `after` is what you see on stage; where
        somebody was quicker nothing is moved. The answer is what is on stage now."""
        session = self.session_run()
        found = services.advance(session, **self.given(serializers.AdvanceIn))
        return answer(broadcasts.Stage(broadcasts.question(found) if found else None))


class QuestionCall(SessionCall):
    def check_repeated(self) -> None:
        self.question()

    def question(self) -> Question:
        """What is not shown exists for its asker and for those who run the session's questions."""
        question = selectors.get_question(self.event.pk, self.kwargs["question"])
        session = question.board.session
        if session is None:
            raise selectors.unknown()
        self.let_in(session.pk)
        if question.is_shown or question.is_of(self.reader.pk):
            return question
        if not selectors.may_run(session, self.reader.pk, self.roles):
            raise selectors.unknown()
        return question

    def question_run(self) -> Question:
        return doors.question_run_by(self.event.pk, self.kwargs["question"], self.reader.pk, self.roles)

    def wish(self, *, on: bool) -> list[services.Wish]:
        return [services.Wish(self.event.pk, self.kwargs["question"], self.reader.pk, on, self.roles)]


class OfNobody(QuestionCall):
    takes_keys = (
        False  # doing it twice changes nothing; what is kept under a name would say whose one without a name is
    )


class QuestionAPI(OfNobody):
    @documented("question", gives=shapes.Described, example=shapes.DESCRIBED, refuses={404: ["question.unknown"]})
    def get(self, request: Request, event: str, question: int) -> Response:
        """One question. What is not shown is there for its asker and for those who run the session's questions."""
        found = self.question()
        return answer(described(selectors.rows_of(found.board, [found], self.reader)[0]))

    @documented(
        "question_withdraw",
        refuses={403: ["question.not_yours"], 404: ["question.unknown"], 409: ["question.settled"], **TOO_FAST},
    )
    def delete(self, request: Request, event: str, question: int) -> Response:
        """Takes your own question back, before it is on stage or answered."""
        self.question()
        self.spend("question.withdraw")
        services.withdraw_question(event_id=self.event.pk, question_id=question, user_id=self.reader.pk)
        return Response(status=204)


class VoteAPI(OfNobody):
    @documented("question_vote", takes=None, gives=broadcasts.Mine, example=shapes.MINE, refuses=VOTE)
    def put(self, request: Request, event: str, question: int) -> Response:
        """Wants it answered: once, however often it is sent."""
        self.spend("question.vote")
        return answer(services.cast_votes(self.wish(on=True))[0])

    @documented("question_unvote", gives=broadcasts.Mine, example=shapes.MINE, refuses=VOTE)
    def delete(self, request: Request, event: str, question: int) -> Response:
        """Takes the vote back, however often it is sent."""
        self.spend("question.vote")
        return answer(services.cast_votes(self.wish(on=False))[0])


class FollowAPI(OfNobody):
    @documented("question_follow", takes=None, gives=broadcasts.Mine, example=shapes.MINE, refuses=UNKNOWN | TOO_FAST)
    def put(self, request: Request, event: str, question: int) -> Response:
        """Is told when it is answered: on the page at once, by mail a few minutes later."""
        self.spend("question.follow")
        return answer(services.follow_questions(self.wish(on=True))[0])

    @documented("question_unfollow", gives=broadcasts.Mine, example=shapes.MINE, refuses=UNKNOWN | TOO_FAST)
    def delete(self, request: Request, event: str, question: int) -> Response:
        """Is told no more. Who asked it is told in any case."""
        self.spend("question.follow")
        return answer(services.follow_questions(self.wish(on=False))[0])


class RunCall(QuestionCall):
    def check_repeated(self) -> None:
        self.question_run()

    access = Access.SPEAKER

    def told(self, question: Question) -> Response:
        return answer(described(selectors.rows_of(question.board, [question], self.reader)[0]))


class MoveAPI(RunCall):
    @documented(
        "question_move",
        takes=serializers.MoveIn,
        gives=shapes.Described,
        example=shapes.DESCRIBED,
        refuses={400: ["invalid"], **GONE},
    )
    def post(self, request: Request, event: str, question: int) -> Response:
        """On stage, answered, for later, back among the new, or away."""
        found = self.question_run()
        return self.told(services.move_question(found, **self.given(serializers.MoveIn)))


class ReplyAPI(RunCall):
    @documented(
        "question_reply",
        takes=serializers.ReplyIn,
        gives=shapes.Described,
        example=shapes.DESCRIBED,
        refuses={400: ["invalid", "question.reply_too_long"], **GONE},
    )
    def put(self, request: Request, event: str, question: int) -> Response:
        """Writes the reply under it, in place of an earlier one; an empty one takes it away."""
        found = self.question_run()
        return self.told(services.reply_to_question(found, by=self.reader, **self.given(serializers.ReplyIn)))


class TagsAPI(RunCall):
    @documented(
        "question_tags",
        takes=serializers.TagsIn,
        gives=shapes.Described,
        example=shapes.DESCRIBED,
        refuses={400: ["invalid", "question.tags"], **GONE},
    )
    def put(self, request: Request, event: str, question: int) -> Response:
        """Gives it these tags, and no others: at most five of at most 30 characters."""
        found = self.question_run()
        return self.told(services.tag_question(found, **self.given(serializers.TagsIn)))


class MergeAPI(RunCall):
    @documented(
        "question_merge",
        takes=serializers.MergeIn,
        gives=shapes.Described,
        example=shapes.DESCRIBED,
        refuses={400: ["invalid", "question.merge_self", "question.merge_elsewhere"], **GONE},
    )
    def post(self, request: Request, event: str, question: int) -> Response:
        """Joins it with the question `into`, which remains; everybody's vote counts once."""
        found = self.question_run()
        into = selectors.get_question(self.event.pk, self.given(serializers.MergeIn)["into"])
        return self.told(services.merge_question(found, into=into))

    @documented(
        "question_split",
        gives=shapes.Described,
        example=shapes.DESCRIBED,
        refuses=RUN | {409: ["question.not_merged"]},
    )
    def delete(self, request: Request, event: str, question: int) -> Response:
        """Takes a joining back, with the votes that came by it."""
        return self.told(services.split_question(self.question_run()))


class ExportAPI(SessionCall):
    access = Access.SPEAKER
    content_negotiation_class = AnyForm

    @extend_schema(
        operation_id="questions_export",
        parameters=[serializers.ExportIn],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, sheets.KIND): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, event: str, slug: str) -> HttpResponseBase:
        """Everything that was asked in a session and not taken back, as a table in your language; who asked without a
        name is in no column. For moderators and the session's speakers."""
        session, form = self.session_run(), self.given(serializers.ExportIn, query=True)["form"]
        rows = selectors.table(selectors.board_of(session))
        response = table_answer(rows, name=f"{self.event.slug}-{session.slug}-questions", form=form)
        record_export(response, self.event, words=_("Took a table away"))
        return response
