"""Questions over REST: asked, voted for, followed; moved on, replied to, joined by those who run them."""

from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.core.access import Access
from apps.core.doors import answer
from apps.events.doors import EventAPIView
from apps.questions import broadcasts, doors, selectors, serializers, services
from apps.questions.models import Question
from apps.tracks.models import Session


def described(row: selectors.Row) -> dict[str, Any]:
    """A question, and what it is to the caller."""
    return {"question": row.value, "mine": row.mine, "voted": row.voted, "following": row.following, "into": row.into}


class SessionCall(EventAPIView):
    access = Access.ATTENDEE
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

    def session(self) -> Session:
        found = self.event.sessions.on_agenda().light().select_related("event").filter(slug=self.kwargs["slug"]).first()
        if found is None:
            raise selectors.unknown_session()
        return found

    def session_run(self) -> Session:
        session = self.session()
        doors.check_runs(session, self.reader.pk, self.roles)
        return session


class QuestionsAPI(SessionCall):
    @extend_schema(operation_id="questions", parameters=[serializers.PageIn], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, event: str, slug: str) -> Response:
        """A page of a session's questions: most wanted, newest, unanswered, or your own."""
        session = self.session()
        found = selectors.questions_of(session, self.reader, **self.given(serializers.PageIn, query=True))
        rows = [described(row) for row in found.rows]
        numbers = {"page": found.number, "pages": found.pages, "tags": found.tags}
        return answer({"standing": found.standing, "stage": found.stage.question, "questions": rows, **numbers})

    @extend_schema(operation_id="question_ask", request=serializers.AskIn, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, event: str, slug: str) -> Response:
        """Asks a question. Its state is "held" where a moderator looks first."""
        session, given = self.session(), self.given(serializers.AskIn)
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


class SimilarAPI(SessionCall):
    @extend_schema(operation_id="questions_similar", parameters=[serializers.SimilarIn], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, event: str, slug: str) -> Response:
        """At most three questions of the session that may be the same as `q`, the likeliest first."""
        board = selectors.board_of(self.session())
        found = selectors.similar(board, self.given(serializers.SimilarIn, query=True)["q"])
        return answer([described(row) for row in selectors.rows_of(board, found, self.reader)])


class RulesAPI(SessionCall):
    @extend_schema(operation_id="question_rules", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, event: str, slug: str) -> Response:
        return answer(broadcasts.rules(selectors.board_of(self.session())))

    @extend_schema(operation_id="question_rules_set", request=serializers.RulesIn, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, event: str, slug: str) -> Response:
        """Sets what is named; the rest stays. For moderators and the session's speakers."""
        session = self.session_run()
        return answer(broadcasts.rules(services.set_rules(session, **self.given(serializers.RulesIn))))


class NextAPI(SessionCall):
    access = Access.SPEAKER

    @extend_schema(operation_id="question_next", request=serializers.AdvanceIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, event: str, slug: str) -> Response:
        """Moves what is on stage on and puts the most wanted question there. `after` is what you see on stage; where
        somebody was quicker nothing is moved. The answer is what is on stage now."""
        session = self.session_run()
        found = services.advance(session, **self.given(serializers.AdvanceIn))
        return answer(broadcasts.Stage(broadcasts.question(found) if found else None))


class QuestionCall(SessionCall):
    def question(self) -> Question:
        """What is not shown exists for its asker and for those who run the session's questions."""
        question = selectors.get_question(self.event.pk, self.kwargs["question"])
        session = question.board.session
        if session is None:
            raise selectors.unknown()
        if question.is_shown or question.is_of(self.reader.pk):
            return question
        if not selectors.may_run(session, self.reader.pk, self.roles):
            raise selectors.unknown()
        return question

    def question_run(self) -> Question:
        return doors.question_run_by(self.event.pk, self.kwargs["question"], self.reader.pk, self.roles)

    def wish(self, *, on: bool) -> list[services.Wish]:
        return [services.Wish(self.event.pk, self.kwargs["question"], self.reader.pk, on)]


class QuestionAPI(QuestionCall):
    @extend_schema(operation_id="question", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, event: str, question: int) -> Response:
        found = self.question()
        return answer(described(selectors.rows_of(found.board, [found], self.reader)[0]))

    @extend_schema(operation_id="question_withdraw", responses={204: None})
    def delete(self, request: Request, event: str, question: int) -> Response:
        """Takes your own question back, before it is on stage or answered."""
        self.question()
        services.withdraw_question(event_id=self.event.pk, question_id=question, user_id=self.reader.pk)
        return Response(status=204)


class VoteAPI(QuestionCall):
    @extend_schema(operation_id="question_vote", request=None, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, event: str, question: int) -> Response:
        """Wants it answered: once, however often it is sent."""
        return answer(services.cast_votes(self.wish(on=True))[0])

    @extend_schema(operation_id="question_unvote", responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request, event: str, question: int) -> Response:
        return answer(services.cast_votes(self.wish(on=False))[0])


class FollowAPI(QuestionCall):
    @extend_schema(operation_id="question_follow", request=None, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, event: str, question: int) -> Response:
        """Is told when it is answered."""
        return answer(services.follow_questions(self.wish(on=True))[0])

    @extend_schema(operation_id="question_unfollow", responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request, event: str, question: int) -> Response:
        return answer(services.follow_questions(self.wish(on=False))[0])


class RunCall(QuestionCall):
    access = Access.SPEAKER

    def told(self, question: Question) -> Response:
        return answer(described(selectors.rows_of(question.board, [question], self.reader)[0]))


class MoveAPI(RunCall):
    @extend_schema(operation_id="question_move", request=serializers.MoveIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, event: str, question: int) -> Response:
        """On stage, answered, for later, back among the new, or away."""
        found = self.question_run()
        return self.told(services.move_question(found, **self.given(serializers.MoveIn)))


class ReplyAPI(RunCall):
    @extend_schema(operation_id="question_reply", request=serializers.ReplyIn, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, event: str, question: int) -> Response:
        """Writes the reply under it, in place of an earlier one; an empty one takes it away."""
        found = self.question_run()
        return self.told(services.reply_to_question(found, by=self.reader, **self.given(serializers.ReplyIn)))


class TagsAPI(RunCall):
    @extend_schema(operation_id="question_tags", request=serializers.TagsIn, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, event: str, question: int) -> Response:
        found = self.question_run()
        return self.told(services.tag_question(found, **self.given(serializers.TagsIn)))


class MergeAPI(RunCall):
    @extend_schema(operation_id="question_merge", request=serializers.MergeIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, event: str, question: int) -> Response:
        """Joins it with the question `into`, which remains; everybody's vote counts once."""
        found = self.question_run()
        into = selectors.get_question(self.event.pk, self.given(serializers.MergeIn)["into"])
        return self.told(services.merge_question(found, into=into))

    @extend_schema(operation_id="question_split", responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request, event: str, question: int) -> Response:
        """Takes a joining back, with the votes that came by it."""
        return self.told(services.split_question(self.question_run()))
