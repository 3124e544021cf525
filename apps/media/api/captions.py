"""Live captions over HTTP: what a captioner writes, and what a program pushes with a stage's key."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.errors import Refused
from apps.core.parsing import Json
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.desk_calls import DeskCall, Reading
from apps.events.doors.paced import Paced
from apps.live.registry import Rate
from apps.media import services
from apps.media.adapters import words
from apps.media.serializers.captions import (
    KEY,
    CaptionIn,
    CaptionKeySerializer,
    CaptionMachineIn,
    PushedSerializer,
)

PACE = Rate(per_second=10, burst=40)
MOST_PUSHED_BYTES = 512 * 1024
UNFIT = ["captions.no_words", "transcript.language"]
NO_STAGE = {404: ["captions.no_stage"]}


class DeskCaptionsView(Paced, DeskCall):
    """For those who write captions: moderators too."""

    access = Access.MODERATOR
    area = Area.FILES

    @documented(
        "captions_say", takes=CaptionIn, refuses={**NO_STAGE, 422: ["captions.no_words", "transcript.language"]}
    )
    def post(self, request: Request, event: str, kind: str, number: int) -> Response:
        """Says a line on a stage, or what is being said and may still change."""
        self.spend_at(PACE, "captions")
        given = self.given(CaptionIn)
        is_final = given.pop("final")
        services.say(self.event, stage_key=f"{kind}/{number}", is_final=is_final, by=self.by, **given)
        return Response(status=204)


class DeskCaptionKeyView(DeskCall):
    area = Area.FILES
    takes_keys: ClassVar[bool] = False  # an answer that is kept would be a secret that is kept

    @documented("caption_key", takes=None, gives=CaptionKeySerializer, example=KEY, refuses=NO_STAGE)
    def post(self, request: Request, event: str, kind: str, number: int) -> Response:
        """A new key for programs that push captions to this stage; the one before opens nothing any more."""
        return Response({"key": services.rotate_caption_key(self.event, stage_key=f"{kind}/{number}")})

    @documented("caption_key_end", refuses=NO_STAGE)
    def delete(self, request: Request, event: str, kind: str, number: int) -> Response:
        """Ends the key."""
        services.revoke_caption_key(self.event, stage_key=f"{kind}/{number}")
        return Response(status=204)


class DeskCaptionMachineView(DeskCall):
    access = Access.MODERATOR
    area = Area.FILES

    @documented(
        "caption_machine",
        takes=CaptionMachineIn,
        refuses={**NO_STAGE, 409: ["words.no_machine", "captions.no_stream"], 422: ["transcript.language"]},
    )
    def post(self, request: Request, event: str, kind: str, number: int) -> Response:
        """Lets a machine write along on a stage while it is live, or stops it."""
        given = self.given(CaptionMachineIn)
        stage_key = f"{kind}/{number}"
        if given["hears"]:
            services.begin_hearing(self.event, stage_key=stage_key, language=given["language"])
        else:
            services.end_hearing(self.event, stage_key=stage_key)
        return Response(status=204)


class WebVttParser(BaseParser):
    """The file as it is, as far as one is taken."""

    media_type = "text/vtt"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream.read(MOST_PUSHED_BYTES + 1)


class CaptionPushView(Paced, Reading, EventAPIView):
    """The key in the header `Caption-Key` is the permission; it opens this stage's captions and nothing else."""

    access = Access.PUBLIC
    area = Area.FILES
    takes_keys: ClassVar[bool] = False
    parser_classes = (Json, WebVttParser)
    throttle_classes = ()  # a caption grows word by word; `PACE` bounds it

    @documented(
        "captions_push",
        takes=CaptionIn,
        gives=PushedSerializer,
        example={"count": 1},
        refuses={
            403: ["captions.key"],
            413: ["captions.too_much"],
            422: [*UNFIT, "transcript.file", "captions.too_many_lines"],
        },
    )
    def post(self, request: Request, event: str) -> Response:
        """One caption as JSON; or WebVTT (`text/vtt`, with `?language=`), whose times count from the stage's
        beginning."""
        stage_key = services.stage_of_key(self.event, request.headers.get("Caption-Key", "")[:200])
        if not stage_key:
            words = _("This key opens no stage. Ask the organisers for a new one.")
            raise Refused("captions.key", words, status=403)
        self.spend_at(PACE, f"captions.{stage_key}")
        if (request.content_type or "").startswith("text/vtt"):
            return Response({"count": self.push_file(request, stage_key)})
        given = self.given(CaptionIn)
        is_final = given.pop("final")
        services.say(self.event, stage_key=stage_key, is_final=is_final, **given)
        return Response({"count": 1})

    def push_file(self, request: Request, stage_key: str) -> int:
        content: Any = request.data
        if len(content) > MOST_PUSHED_BYTES:
            raise Refused("captions.too_much", _("This is more than is taken here."), status=413)
        language = request.query_params.get("language", "")
        return services.say_all(self.event, stage_key=stage_key, language=language, said=words.read(content))
