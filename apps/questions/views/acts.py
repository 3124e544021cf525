"""What those who run a session's questions do to one of them by a form. A refusal stands beside what was written."""

from abc import ABC, abstractmethod

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.core.access import Access
from apps.core.errors import Refused
from apps.questions import doors, forms, selectors, services
from apps.questions.models import Question
from apps.questions.views.listing import QuestionAct
from apps.questions.views.running import DeskDoor

KEPT = 5000


class RunAct(DeskDoor, QuestionAct, ABC):
    access = Access.SPEAKER

    @cached_property
    def question(self) -> Question:
        return doors.question_run_by(self.event.pk, self.kwargs["question"], self.reader.pk, self.roles)

    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        found = self.question
        said = self.act(found)
        return self.done(said, self.desk_url(self.session()))

    @abstractmethod
    def act(self, question: Question) -> str:
        """Does it, and says what was done."""

    def refuse(self, refused: Refused) -> HttpResponse:
        if self.wants_json or "question" not in self.__dict__:
            return super().refuse(refused)
        written = self.request.POST.get(refused.field or "", "")[:KEPT]
        slip = doors.Slip(self.question.pk, refused.field or "", str(refused.message), written)
        return self.show(self.session(), status=refused.status, slip=slip)


class MoveView(RunAct):
    def act(self, question: Question) -> str:
        form = forms.MoveForm(self.request.POST)
        moved = services.move_question(question, to=str(form.cleaned_data["to"]) if form.is_valid() else "")
        return _("The question is now: %(state)s.") % {"state": moved.get_state_display()}


class ReplyView(RunAct):
    def act(self, question: Question) -> str:
        form = forms.ReplyForm(self.request.POST)
        text = str(form.cleaned_data["text"]) if form.is_valid() else self.request.POST.get("text", "")
        replied = services.reply_to_question(question, text=text, by=self.reader)
        return _("Your reply stands under the question.") if replied.reply else _("The reply is taken away.")


class TagsView(RunAct):
    def act(self, question: Question) -> str:
        form = forms.TagsForm(self.request.POST)
        if not form.is_valid():
            raise services.tags_refused()
        services.tag_question(question, tags=form.cleaned_data["tags"])
        return _("The tags are kept.")


class MergeView(RunAct):
    def act(self, question: Question) -> str:
        form = forms.MergeForm(self.request.POST)
        if not form.is_valid():
            raise Refused("question.merge_unknown", _("Choose the question that remains."), field="into", status=400)
        services.merge_question(question, into=selectors.get_question(self.event.pk, form.cleaned_data["into"]))
        return _("They are one question now; everybody’s vote counts once.")


class SplitView(RunAct):
    def act(self, question: Question) -> str:
        services.split_question(question)
        return _("It stands by itself again.")
