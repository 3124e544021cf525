"""What every call about a session's questions does first: finds the session or the question for whoever asks."""

from typing import Any, ClassVar

from apps.accounts.models import User
from apps.core.access import Access
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.paced import Paced
from apps.questions import doors, selectors, services
from apps.questions.models import Question
from apps.questions.serializers import answers as shapes
from apps.tracks import selectors as tracks
from apps.tracks.models import Session

SESSION = {403: ["session.seat", "session.ticket"], 404: ["question.session_unknown"]}
RUN = {403: ["question.not_running"], 404: ["question.unknown"]}
TOO_FAST = {429: ["rate.limited"]}


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
