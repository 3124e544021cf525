"""What everybody does with questions: reads them, asks, wants one answered, follows, takes back."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.access import Access
from apps.core.doors import onward
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.events.doors.paced import Paced
from apps.live import seq, versions
from apps.notifications import services as mails
from apps.questions import broadcasts, forms, selectors, services
from apps.questions.models import Question
from apps.tracks import selectors as tracks
from apps.tracks.models import Session


class QuestionDoor(Paced, EventView):
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
        tracks.check_enters(self.event.pk, found.pk, user_id=self.reader.pk, roles=self.roles)
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
            text=asked.get("q", "")[: selectors.MOST_SEARCHED],
            page=asked.get("page", "1")[:8],
        )
        is_part = self.request.headers.get("X-Part") == "questions"
        response = self.render(
            "questions/items.html" if is_part else "questions/page.html",
            status=status,
            session=session,
            questions=found,
            version=version,
            heard=heard,
            runs=selectors.may_run(session, self.reader.pk, self.roles),
            # An address that takes forms only is none to come back to.
            home=self.request.get_full_path() if self.request.method == "GET" else self.list_url(session),
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

    def is_on(self, name: str) -> bool:
        """What a button of two says; nothing is guessed where it says neither."""
        word = self.request.POST.get(name)
        if word not in ("1", "0"):
            raise Refused(
                "invalid",
                _("This form came without its wish. Load the page anew and try again."),
                field=name,
                status=400,
            )
        return word == "1"

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
        try:
            self.spend("question.ask")
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
        except Refused as refused:
            asked = refused
        if isinstance(asked, Refused):
            return self.list_page(session, status=asked.status, error=asked.message, kept=kept)
        is_held = asked.question.state == Question.State.HELD
        said = _("A moderator looks at your question first.") if is_held else _("Your question is there for everybody.")
        return self.done(said, f"{self.list_url(session)}?sort=mine")


class MailsView(QuestionDoor):
    """Whether answers are mailed to this person, in any event."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        back = self.list_url(self.session())
        wanted = self.is_on("wanted")
        mails.want_mails(self.reader.pk, kind=selectors.ANSWER_MAIL, wanted=wanted)
        said = _("Answers are mailed to you.") if wanted else _("Answers are not mailed to you any more.")
        return self.done(said, f"{back}?sort=mine")


class QuestionAct(QuestionDoor):
    """Something done to one question by a form."""

    http_method_names = ["post"]

    @cached_property
    def question(self) -> Question:
        """Whether it may be acted upon, the service says; here only that it is of this event."""
        found = selectors.get_question(self.event.pk, self.kwargs["question"])
        if found.board.session is None:
            raise Http404
        return found

    @property
    def asked_in(self) -> Session:
        session = self.question.board.session
        if session is None:
            raise Http404
        return session

    def session(self) -> Session:
        """For whoever may go in, since its questions are shown."""
        session = self.asked_in
        tracks.check_enters(self.event.pk, session.pk, user_id=self.reader.pk, roles=self.roles)
        return session

    def refuse(self, refused: Refused) -> HttpResponse:
        """Said over the list, which shows how things stand; not to somebody who may not be in the session."""
        if self.wants_json or "question" not in self.__dict__:
            return super().refuse(refused)
        try:
            session = self.session()
        except Refused as shut:
            return super().refuse(shut)
        messages.error(self.request, str(refused.message))
        return self.list_page(session, status=refused.status)

    def wish(self) -> list[services.Wish]:
        return [services.Wish(self.event.pk, self.question.pk, self.reader.pk, self.is_on("on"), self.roles)]


class VoteView(QuestionAct):
    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        self.spend("question.vote")
        [mine] = services.cast_votes(self.wish())
        if isinstance(mine, Refused):
            raise mine
        said = _("Your vote counts.") if mine.voted else _("Your vote is taken back.")
        return self.done(said, self.list_url(self.session()))


class FollowView(QuestionAct):
    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        self.spend("question.follow")
        [mine] = services.follow_questions(self.wish())
        if isinstance(mine, Refused):
            raise mine
        said = _("You are told when it is answered.") if mine.following else _("You no longer follow this question.")
        return self.done(said, self.list_url(self.session()))


class WithdrawView(QuestionAct):
    def post(self, request: HttpRequest, event: str, question: int) -> HttpResponse:
        self.spend("question.withdraw")
        services.withdraw_question(event_id=self.event.pk, question_id=self.question.pk, user_id=self.reader.pk)
        # One's own words, also from outside of a session that one may no longer go into.
        return self.done(_("Your question is taken back."), self.list_url(self.asked_in))
