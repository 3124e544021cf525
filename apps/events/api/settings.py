"""An event's settings over REST, and the steps of its life."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import services
from apps.events.doors.desk_calls import DeskCall, changed, check
from apps.events.models import Event
from apps.events.registry import publish_checks
from apps.events.serializers.settings import (
    SETTINGS,
    STATE,
    LanguagesIn,
    LifeIn,
    SettingsSerializer,
    StateSerializer,
)


class SettingsView(DeskCall):
    area = Area.ORGANISING

    @documented("event_settings", gives=SettingsSerializer, example=SETTINGS)
    def get(self, request: Request, event: str) -> Response:
        """What organisers set: texts in each language, dates, places, how one gets in, and how it looks."""
        return self.told()

    @documented(
        "event_change",
        takes=SettingsSerializer,
        gives=SettingsSerializer,
        example=SETTINGS,
        refuses={409: ["event.slug_taken", "event.archived", "event.dates_changed"]},
    )
    def patch(self, request: Request, event: str) -> Response:
        """Changes what is said. More places go to those who wait."""
        given = self.given(SettingsSerializer, instance=self.event, partial=True, event=self.as_meant())
        new = changed(self.event, given)
        check(self.event)
        services.save_event(self.event, changed=new)
        return self.told()

    def as_meant(self) -> Event:
        """The event with the languages in which the texts are sent, and the dates that it has."""
        spoken = self.given(LanguagesIn)
        names = ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at", *LanguagesIn().fields)
        found: dict[str, Any] = {name: getattr(self.event, name) for name in names}
        return Event(**found | spoken)

    def told(self) -> Response:
        return Response(SettingsSerializer(self.event, context={"event": self.event}).data)


class WholeView(DeskCall):
    area = Area.ORGANISING

    @documented("event_delete", refuses={409: ["event.archived", "event.not_draft"]})
    def delete(self, request: Request, event: str) -> Response:
        """Deletes a draft for good, with everything in it. What was published is ended and archived instead."""
        services.delete_event(self.event)
        return Response(status=204)


class StateView(DeskCall):
    area = Area.ORGANISING
    writes_event: ClassVar[bool] = False  # out of the archive, too

    @documented("event_state", gives=StateSerializer, example=STATE)
    def get(self, request: Request, event: str) -> Response:
        """In which state it is, what can come next, and what is missing before it is published."""
        return self.told()

    @documented(
        "event_step",
        takes=LifeIn,
        gives=StateSerializer,
        example=STATE,
        refuses={400: ["invalid"], 409: ["event.has_people", "event.past", "event.state"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Publishes it, opens it, ends it, archives it, takes it out of the archive, or back to a draft."""
        services.step_event(self.event, self.given(LifeIn)["do"])
        return self.told()

    def told(self) -> Response:
        missing = publish_checks.of(self.event) if self.event.state == Event.State.DRAFT else []
        found = {"state": self.event.state, "steps": services.stages_of(self.event), "missing": missing}
        return Response(StateSerializer(found).data)
