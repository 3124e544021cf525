"""For those who work through a quiz by themselves: attempts, one question at a time, the review."""

from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from apps.core.access import Access
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.events.doors.paced import Paced
from apps.quizzes import selectors, services
from apps.quizzes.forms import TaskForm
from apps.quizzes.models import Attempt, Quiz
from apps.quizzes.permissions import ATTEMPT_RATE, TASK_RATE


class TrainingDoor(Paced, EventView):
    access = Access.ATTENDEE
    place = "lobby"
    reads_primary: ClassVar[bool] = True
    live: ClassVar[bool] = False

    def quiz(self) -> Quiz:
        wanted = self.kwargs["quiz"]
        try:
            return selectors.get_training(self.event.pk, wanted, user_id=self.user_id, roles=self.roles)
        except Refused as refused:
            if refused.code != "quiz.unknown":
                raise
            raise Http404 from refused

    def attempt(self, quiz: Quiz) -> Attempt:
        try:
            return selectors.own_attempt(quiz, self.user_id, self.kwargs["number"])
        except Refused as refused:
            raise Http404 from refused

    @property
    def user_id(self) -> int:
        return self.person.pk if self.person else 0

    def overview(self, quiz: Quiz, *, status: int = 200, error: object = "") -> HttpResponse:
        attempts = selectors.own_attempts(quiz, self.user_id)
        return self.render(
            "quizzes/training.html",
            status=status,
            error=error,
            quiz=quiz,
            can_run=selectors.can_run(quiz, self.roles, self.user_id),
            attempts=attempts,
            running=next((one for one in attempts if one.finished_at is None), None),
            may_begin=selectors.attempt_left(quiz, attempts),
            left=quiz.most_attempts - len(attempts) if quiz.most_attempts else None,
        )

    def task(
        self, quiz: Quiz, attempt: Attempt, position: int, *, status: int = 200, error: object = ""
    ) -> HttpResponse:
        try:
            task = selectors.task_at(attempt, position)
        except Refused as refused:
            raise Http404 from refused
        tasks = list(attempt.tasks.order_by("position"))
        return self.render(
            "quizzes/task.html",
            status=status,
            error=error,
            quiz=quiz,
            attempt=attempt,
            task=task,
            tasks=tasks,
            sheet=selectors.task_sheet(task, self.event),
            own=selectors.words_of(task, task.said) if task.said is not None else [],
            weighs=selectors.weight_words(task, tasks),
            is_last=position == len(tasks),
            unanswered=sum(one.said is None for one in tasks),
        )


class TrainingView(TrainingDoor):
    def get(self, request: HttpRequest, event: str, quiz: int) -> HttpResponse:
        return self.overview(self.quiz())

    def post(self, request: HttpRequest, event: str, quiz: int) -> HttpResponse:
        found = self.quiz()
        if self.person is None:
            raise Http404
        try:
            self.spend_at(ATTEMPT_RATE, "quiz.attempt")
            attempt = services.begin(found, user=self.person)
        except Refused as refused:
            return self.overview(found, status=refused.status, error=refused.message)
        first = attempt.tasks.filter(said__isnull=True).order_by("position").first() or attempt.tasks.first()
        position = first.position if first else 1
        return redirect("quizzes:task", event=event, quiz=quiz, number=attempt.number, position=position)


class TaskView(TrainingDoor):
    def get(self, request: HttpRequest, event: str, quiz: int, number: int, position: int) -> HttpResponse:
        found = self.quiz()
        attempt = self.attempt(found)
        if attempt.finished_at is not None:
            return redirect("quizzes:review", event=event, quiz=quiz, number=number)
        return self.task(found, attempt, position)

    def post(self, request: HttpRequest, event: str, quiz: int, number: int, position: int) -> HttpResponse:
        found = self.quiz()
        attempt = self.attempt(found)
        try:
            task = selectors.task_at(attempt, position)
        except Refused as refused:
            raise Http404 from refused
        try:
            self.spend_at(TASK_RATE, "quiz.task")
            services.answer_task(attempt, position=position, said=TaskForm(request.POST).said(task.kind))
        except Refused as refused:
            if refused.code == "quiz.handed_in":
                return redirect("quizzes:review", event=event, quiz=quiz, number=number)
            return self.task(found, attempt, position, status=refused.status, error=refused.message)
        following = min(position + 1, attempt.tasks.count())
        return redirect("quizzes:task", event=event, quiz=quiz, number=number, position=following)


class HandInView(TrainingDoor):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, quiz: int, number: int) -> HttpResponse:
        attempt = self.attempt(self.quiz())
        try:
            services.hand_in(attempt)
        except Refused as refused:
            if refused.code != "quiz.handed_in":
                raise
        else:
            self.say(_("Your attempt is handed in."))
        return redirect("quizzes:review", event=event, quiz=quiz, number=number)


class ReviewView(TrainingDoor):
    def get(self, request: HttpRequest, event: str, quiz: int, number: int) -> HttpResponse:
        found = self.quiz()
        attempt = self.attempt(found)
        if attempt.finished_at is None:
            return redirect("quizzes:training", event=event, quiz=quiz)
        attempts = selectors.own_attempts(found, self.user_id)
        reviewed = selectors.review(attempt)
        return self.render(
            "quizzes/review.html",
            quiz=found,
            attempt=attempt,
            reviewed=reviewed,
            has_clips=any(one.sheet.media and one.sheet.media.kind != "image" for one in reviewed),
            may_begin=selectors.attempt_left(found, attempts),
        )
