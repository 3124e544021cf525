"""The captioner's page: what is said on a stage, typed or pasted, line by line."""

from typing import ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.core import tongues
from apps.core.access import Access
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.live import versions
from apps.media import broadcasts, permissions, registry, selectors, services
from apps.media.adapters import speech
from apps.media.models import CaptionKey

LINES_SHOWN = 30
MOST_PASTED = 50


class Captioner(EventView):
    """A line is sent with Enter; what was pasted, line by line. Without a script it is a form."""

    access = Access.MODERATOR
    place = "control"
    reads_primary: ClassVar[bool] = True

    @property
    def stage_key(self) -> str:
        return f"{self.kwargs['kind']}/{self.kwargs['number']}"

    def stage(self) -> registry.StagePlace:
        found = registry.find_stage(self.event.pk, self.stage_key)
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, event: str, kind: str, number: int) -> HttpResponse:
        return self.show(request.GET.get("language", ""))

    def show(self, language: str, *, rest: str = "") -> HttpResponse:
        version, request = versions.read(), self.request
        stage = self.stage()
        language = language or stage.language
        row = selectors.live_transcripts(self.event.pk, self.stage_key).filter(language=language).first()
        said = list(row.lines.defer("words").order_by("-position")[:LINES_SHOWN])[::-1] if row else []
        return self.render(
            "media/captioner.html",
            stage=stage,
            stage_key=self.stage_key,
            language=language,
            languages=tongues.choices(),
            said=said,
            rest=rest,
            speaker=request.session.get("captions.speaker", ""),
            topic=broadcasts.captions_topic(self.stage_key, language),
            version=version,
            has_key=CaptionKey.objects.filter(event=self.event, stage_key=self.stage_key).exists(),
            can_manage=permissions.can_manage(self.roles),
            hears=speech.hears_along() and stage.stream is not None,
            hearing=selectors.hearing(self.event.pk, self.stage_key),
            key=request.session.pop("captions.key", ""),
        )

    def post(self, request: HttpRequest, event: str, kind: str, number: int) -> HttpResponse:
        stage, language = self.stage(), request.POST.get("language", "")
        speaker = request.session["captions.speaker"] = request.POST.get("speaker", "")[:100]
        deed, rest = request.POST.get("do", ""), ""
        try:
            if deed == "key" and permissions.can_manage(self.roles):
                request.session["captions.key"] = services.rotate_caption_key(self.event, stage_key=self.stage_key)
            elif deed == "revoke" and permissions.can_manage(self.roles):
                services.revoke_caption_key(self.event, stage_key=self.stage_key)
            elif deed == "hear":
                services.begin_hearing(self.event, stage_key=self.stage_key, language=language)
            elif deed == "hush":
                services.end_hearing(self.event, stage_key=self.stage_key)
            elif deed == "keep" and stage.film:
                services.keep_captions(self.event, stage_key=self.stage_key, film=stage.film, offset_ms=stage.offset_ms)
                return redirect("media:transcripts_of", self.event.slug, stage.film.key)
            else:
                rest = self.write(language, speaker)
        except Refused as refused:
            messages.error(request, refused.message)
        if rest:
            messages.warning(
                request, _("The first %(most)s lines are sent. Send the others too.") % {"most": MOST_PASTED}
            )
            return self.show(language, rest=rest)
        return redirect(f"{request.path}?{urlencode({'language': language})}")

    def write(self, language: str, speaker: str) -> str:
        """Gives back what is too much at a time."""
        lines = [line for line in self.request.POST.get("text", "").splitlines() if line.strip()]
        for line in lines[:MOST_PASTED]:
            services.say(
                self.event, stage_key=self.stage_key, language=language, text=line, speaker=speaker, by=self.person
            )
        return "\n".join(lines[MOST_PASTED:])
