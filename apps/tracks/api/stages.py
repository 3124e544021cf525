"""The stage of a session over REST, for those who run it: how it stands, what it shows, and its next state."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors.desk_calls import DeskCall, changed, check
from apps.media.models import Asset
from apps.tracks import selectors, services
from apps.tracks.models import Session, Stage
from apps.tracks.serializers.stages import STAGE, PressIn, StageSerializer


class StageCall(DeskCall):
    access = Access.MODERATOR
    area = Area.PROGRAMME

    def session(self) -> Session:
        found = selectors.with_stage(self.event, self.kwargs["session"])
        if found is None:
            raise Http404
        found.event = self.event
        return found

    def check_repeated(self) -> None:
        self.session()

    def told(self) -> Response:
        return Response(StageSerializer(Stage.of(self.session()), context={"event": self.event}).data)


class StageView(StageCall):
    @documented("stage", gives=StageSerializer, example=STAGE)
    def get(self, request: Request, event: str, session: str) -> Response:
        """How the stage of a session stands by now, and what is set of it."""
        return self.told()

    @documented("stage_change", takes=StageSerializer, gives=StageSerializer, example=STAGE)
    def patch(self, request: Request, event: str, session: str) -> Response:
        """Says what it shows and says, when its lobby opens, and when the recording is published."""
        found = self.session()
        stage = Stage.of(found)
        wish = self.given(StageSerializer, instance=stage, partial=True, event=self.event)
        for name, kinds in (("lobby_film", ["video"]), ("intermission_asset", ["video", "image"])):
            if name in wish:
                wish[name] = self.file(wish[name]["key"], kinds, field=name)
        new = changed(stage, wish)
        check(stage)
        services.set_stage(found, {name: wish[name] for name in new})
        return self.told()

    def file(self, key: str | None, kinds: list[str], *, field: str) -> Asset | None:
        if key is None:
            return None
        found: Asset | None = self.event.assets.filter(key=key, kind__in=kinds).first()
        if found is None:
            raise ValidationError({field: [_("The event has no such file.")]})
        return found


class StageStateView(StageCall):
    @documented(
        "stage_move",
        takes=PressIn,
        gives=StageSerializer,
        example=STAGE,
        refuses={
            400: ["invalid"],
            409: ["stage.moved", "stage.no_recording", "stage.no_session", "stage.nothing_to_undo"],
        },
    )
    def post(self, request: Request, event: str, session: str) -> Response:
        """Moves the stage by hand; every page of it follows at once. With `seen`, only from what you saw."""
        found = self.session()
        wish: dict[str, Any] = self.given(PressIn)
        services.press(found, wish["to"], seen=wish.get("seen"))
        return self.told()
