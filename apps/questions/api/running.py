"""Questions over REST, for who runs them: rules, what comes next, moved on, replied to, tagged, joined, taken away."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import sheets
from apps.core.access import Access
from apps.core.calls import AnyForm
from apps.core.doors import answer, table_answer
from apps.core.schemas import documented
from apps.events.doors.acting import record_export
from apps.questions import broadcasts, selectors, serializers, services
from apps.questions.api.calls import RUN, SESSION, QuestionCall, SessionCall, described
from apps.questions.models import Question
from apps.questions.serializers import answers as shapes

GONE = RUN | {409: ["question.gone"]}


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
