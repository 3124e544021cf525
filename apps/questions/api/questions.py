"""Questions over REST, for who asks them: found, asked, voted for, followed, taken back."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.access import Access
from apps.core.calls import Listing
from apps.core.doors import answer
from apps.core.schemas import PAGING, documented, page_example, page_shape
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.questions import broadcasts, selectors, serializers, services
from apps.questions.api.calls import SESSION, TOO_FAST, OfNobody, SessionCall, described, placed
from apps.questions.models import Question
from apps.questions.serializers import answers as shapes
from apps.tracks import selectors as tracks

UNKNOWN = {403: ["session.seat", "session.ticket"], 404: ["question.unknown"]}
VOTE = UNKNOWN | {409: ["question.own", "question.answered", "question.closed"]} | TOO_FAST


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
