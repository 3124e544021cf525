"""Questions by pages and forms: the list, the desk of those who run them, the speaker's view, the screen."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import tables
from apps.core.access import Access
from apps.core.doors import onward
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.live import seq, versions
from apps.questions import broadcasts, doors, forms, selectors, services
from apps.questions.models import Question
from apps.tracks.models import Session

PAGE = 50
MOST_TARGETS = 200
"""So many of the most wanted are offered to join a duplicate with."""


class QuestionDoor(EventView):
    access = Access.ATTENDEE
    place = "agenda"
    reads_primary: ClassVar[bool] = True

    @property
    def reader(self) -> User:
        """Whoever passed `access` is signed in."""
        if self.person is None:
            raise Http404
        return self.person

    def session(self) -> Session:
        rows = self.event.sessions.on_agenda().light().select_related("event", "room", "track")
        found = rows.filter(slug=self.kwargs["slug"]).first()
        if found is None:
            raise Http404
        return found

    def list_page(self, session: Session, *, status: int = 200, **context: Any) -> HttpResponse:
        """The page of a session's questions; `error` and `kept` where one was not taken."""
        heard = seq.head(self.event.pk, broadcasts.log_topic(session.pk))
        version = versions.read()
        asked = self.request.GET
        found = selectors.questions_of(
            session,
            self.reader,
            sort=asked.get("sort", "votes"),
            tag=asked.get("tag", "")[:30],
            page=asked.get("page", "1")[:8],
        )
        runs = selectors.may_run(session, self.reader.pk, self.roles)
        template = (
            "questions/items.html" if self.request.headers.get("X-Part") == "questions" else "questions/page.html"
        )
        response = self.render(
            template,
            status=status,
            session=session,
            questions=found,
            version=version,
            heard=heard,
            runs=runs,
            **context,
        )
        response.headers["Vary"] = "X-Part, Cookie"
        return response

    def done(self, said: str, fallback: str) -> HttpResponse:
        """A script is told, a form's reader led on."""
        if self.wants_json:
            return JsonResponse({"said": said})
        self.say(said)
        return redirect(onward(self.request, fallback))

    def topics(self, session: Session) -> dict[str, Any]:
        return {
            "log_topic": broadcasts.log_topic(session.pk),
            "standing_topic": broadcasts.standing_topic(session.pk),
            "stage_topic": broadcasts.stage_topic(session.pk),
            "desk_topic": broadcasts.desk_topic(session.pk),
        }

    def list_url(self, session: Session) -> str:
        return reverse("questions:list", args=[self.event.slug, session.slug])


class QuestionsView(QuestionDoor):
    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        return self.list_page(self.session())


class AskView(QuestionDoor):
    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        """Somebody signed in again, or reloaded, after asking: the list is where they wanted to be."""
        return redirect(self.list_url(self.session()))

    def post(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        session = self.session()
        form = forms.AskForm(request.POST)
        kept = {"text": request.POST.get("text", "")[:2000], "anonymous": "anonymous" in request.POST}
        if not form.is_valid():
            error = next(iter(form.errors.values()))[0]
            return self.list_page(session, status=400, error=error, kept=kept)
        [asked] = services.ask_questions(
            [
                services.Asking(
                    event_id=self.event.pk,
                    session_id=session.pk,
                    user_id=self.reader.pk,
                    roles=self.roles,
                    text=form.cleaned_data["text"],
                    is_anonymous=form.cleaned_data["anonymous"],
                    command_id=form.cleaned_data["id"] or None,
                )
            ]
        )
        if isinstance(asked, Refused):
            return self.list_page(session, status=asked.status, error=asked.message, kept=kept)
        is_held = asked.question.state == Question.State.HELD
        said = _("A moderator looks at your question first.") if is_held else _("Your question is there for everybody.")
        return self.done(said, f"{self.list_url(session)}?sort=mine")


class QuestionAct(QuestionDoor):
    """Something done to one question by a form."""

    http_method_names = ["post"]

    def question(self) -> Question:
        """Whether it may be acted upon, the service says; here only that it is of this event."""
        found = selectors.get_question(self.event.pk, self.kwargs["question"])
        if found.board.session is None:
            raise Http404
        return found

    def back(self, question: Question) -> str:
        return self.list_url(question.board.session) if question.board.session else ""

    def wish(self) -> list[services.Wish]:
        form = forms.OnOffForm(self.request.POST)
        on = bool(form.cleaned_data["on"]) if form.is_valid() else True
        return [services.Wish(self.event.pk, self.kwargs["question"], self.reader.pk, on)]


class VoteView(QuestionAct):
    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        found = self.question()
        [mine] = services.cast_votes(self.wish())
        if isinstance(mine, Refused):
            raise mine
        return self.done(_("Your vote counts.") if mine.voted else _("Your vote is taken back."), self.back(found))


class FollowView(QuestionAct):
    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        found = self.question()
        [mine] = services.follow_questions(self.wish())
        if isinstance(mine, Refused):
            raise mine
        said = _("You are told when it is answered.") if mine.following else _("You no longer follow this question.")
        return self.done(said, self.back(found))


class WithdrawView(QuestionAct):
    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        found = self.question()
        services.withdraw_question(event_id=self.event.pk, question_id=question, user_id=self.reader.pk)
        return self.done(_("Your question is taken back."), self.back(found))


class RunDoor(QuestionDoor):
    """For moderators, and speakers in their own sessions."""

    access = Access.SPEAKER
    place = "control"

    def session(self) -> Session:
        session = super().session()
        doors.check_runs(session, self.reader.pk, self.roles)
        return session


class DeskDoor(RunDoor):
    def show(self, session: Session, *, status: int = 200, form: Any = None) -> HttpResponse:
        version = versions.read()
        heard = seq.head(self.event.pk, broadcasts.log_topic(session.pk))
        board = selectors.board_of(session)
        asked = {name: self.request.GET.get(name, "")[:200] for name in ("state", "q", "tag")}
        rows = selectors.everything(board, state=asked["state"], text=asked["q"], tag=asked["tag"])
        return self.render(
            "questions/desk.html",
            status=status,
            session=session,
            board=board,
            version=version,
            heard=heard,
            held=selectors.held(board),
            page=Paginator(rows, PAGE).get_page(self.request.GET.get("page")),
            targets=list(selectors.listed(board)[:MOST_TARGETS]),
            tags=selectors.tags_of(board),
            asked=asked,
            states=[state for state in Question.State if state not in (Question.State.WITHDRAWN, Question.State.HELD)],
            form=form or forms.RulesForm(instance=board),
            **self.topics(session),
        )


class DeskView(DeskDoor):
    """What waits, everything that was asked, and the rules."""

    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        return self.show(self.session())


class RulesView(DeskDoor):
    def post(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        session = self.session()
        form = forms.RulesForm(request.POST, instance=selectors.board_of(session))
        if not form.is_valid():
            return self.show(session, status=422, form=form)
        services.set_rules(session, **form.rules)
        return self.done(_("The rules are kept. They hold from now on."), self.desk_url(session))

    def desk_url(self, session: Session) -> str:
        return reverse("questions:desk", args=[self.event.slug, session.slug])


class LecternView(RunDoor):
    """One large question at a time, for whoever speaks."""

    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        session = self.session()
        version = versions.read()
        return self.render(
            "questions/lectern.html",
            session=session,
            version=version,
            stage=selectors.stage(self.event.pk, session.pk),
            standing=selectors.standing(self.event.pk, session.pk),
            following=selectors.up_next(selectors.board_of(session)),
            **self.topics(session),
        )


class NextView(RunDoor):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        session = self.session()
        form = forms.AdvanceForm(request.POST)
        if not form.is_valid():
            raise Refused("question.state_unknown", _("A question cannot be put there."), status=400)
        found = services.advance(session, after=form.cleaned_data["after"] or None, to=form.cleaned_data["to"])
        said = _("Next question.") if found else _("No question is on stage.")
        return self.done(said, reverse("questions:lectern", args=[self.event.slug, session.slug]))


class ScreenView(RunDoor):
    """The question on stage for a shared screen, readable from the back of a room."""

    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        session = self.session()
        version = versions.read()
        return self.render(
            "questions/screen.html",
            session=session,
            version=version,
            stage=selectors.stage(self.event.pk, session.pk),
            **self.topics(session),
        )


class RunAct(QuestionAct):
    """Something that those who run a session's questions do to one."""

    access = Access.SPEAKER

    def question(self) -> Question:
        return doors.question_run_by(self.event.pk, self.kwargs["question"], self.reader.pk, self.roles)

    def back(self, question: Question) -> str:
        session = question.board.session
        return reverse("questions:desk", args=[self.event.slug, session.slug]) if session else ""


class MoveView(RunAct):
    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        found = self.question()
        form = forms.MoveForm(request.POST)
        to = str(form.cleaned_data["to"]) if form.is_valid() else ""
        moved = services.move_question(found, to=to)
        return self.done(_("The question is now: %(state)s.") % {"state": moved.get_state_display()}, self.back(found))


class ReplyView(RunAct):
    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        found = self.question()
        form = forms.ReplyForm(request.POST)
        text = str(form.cleaned_data["text"]) if form.is_valid() else request.POST.get("text", "")
        replied = services.reply_to_question(found, text=text, by=self.reader)
        said = _("Your reply stands under the question.") if replied.reply else _("The reply is taken away.")
        return self.done(said, self.back(found))


class TagsView(RunAct):
    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        found = self.question()
        form = forms.TagsForm(request.POST)
        services.tag_question(found, tags=form.cleaned_data["tags"] if form.is_valid() else ["-" * 99])
        return self.done(_("The tags are kept."), self.back(found))


class MergeView(RunAct):
    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        found = self.question()
        form = forms.MergeForm(request.POST)
        if not form.is_valid():
            raise Refused("question.merge_unknown", _("Choose the question that remains."), field="into", status=400)
        into = selectors.get_question(self.event.pk, form.cleaned_data["into"])
        services.merge_question(found, into=into)
        return self.done(_("They are one question now; everybody’s vote counts once."), self.back(found))


class SplitView(RunAct):
    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        found = self.question()
        services.split_question(found)
        return self.done(_("It stands by itself again."), self.back(found))


class ExportView(RunDoor):
    """Everything that was asked, for a spreadsheet. Who asked without a name is in no column."""

    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponseBase:
        session = self.session()
        rows = selectors.exported(selectors.board_of(session))
        response = StreamingHttpResponse(tables.csv_lines(table(rows)), content_type="text/csv; charset=utf-8")
        name = f"{self.event.slug}-{session.slug}-questions.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


COLUMNS = (
    "id",
    "asked_at",
    "state",
    "question",
    "asked_by",
    "votes",
    "tags",
    "answered_at",
    "reply",
    "reply_by",
    "into",
)


def table(questions: Iterator[Question]) -> Iterator[tuple[Any, ...]]:
    yield COLUMNS
    for row in questions:
        yield (
            row.pk,
            row.created_at.isoformat(timespec="seconds"),
            row.state,
            row.text,
            broadcasts.name_of(row),
            row.votes,
            ", ".join(row.tags),
            row.answered_at.isoformat(timespec="seconds") if row.answered_at else "",
            row.reply,
            row.replied_by.name if row.replied_by else "",
            row.merged_into_id or "",
        )
