"""For those who play: which quizzes there are, joining, answering, asking for more time."""

from typing import ClassVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from apps.core.access import Access
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.live import versions
from apps.quizzes import broadcasts, permissions, selectors, services
from apps.quizzes.forms import AnswerForm, JoinForm, TimeForm
from apps.quizzes.models import Quiz
from apps.quizzes.permissions import TIME_RATE
from apps.quizzes.views.doors import QuizDoor


class QuizzesView(EventView):
    access = Access.ATTENDEE
    place = "lobby"
    reads_primary: ClassVar[bool] = True

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        version = versions.read()
        user_id = self.person.pk if self.person else None
        open_ones = (
            selectors.open_trainings(self.event, self.person, self.roles) if self.person else Quiz.objects.none()
        )
        trainings = self.turned(open_ones, "trainings")
        return self.render(
            "quizzes/list.html",
            games=list(selectors.joinable(self.event.pk)[: selectors.MOST_LISTED]),
            quizzes=self.turned(selectors.runnable(self.event, self.roles, user_id), "page"),
            trainings=selectors.offered(list(trainings), most=selectors.MOST_LISTED),
            trainings_page=trainings,
            can_run=permissions.can_run(self.roles),
            listed=selectors.listed(self.event.pk),
            topic=broadcasts.list_topic(),
            version=version,
        )

    def turned(self, rows: QuerySet[Quiz], name: str) -> Page[Quiz]:
        """The page of these that the query's `name` asks for."""
        return Paginator(rows, selectors.MOST_LISTED).get_page(self.request.GET.get(name))


class QuizView(QuizDoor):
    """The game as a page, or alone for a page that shows it beside something else."""

    def get(self, request: HttpRequest, event: str, quiz: int) -> HttpResponse:
        if request.headers.get("X-Part") == "game":
            self.template = "quizzes/game_part.html"
        response = self.page(self.quiz())
        response.headers["Vary"] = "X-Part, Cookie"
        return response


class JoinView(QuizDoor):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, quiz: int) -> HttpResponse:
        found = self.quiz()
        form = JoinForm(request.POST)
        if not form.is_valid():
            return self.page(found, status=400, error=next(iter(form.errors.values()))[0])
        game = self.game(found, form.cleaned_data["game"])
        joining = services.Joining(self.event.pk, game.pk, self.user_id, form.cleaned_data["name"], self.roles)
        try:
            self.spend("quiz.join")
        except Refused as refused:
            return self.page(found, status=refused.status, error=refused.message)
        [answer] = services.join([joining])
        if isinstance(answer, Refused):
            return self.page(found, status=answer.status, error=answer.message)
        return redirect(found.get_absolute_url())


class AnswerView(QuizDoor):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, quiz: int) -> HttpResponse:
        found = self.quiz()
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self.page(found, status=400, error=next(iter(form.errors.values()))[0])
        game = self.game(found, form.cleaned_data["game"])
        turn = game.turns.filter(position=form.cleaned_data["position"]).first()
        try:
            self.spend("quiz.answer")
            given = services.Given(
                event_id=self.event.pk,
                game_id=game.pk,
                user_id=self.user_id,
                position=form.cleaned_data["position"],
                said=form.said(turn.kind if turn else ""),
                roles=self.roles,
            )
        except Refused as refused:
            return self.page(found, status=refused.status, error=refused.message)
        [answer] = services.give_answers([given])
        if isinstance(answer, Refused):
            return self.page(found, status=answer.status, error=answer.message)
        self.say(_("Your answer is in."))
        return redirect(found.get_absolute_url())


class TimeView(QuizDoor):
    """Asks for more time; who runs the quiz sees it, and gives it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, quiz: int) -> HttpResponse:
        found = self.quiz()
        form = TimeForm(request.POST)
        if not form.is_valid():
            return self.page(found, status=400, error=next(iter(form.errors.values()))[0])
        game = self.game(found, form.cleaned_data["game"])
        try:
            self.spend_at(TIME_RATE, "quiz.time")
            services.ask_for_time(game, user_id=self.user_id, extra=form.cleaned_data["extra"])
        except Refused as refused:
            return self.page(found, status=refused.status, error=refused.message)
        self.say(_("It is asked for. You see here when it is given."))
        return redirect(found.get_absolute_url())
