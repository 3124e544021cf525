"""For those who run a quiz: the control page, its steps, the people in it, and the big screen."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from apps.core import sheets, tables
from apps.core.access import Access
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.quizzes import selectors, services
from apps.quizzes.forms import LONGEST_NAME, StepForm, TimeForm
from apps.quizzes.models import Quiz
from apps.quizzes.models.games import TIMES
from apps.quizzes.views.doors import QuizDoor

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Hosting(QuizDoor):
    """For moderators, and for the speakers of the quiz's session."""

    access = Access.SPEAKER
    place = "control"
    template = "quizzes/host.html"

    def any_quiz(self) -> Quiz:
        quiz = super().any_quiz()
        if not selectors.can_run(quiz, self.roles, self.user_id):
            raise PermissionDenied
        return quiz

    def show(self, *, status: int = 200, error: object = "") -> HttpResponse:
        quiz = self.quiz()
        game = selectors.newest_game(quiz)
        find = self.request.GET.get("find", "").strip().replace("\x00", "")[:LONGEST_NAME]
        return self.page(
            quiz,
            status=status,
            error=error,
            find=find,
            seats=selectors.seats(game, find=find) if game else [],
            played=Paginator(selectors.played(quiz), selectors.MOST_LISTED).get_page(self.request.GET.get("played")),
            asking=selectors.asking(game)[: selectors.MOST_LISTED] if game else [],
            times=TIMES,
            warnings=selectors.warnings(quiz),
            extends=services.EXTEND_SECONDS,
            questions=quiz.bank.questions.count(),
        )


class HostView(Hosting):
    def get(self, request: HttpRequest, event: str, quiz: int) -> HttpResponse:
        return self.show()


class OpenView(Hosting):
    """Opens a lobby: the quiz begins anew."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, quiz: int) -> HttpResponse:
        try:
            services.open_lobby(self.quiz())
        except Refused as refused:
            return self.show(status=refused.status, error=refused.message)
        self.say(_("The lobby is open. People can join."))
        return redirect("quizzes:host", event=event, quiz=quiz)


class StepView(Hosting):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, quiz: int) -> HttpResponse:
        found = self.quiz()
        form = StepForm(request.POST)
        if not form.is_valid():
            return self.show(status=400, error=next(iter(form.errors.values()))[0])
        wish = form.cleaned_data
        game = self.game(found, wish.pop("game"))
        try:
            services.step(game, seconds=wish.pop("extend") or 0, **wish)
        except Refused as refused:
            return self.show(status=refused.status, error=refused.message)
        return redirect("quizzes:host", event=event, quiz=quiz)


class SeatView(Hosting):
    """For one person in the game: more time (or not), the captain's word, or another name."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, quiz: int) -> HttpResponse:
        found = self.quiz()
        form = TimeForm(request.POST)
        if not form.is_valid() or not form.cleaned_data["person"]:
            return self.show(status=400, error=_("Choose somebody from the list."))
        game, person = self.game(found, form.cleaned_data["game"]), form.cleaned_data["person"]
        try:
            if "rename" in request.POST:
                services.rename(game, user_id=person)
            elif "captain" in request.POST:
                services.make_captain(game, user_id=person)
            elif "decline" in request.POST:
                services.decline_time(game, user_id=person)
            else:
                services.give_time(game, user_id=person, extra=form.cleaned_data["extra"])
        except Refused as refused:
            return self.show(status=refused.status, error=refused.message)
        return redirect("quizzes:host", event=event, quiz=quiz)


class ReportView(Hosting):
    """A game (the newest, or the one that is asked for) or a training as a table: by question, person, or answer."""

    def get(self, request: HttpRequest, event: str, quiz: int, by: str, form: str) -> StreamingHttpResponse:
        found = self.any_quiz()
        rows = self._of_training(found, by) if found.mode == Quiz.Mode.ALONE else self._of_game(found, by)
        kind, written = (CSV, tables.csv_lines) if form == "csv" else (XLSX, sheets.workbook)
        response = StreamingHttpResponse(written(rows), content_type=kind)
        response.headers["Content-Disposition"] = (
            f'attachment; filename="quiz-{self.event.slug}-{found.pk}-{by}.{form}"'
        )
        return response

    def _of_training(self, quiz: Quiz, by: str) -> Iterator[selectors.Row]:
        if by == "answers":
            raise Http404
        return selectors.tasks_report(quiz) if by == "questions" else selectors.attempts_report(quiz)

    def _of_game(self, quiz: Quiz, by: str) -> Iterator[selectors.Row]:
        asked = self.request.GET.get("game", "")
        try:
            game = self.game(quiz, int(asked)) if asked.isdecimal() and len(asked) < 16 else selectors.newest_game(quiz)
        except Refused as refused:
            raise Http404 from refused
        if game is None:
            raise Http404
        reports = {"questions": selectors.questions_report, "people": selectors.people_report}
        return reports.get(by, selectors.answers_report)(game)


class TemplateView(EventView):
    """A CSV file to begin a bank with."""

    access = Access.ORGANISER

    def get(self, request: HttpRequest, event: str) -> StreamingHttpResponse:
        response = StreamingHttpResponse(services.csv_template(), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="quiz-template.csv"'
        return response


class ScreenView(Hosting):
    """For a shared screen: to be read from the back of the room."""

    template = "quizzes/screen.html"

    def get(self, request: HttpRequest, event: str, quiz: int) -> HttpResponse:
        found = self.quiz()
        url = request.build_absolute_uri(found.get_absolute_url())
        address = url.partition("://")[2].rstrip("/")
        return self.page(found, url=url, address=address, parts=address.split("/"))
