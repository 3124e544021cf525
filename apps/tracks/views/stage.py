"""The control page of a session's stage: how it stands, the next states at hand, what is shown, and the recording."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.core import clock
from apps.core.access import Access
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.events.doors.paced import Paced
from apps.live import presence, versions
from apps.live.registry import Rate
from apps.media import selectors as media
from apps.media.broadcasts import glimpses_topic, health_topic
from apps.media.models import Input
from apps.tracks import broadcasts, forms, selectors, services
from apps.tracks.models import Session, Stage
from apps.tracks.views.backstage import backstage

RATE = Rate(per_second=2, burst=20)
KEYS = {"lobby": "o", "live": "l", "intermission": "i", "ended": "e", "recording": "r"}
ICONS = {"lobby": "lobby", "live": "cam", "intermission": "pause", "ended": "off", "recording": "film"}
WORDS = {
    "lobby": pgettext_lazy("a stage", "Open the lobby"),
    "live": gettext_lazy("Go live"),
    "intermission": gettext_lazy("Intermission"),
    "ended": gettext_lazy("End the session"),
    "recording": gettext_lazy("Show the recording"),
}
DONE = {
    "lobby": pgettext_lazy("a stage", "The lobby is open."),
    "live": gettext_lazy("The stage is live. Everybody sees it now."),
    "intermission": gettext_lazy("The stage is in intermission."),
    "ended": gettext_lazy("The session has ended."),
    "recording": gettext_lazy("The recording is shown."),
    "schedule": gettext_lazy("The schedule moves the stage again."),
    "undo": gettext_lazy("It is as it was before."),
    "publish": gettext_lazy("The recording is published."),
    "withdraw": gettext_lazy("The recording is no longer shown."),
}


class StageView(Paced, EventView):
    """For those who run the event; a session's speakers look on."""

    access = Access.SPEAKER
    place = "control"
    reads_primary: ClassVar[bool] = True

    def session(self) -> Session:
        found = selectors.with_stage(self.event, self.kwargs["slug"])
        if found is None:
            raise Http404
        found.event = self.event
        if not selectors.can_watch_stage(found, self.person.pk if self.person else None, self.roles):
            raise PermissionDenied
        return found

    def session_run(self) -> Session:
        found = self.session()
        if not selectors.can_run_stage(self.roles):
            raise PermissionDenied
        return found

    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        return self.show(self.session())

    def post(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        session = self.session_run()
        self.spend_at(RATE, "stage")
        form = forms.StagePress(request.POST)
        if not form.is_valid():
            raise Refused(
                "invalid", _("This form came without its wish. Load the page anew and try again."), status=400
            )
        to, seen = form.cleaned_data["to"], form.cleaned_data["seen"]
        services.press(session, to, seen=seen)
        return self.done(str(DONE[to]), session)

    def done(self, said: str, session: Session) -> HttpResponse:
        """A script is told, a form's reader led on."""
        if self.wants_json:
            return JsonResponse({"said": said})
        self.say(said)
        return redirect(self.address(session))

    def address(self, session: Session) -> str:
        return reverse("tracks:stage", args=[self.event.slug, session.slug])

    def show(self, session: Session, *, status: int = 200, form: Any = None) -> HttpResponse:
        version, now, stage = versions.read(), clock.now(), Stage.of(session)
        topic = broadcasts.stage_topic(session.pk)
        runs = selectors.can_run_stage(self.roles)
        state = stage.state_at(now)
        return self.render(
            "tracks/stage.html",
            status=status,
            session=session,
            stage=stage,
            state=state,
            is_planned=session.state == Session.State.PLANNED,
            next_at=stage.next_at(now),
            since=stage.opened_at if state in (stage.State.LIVE, stage.State.INTERMISSION) else None,
            presses=self.presses(stage, state) if runs else [],
            may_undo=runs and services.can_undo(stage, now),
            may_publish=runs and stage.can_be_published and not stage.is_published and stage.publish != "never",
            may_withdraw=runs and stage.is_published,
            runs=runs,
            has_green_room=selectors.has_green_room(session),
            **(self.stream(stage) if runs else {}),
            here=presence.count(self.event.pk, topic),
            form=form or (forms.StageForm(instance=stage) if runs else None),
            version=version,
            topic=topic,
            people_topic=broadcasts.people_topic(session.pk),
        )

    def stream(self, stage: Stage) -> dict[str, Any]:
        """How the encoders of its live stream do, from now on by a topic of their own."""
        stream = stage.session.stream if stage.source == Stage.Source.STREAM else None
        if stream is None:
            return {}
        health, room = media.health(self.event.pk, stream.pk), media.green_room(self.event.pk, stream.pk)
        glimpses = media.glimpses(self.event.pk, stream.pk)
        seen = {one["id"]: one for one in glimpses["glimpses"]} if glimpses else {}
        inputs = [(one, Input(one["input"]).label) for one in health["inputs"]] if health else []
        return {
            "stream": stream,
            "inputs": inputs,
            "health_topic": health_topic(stream.pk),
            "room": room,
            "people": [(one, seen.get(one["id"])) for one in room["contributors"]] if room else [],
            "glimpses_topic": glimpses_topic(stream.pk),
            **backstage(self.event.pk, stream),
        }

    def presses(self, stage: Stage, state: Stage.State) -> list[dict[str, Any]]:
        can_show = stage.can_be_published and stage.publish != Stage.Publish.NEVER
        return [
            {"to": to, "words": words, "key": KEYS[to], "icon": ICONS[to], "is_now": to == state.value}
            for to, words in WORDS.items()
            if to != "recording" or can_show
        ]


class StageSettingsView(StageView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        session = self.session_run()
        self.spend_at(RATE, "stage")
        form = forms.StageForm(request.POST, instance=Stage.of(session))
        if not form.is_valid():
            return self.show(session, status=422, form=form)
        services.set_stage(session, form.cleaned_data)
        return self.done(_("It is kept, and holds from now on."), session)
