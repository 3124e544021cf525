"""Polls by pages and forms: answered without a script, run by who speaks, shown on a shared screen, exported."""

import json
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock, sheets, tables
from apps.core.access import Access, May, may
from apps.core.doors import onward
from apps.core.errors import Refused
from apps.core.rows import row_number
from apps.events.doors import EventView
from apps.events.doors.paced import Paced
from apps.live import versions
from apps.polls import broadcasts, forms, permissions, selectors, services
from apps.polls.kinds import Said
from apps.polls.models import Poll, Template
from apps.polls.selectors import exporting
from apps.tracks import selectors as tracks
from apps.tracks.models import Session

A_PAGE = 100
"""Texts or words on one page."""
SCREEN_ROWS, BESIDE_ROWS = 12, 5
"""Of more options a shared screen shows those that got most, of one poll and of each of two: smaller ones nobody reads
from the back."""
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DONE = {
    "open": gettext_lazy("The poll is open. It rises on every page where it is listed."),
    "close": gettext_lazy("The poll is closed."),
    "lock": gettext_lazy("No answers are taken until you unlock it."),
    "unlock": gettext_lazy("Answers are taken again."),
    "reveal": gettext_lazy("Everybody sees the results now."),
    "hide": gettext_lazy("The results are shown again as the poll says."),
    "extend": gettext_lazy("There is more time."),
    "archive": gettext_lazy("The poll is put away."),
    "restore": gettext_lazy("The poll is back."),
    "unschedule": gettext_lazy("The poll waits for you to open it."),
}
"""What is said when it is done. What needs more words than a button has is not among them."""


CLOSES_BY_ITSELF = gettext_lazy("The poll closes by itself when that time is over.")


class PollDoor(Paced, EventView):
    access = Access.ATTENDEE
    place = "lobby"
    reads_primary: ClassVar[bool] = True

    def poll(self) -> Poll:
        try:
            poll = selectors.get_poll(self.event.pk, self.kwargs["poll"])
        except Refused as refused:
            raise Http404 from refused
        if not permissions.can_see(poll):
            raise Http404
        tracks.check_enters(
            self.event.pk, poll.session_id, user_id=self.person.pk if self.person else None, roles=self.roles
        )
        return poll

    def page(self, poll: Poll, *, status: int = 200, **context: Any) -> HttpResponse:
        version = versions.read()
        shown = selectors.shown_poll(poll, self.person)
        topic = broadcasts.list_topic(poll)
        return self.render(
            "polls/page.html", status=status, polls=[shown], topic=topic, version=version, poll=poll, **context
        )


class PollView(PollDoor):
    def get(self, request: HttpRequest, event: str, poll: int) -> HttpResponse:
        return self.page(self.poll())


class VoteView(PollDoor):
    def post(self, request: HttpRequest, event: str, poll: int) -> HttpResponse:
        found = self.poll()
        try:
            self.spend("poll.vote")
            said, revision = forms.read(found, request.POST)
            mine = self.cast(found, said, revision)
        except Refused as refused:
            typed = forms.typed(found, request.POST)
            return self.page(found, status=refused.status, error=refused.message, typed=typed)
        if mine.counted:
            self.say(_("Your answer counts."))
        else:
            messages.warning(
                request, _("You answered on another device meanwhile. Send this answer again to change it.")
            )
        return redirect(onward(request, reverse("polls:poll", args=[self.event.slug, found.pk])))

    def cast(self, poll: Poll, said: Said, revision: int | None) -> broadcasts.Mine:
        user_id = self.person.pk if self.person else 0
        [answer] = services.cast_votes([services.Vote(self.event.pk, poll.pk, user_id, said, revision, self.roles)])
        if isinstance(answer, Refused):
            raise answer
        return answer


class AllView(Paced, EventView):
    """All polls of the event as a whole, or of a session, each with the way to its own page. Other pages list the
    latest."""

    access = Access.ATTENDEE
    place = "lobby"
    reads_primary: ClassVar[bool] = True

    def get(self, request: HttpRequest, event: str, slug: str = "") -> HttpResponse:
        session = self.session(slug) if slug else None
        page = Paginator(selectors.seen(self.event, session), A_PAGE).get_page(request.GET.get("page"))
        return self.render("polls/all.html", session=session, page=page, now=clock.now())

    def session(self, slug: str) -> Session:
        found = get_object_or_404(self.event.sessions.on_agenda(), slug=slug)
        tracks.check_enters(self.event.pk, found.pk, user_id=self.person.pk if self.person else None, roles=self.roles)
        return found


class TextsView(PollDoor):
    """All texts that are shown, for whoever may see the results."""

    def get(self, request: HttpRequest, event: str, poll: int) -> HttpResponse:
        found = self.poll()
        late = "late" in request.GET
        if not selectors.may_read_texts(found, self.person, self.roles, late=late):
            raise PermissionDenied
        before = row_number(request.GET.get("before"))
        page = selectors.texts_page(found, late=late, before=before, most=A_PAGE)
        return self.render(
            "polls/texts.html",
            poll=found,
            texts=page.texts,
            back=self.turn(page.newer) if before else "",
            onward=self.turn(page.older) if page.older else "",
        )

    def turn(self, before: int | None) -> str:
        kept = {"late": 1} if "late" in self.request.GET else {}
        return "?" + urlencode(kept | ({"before": before} if before else {}))


class RunDoor(EventView):
    """For moderators, and for the speakers of the poll's session."""

    access = Access.SPEAKER
    place = "control"
    reads_primary: ClassVar[bool] = True

    @property
    def user_id(self) -> int | None:
        return self.person.pk if self.person else None

    def poll(self) -> Poll:
        try:
            poll = selectors.get_poll(self.event.pk, self.kwargs["poll"])
        except Refused as refused:
            raise Http404 from refused
        if not selectors.can_run(poll, self.roles, self.user_id):
            raise PermissionDenied
        return poll

    def home(self, poll: Poll) -> str:
        """The page from which this poll is run."""
        if poll.session:
            return reverse("polls:run_session", args=[self.event.slug, poll.session.slug])
        return reverse("polls:run", args=[self.event.slug])

    def onward(self, poll: Poll) -> HttpResponse:
        return redirect(onward(self.request, self.home(poll)))


class RunView(RunDoor):
    """The polls of the event as a whole."""

    access = Access.MODERATOR

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        return self.show(None)

    def show(self, session: Session | None) -> HttpResponse:
        version = versions.read()
        # What is open stands on every page, before the others.
        on = list(selectors.runnable(self.event, session, is_open=True)[: selectors.A_PAGE])
        others = Paginator(selectors.runnable(self.event, session, is_open=False), selectors.A_PAGE)
        page = others.get_page(self.request.GET.get("page"))
        away = Paginator(selectors.put_away(self.event, session), selectors.A_PAGE)
        topic = broadcasts.session_topic(session.pk) if session else broadcasts.EVENT_POLLS
        templates = services.templates_of(self.event.organisation) if permissions.can_run(self.roles) else ()
        return self.render(
            "polls/run.html",
            session=session,
            lines=selectors.lines_of([*on, *page.object_list]),
            count=len(on) + others.count,
            page=page,
            away=away.get_page(self.request.GET.get("away")),
            templates=Paginator(templates, A_PAGE).get_page(self.request.GET.get("templates")),
            topic=topic,
            version=version,
        )


class RunSessionView(RunView):
    """The polls of a session, for its speakers and for moderators."""

    access = Access.SPEAKER

    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:  # type: ignore[override]
        session = get_object_or_404(Session.objects.select_related("room", "event"), event=self.event, slug=slug)
        if not selectors.can_run_session(session, self.roles, self.user_id):
            raise PermissionDenied
        return self.show(session)


class PrepareView(RunDoor):
    """Makes a draft from a template of the organisation, for a session or for the event as a whole."""

    access = Access.MODERATOR

    def post(self, request: HttpRequest, event: str) -> HttpResponse:
        template = get_object_or_404(
            Template, organisation=self.event.organisation_id, pk=_number(request.POST.get("template", ""))
        )
        slug = request.POST.get("session", "")
        session = get_object_or_404(Session, event=self.event, slug=slug) if slug else None
        try:
            poll = services.create_from_template(template, event=self.event, session=session)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect(onward(request, reverse("polls:run", args=[self.event.slug])))
        self.say(services.drafted_words(poll))
        return redirect(f"{self.home(poll)}#poll-{poll.pk}")


def _number(text: str) -> int:
    """0 for what is none; no row has it."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


class DeedView(RunDoor):
    """One of the buttons of those pages; a reset is confirmed on a page of its own."""

    def post(self, request: HttpRequest, event: str, poll: int) -> HttpResponse:
        found, deed = self.poll(), request.POST.get("do", "")
        if deed not in DONE:
            raise Http404
        done = CLOSES_BY_ITSELF if deed == "extend" and found.closes_at is None else DONE[deed]
        try:
            services.run_poll(found, deed, seconds=_number(request.POST.get("seconds", "")) or None)
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            self.say(done)
        return self.onward(found)


class WordsView(RunDoor):
    """All words of a cloud or an open text, page by page: shown or hidden here."""

    def get(self, request: HttpRequest, event: str, poll: int) -> HttpResponse:
        found = self.poll()
        said: Any = selectors.Sayings(found)
        page: Page[broadcasts.Saying] = Paginator(said, A_PAGE).get_page(request.GET.get("page"))
        undecided = [one for one in page.object_list if one.shown is None] if found.moderated else []
        return self.render(
            "polls/words.html",
            poll=found,
            page=page,
            page_waiting=undecided,
            waiting=said.waiting,
            home=f"{self.home(found)}#poll-{found.pk}",
        )

    def post(self, request: HttpRequest, event: str, poll: int) -> HttpResponse:
        found = self.poll()
        shown, _mark, subject = request.POST.get("decide", "").partition(":")
        subjects = request.POST.getlist("waits") if subject == "all" else [subject]
        try:
            services.decide_words(found, subjects=subjects, shown=shown == "show")
        except Refused as refused:
            messages.error(request, refused.message)
        return self.onward(found)


class ResetView(RunDoor):
    """Begins a poll anew, once somebody has read what that means."""

    def get(self, request: HttpRequest, event: str, poll: int) -> HttpResponse:
        found = self.poll()
        answers = selectors.results(found).total
        return self.render("polls/reset.html", poll=found, answers=answers, home=self.home(found))

    def post(self, request: HttpRequest, event: str, poll: int) -> HttpResponse:
        found = self.poll()
        try:
            services.reset_poll(found, ends=_number(request.POST.get("ends", "")))
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            self.say(_("The poll begins anew, without answers."))
        return redirect(self.home(found))


class ScreenView(RunDoor):
    """The poll on a screen that everybody looks at; beside it another one, where several are open at the same
    place: the first of those, or the one that is asked for (0: none). More than two nobody reads from the back."""

    def get(self, request: HttpRequest, event: str, poll: int) -> HttpResponse:
        found = self.poll()
        version = versions.read()
        place, now = selectors.same_place(found), clock.now()
        others = [other for other in place if other.is_on_at(now)]
        beside = self.beside(place, others)
        polls = [found, *beside]
        panels = [self.panel(one) for one in polls]
        where = self.everything(found) if beside else found.get_absolute_url()
        return self.render(
            "polls/screen.html",
            panels=panels,
            shown=panels[0]["shown"],
            poll=found,
            two=bool(beside),
            most=BESIDE_ROWS if beside else SCREEN_ROWS,
            others=[other for other in others if other not in polls],
            turns=json.dumps([other.pk for other in others]),
            list_topic=broadcasts.list_topic(found),
            version=version,
            home=self.home(found),
            now_iso=now.isoformat(),
            where=request.get_host() + where.rstrip("/"),
        )

    def beside(self, place: list[Poll], others: list[Poll]) -> list[Poll]:
        """One at most. Which was asked for stays when it is closed: its results are to be seen."""
        asked = row_number(self.request.GET.get("beside"))
        if asked is None:
            return others[:1]
        return [one for one in place if one.pk == asked]

    def panel(self, poll: Poll) -> dict[str, Any]:
        url = self.request.build_absolute_uri(poll.get_absolute_url())
        return {"shown": selectors.screen_poll(poll), "topic": broadcasts.screen_topic(poll.pk), "url": url}

    def everything(self, poll: Poll) -> str:
        """Where all of these are answered."""
        if poll.session:
            return reverse("polls:all_session", args=[self.event.slug, poll.session.slug])
        return reverse("polls:all", args=[self.event.slug])


class ExportView(RunDoor):
    """All answers of the current round as CSV or as a spreadsheet; of an anonymous poll without any person, and with
    people's addresses for organisers only."""

    def get(self, request: HttpRequest, event: str, poll: int, form: str) -> HttpResponse | StreamingHttpResponse:
        found = self.poll()
        name = f"poll-{self.event.slug}-{found.pk}-{clock.now():%Y-%m-%d}.{form}"
        rows = exporting.rows(found, addresses=may(self.roles, May.READ_ADDRESSES))
        written = tables.csv_lines(rows) if form == "csv" else sheets.workbook(rows, name=_("Answers"))
        response = StreamingHttpResponse(written, content_type=CSV if form == "csv" else XLSX)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
