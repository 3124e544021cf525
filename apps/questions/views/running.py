"""What those who run a session's questions look at: the desk, the speaker's view, the screen, and the export."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import sheets, tables
from apps.core.access import Access
from apps.core.errors import Refused
from apps.live import seq, versions
from apps.questions import broadcasts, doors, forms, selectors, services
from apps.questions.models import Question
from apps.questions.views.listing import QuestionDoor
from apps.tracks.models import Session

PAGE = 30
MOST_TARGETS = 200
"""So many of the most wanted are offered to join a duplicate with."""


class RunDoor(QuestionDoor):
    """For moderators, and speakers in their own sessions."""

    access = Access.SPEAKER
    place = "control"

    def session(self) -> Session:
        session = super().session()
        doors.check_runs(session, self.reader.pk, self.roles)
        return session

    def topics(self, session: Session) -> dict[str, Any]:
        return {
            "log_topic": broadcasts.log_topic(session.pk),
            "standing_topic": broadcasts.standing_topic(session.pk),
            "stage_topic": broadcasts.stage_topic(session.pk),
            "desk_topic": broadcasts.desk_topic(session.pk),
        }

    def desk_url(self, session: Session) -> str:
        return reverse("questions:desk", args=[self.event.slug, session.slug])


class DeskDoor(RunDoor):
    def show(
        self, session: Session, *, status: int = 200, form: Any = None, slip: doors.Slip | None = None
    ) -> HttpResponse:
        """The desk; with a `slip`, that question alone, with what was written to it and why it was not taken."""
        version = versions.read()
        heard = seq.head(self.event.pk, broadcasts.log_topic(session.pk))
        board = selectors.board_of(session)
        asked = {name: self.request.GET.get(name, "")[:200] for name in ("state", "q", "tag", "sort")}
        rows = selectors.everything(
            board, state=asked["state"], text=asked["q"], tag=asked["tag"], sort=asked["sort"] or "votes"
        )
        if slip is not None:
            rows = rows.filter(pk=slip.question)
        return self.render(
            "questions/desk.html",
            status=status,
            session=session,
            board=board,
            version=version,
            heard=heard,
            held=selectors.held(board),
            waiting=selectors.desk(self.event.pk, session.pk).held,
            page=Paginator(rows, PAGE).get_page(self.request.GET.get("page")),
            targets=list(selectors.listed(board)[:MOST_TARGETS]),
            tags=selectors.tags_of(board),
            asked=asked,
            states=[state for state in Question.State if state not in (Question.State.WITHDRAWN, Question.State.HELD)],
            form=form or forms.RulesForm(instance=board),
            slip=slip,
            home=self.request.get_full_path() if self.request.method == "GET" else self.desk_url(session),
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


class ExportView(RunDoor):
    """Everything that was asked, as CSV or as a workbook. Who asked without a name is in no column."""

    suffix = "csv"
    kind = "text/csv; charset=utf-8"

    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponseBase:
        session = self.session()
        rows = selectors.table(selectors.board_of(session))
        written = sheets.workbook(rows, name=_("Questions")) if self.suffix == "xlsx" else tables.csv_lines(rows)
        response = StreamingHttpResponse(written, content_type=self.kind)
        name = f"{self.event.slug}-{session.slug}-questions.{self.suffix}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store"
        return response
