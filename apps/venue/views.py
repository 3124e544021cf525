"""Pages made of many rooms: the event's public page, the lobby, the session, the control room."""

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.chat import selectors as chat
from apps.chat import services as chat_rooms
from apps.core import router
from apps.core.access import STAFF, Access
from apps.core.errors import Refused
from apps.core.kept import KeptForVisitors
from apps.core.middleware import Reader
from apps.events import selectors as events
from apps.events import services as event_services
from apps.events.doors import EventView
from apps.events.forms import AnnouncementForm, RegistrationForm
from apps.events.registry import next_for_you
from apps.events.selectors import previews
from apps.exhibitors import selectors as exhibitors
from apps.live import versions
from apps.media import permissions as films
from apps.polls import broadcasts as poll_broadcasts
from apps.polls import selectors as polls
from apps.questions import broadcasts as question_broadcasts
from apps.questions import selectors as questions
from apps.quizzes import selectors as quizzes
from apps.tracks import selectors as tracks
from apps.tracks.models import Session
from apps.tracks.selectors import previews as agenda_previews
from apps.venue import broadcasts, selectors

BOOTHS_IN_LOBBY = 4
TRAININGS_SHOWN = 6
ANNOUNCEMENTS_SHOWN = 6


class Landing(KeptForVisitors, EventView):
    access = Access.PUBLIC
    place = "landing"
    live: ClassVar[bool] = False

    def get(self, request: Reader, event: str) -> HttpResponse:  # type: ignore[override]
        page = selectors.landing(self.event, self.person)
        return self.render(
            "venue/landing.html",
            page=page,
            dates=selectors.dates(self.event),
            start=selectors.start_words(self.event, page.first, request.zones),
            form=RegistrationForm(event=self.event) if self.event.takes_registrations and not self.roles else None,
            preview=self.preview(page),
            may_run=not self.roles.isdisjoint(STAFF),
        )

    def preview(self, page: selectors.Landing) -> previews.Preview | None:
        if not self.is_told:
            return None
        parts = agenda_previews.event_parts(self.event)
        return previews.of_event(self.event, is_full=page.is_full, sessions=parts)


class AttendeeView(EventView):
    """A page for people of the event: it goes on live from what it was rendered with."""

    access = Access.ATTENDEE
    reads_primary: ClassVar[bool] = True

    @property
    def reader(self) -> User:
        """Whoever passed `access` is signed in."""
        if self.person is None:
            raise Http404
        return self.person

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = next_for_you.of(self.event, self.reader, self.roles)
        return super().get_context_data(entries=entries, **kwargs)


class Lobby(AttendeeView):
    place = "lobby"

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        version = versions.read()
        audiences = events.audiences_of(self.event, self.reader, self.roles)
        heard, _beside = selectors.heard(self.event, audiences)
        room = chat_rooms.room_for(self.event, "lobby")
        booths = exhibitors.booths(self.event)
        return self.render(
            "venue/lobby.html",
            lobby=selectors.lobby(self.event, self.reader, self.roles),
            is_owing=not self.event.is_read_only and events.is_owing(self.event, self.reader),
            version=version,
            heard=heard,
            people_words=selectors.people_are_here(),
            announcements=events.announcements(self.event, audiences=audiences, limit=ANNOUNCEMENTS_SHOWN),
            booths=exhibitors.with_people(self.event, list(booths[:BOOTHS_IN_LOBBY])),
            booth_count=booths.count(),
            polls=polls.event_polls(self.event, self.reader),
            polls_topic=poll_broadcasts.EVENT_POLLS,
            trainings=quizzes.offered(
                quizzes.open_trainings(self.event, self.reader, self.roles), most=TRAININGS_SHOWN + 1
            ),
            trainings_shown=TRAININGS_SHOWN,
            room=room,
            chat=chat.room_snapshot(room),
        )


class Next(AttendeeView):
    """Next for you: a page of its own without a script, the rail's list with one."""

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        is_part = request.headers.get("X-Part") == "rail"
        response = self.render("venue/next_list.html" if is_part else "venue/next.html")
        response.headers["Vary"] = "X-Part, Cookie"
        return response


class SessionPage(EventView):
    """For people of the event the room itself; for visitors what it is about."""

    access = Access.PUBLIC
    place = "agenda"

    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        if self.roles:
            router.use_primary()  # their page goes on live from what it was rendered with
        session = tracks.session_by_slug(self.event, slug)
        if session is None:
            raise Http404
        if not self.roles or self.person is None:
            return self.outside(session)
        shut = tracks.why_shut_here(session, user_id=self.person.pk, roles=self.roles)
        return self.outside(session, shut) if shut else self.room(session, self.person)

    def outside(self, session: Session, shut: Refused | None = None) -> HttpResponse:
        """What everybody may know; `shut` is why somebody of the event does not come in."""
        return self.render(
            "venue/session_public.html",
            session=session,
            about=selectors.about(session, self.person, outside=True),
            preview=agenda_previews.of_session(self.event, session) if self.is_told else None,
            shut=shut,
            sign_up=tracks.sign_up(session, self.person),
            openers=tracks.openers_of(session) if shut and shut.code == "session.ticket" else [],
            entries=next_for_you.of(self.event, self.person, self.roles) if self.person and self.roles else [],
        )

    def room(self, session: Session, user: User) -> HttpResponse:
        version = versions.read()
        # What is said to everybody stands in the lobby, and here from the moment it is said.
        here = [*events.audiences_of_roles(self.roles), tracks.announcement_key(session.pk)]
        questions_topic = question_broadcasts.log_topic(session.pk)
        heard, asked = selectors.heard(self.event, ["", *here], beside=questions_topic)
        room = chat_rooms.room_for(self.event, f"session/{session.pk}")
        stage = selectors.stage(session, user, room)
        response = self.render(
            "venue/session.html",
            session=session,
            stage=stage,
            about=stage.about,
            sign_up=tracks.sign_up(session, user),
            version=version,
            entries=next_for_you.of(self.event, user, self.roles),
            can_run=polls.can_run_session(session, self.roles, user.pk),
            asked=asked,
            heard=heard,
            said_lately=selectors.said_lately(self.event, here),
            runs_questions=questions.may_run(session, user.pk, self.roles),
            runs_quizzes=quizzes.can_run_session(session.pk, self.roles, user.pk),
            writes_captions=films.can_write_words(self.roles),
            trainings=quizzes.session_trainings(session, user, self.roles, most=TRAININGS_SHOWN),
            runs_stage=tracks.can_run_stage(self.roles),
            looks_at_stage=tracks.can_watch_stage(session, user.pk, self.roles),
            has_green_room=tracks.has_green_room(session),
        )
        return self.with_outside(response, stage.about.screen)

    def with_outside(self, response: HttpResponse, screen: selectors.Screen) -> HttpResponse:
        """What plays elsewhere may be loaded from there, on this page alone."""
        found = screen.outside
        if found is not None:
            loads = ("frame-src",) if found.is_framed else ("connect-src", "media-src")
            own: Any = response
            own._csp_update = {name: [found.origin] for name in loads}
        return response


class Control(AttendeeView):
    """What is live, how many are where, what can be launched: for those who run the event."""

    access = Access.MODERATOR
    place = "control"

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        return self.show(AnnouncementForm(event=self.event))

    def show(self, form: AnnouncementForm, *, status: int = 200) -> HttpResponse:
        version = versions.read()
        return self.render(
            "venue/control.html",
            status=status,
            page=selectors.control(self.event, all_polls=self.request.GET.get("polls") == "all"),
            version=version,
            topic=broadcasts.CONTROL,
            people_words=selectors.people_are_here(),
            answers_words=selectors.have_answered(),
            form=form,
            announcements=events.announcements_said(self.event, limit=3),
            coming_up=events.coming_up(self.event, limit=10),
        )


class Announce(Control):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str) -> HttpResponse:
        form = AnnouncementForm(request.POST, event=self.event)
        if not form.is_valid():
            return self.show(form, status=422)
        wish, due_at = {"text": form.cleaned_data["text"], "audience": form.cleaned_data["audience"]}, None
        try:
            if due_at := form.cleaned_data["due_at"]:
                event_services.schedule_announcement(self.event, by=self.reader, due_at=due_at, **wish)
            else:
                event_services.announce(self.event, by=self.reader, **wish)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
            return self.show(form, status=422)
        self.say(_("It is said at its time.") if due_at else _("Everybody whom it is for sees it now."))
        return redirect("venue:control", event=self.event.slug)


class CallOff(Control):
    """An announcement that is still to be said is not said."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, announcement: int) -> HttpResponse:
        found = self.event.announcements.filter(pk=announcement).first()
        if found is None:
            raise Http404
        event_services.call_off_announcement(found)
        self.say(_("It is called off."))
        return redirect("venue:control", event=self.event.slug)
