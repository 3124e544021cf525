"""What the agenda hears of its event: name, zone and dates stand in its pages and downloads. Webhooks are told when the
agenda is another one. It goes along when an event is duplicated."""

from typing import Any

import msgspec
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.kinds import Plan
from apps.events.models import Event
from apps.events.registry.copying import parts
from apps.events.signals import event_set_up
from apps.notifications import services as notifications
from apps.notifications.registry import facts
from apps.tracks import services
from apps.tracks.models import Session
from apps.tracks.signals import agenda_changed, schedule_imported


@facts.register("agenda.changed", _("something on the agenda changed"))
class AgendaChanged(msgspec.Struct):
    """Something that the agenda shows changed: read it anew. Of changes that follow each other closely, one is told."""

    at: str


@facts.register("schedule.imported", _("a schedule was imported"))
class ScheduleImported(msgspec.Struct):
    """A schedule file was applied; `sessions` counts those in it, `added` and `removed` sessions too."""

    sessions: int
    added: int
    removed: int
    at: str


@receiver(event_set_up)
def begin_agenda(sender: Any, event: Event, plan: Plan, **_kwargs: Any) -> None:
    services.begin_agenda(event, plan)


@receiver(post_save, sender=Event)
def note_edited_event(sender: Any, instance: Event, created: bool, **_kwargs: Any) -> None:
    if not created:
        services.touch_agenda(event_id=instance.pk)


@receiver(agenda_changed, sender=Event)
def tell_of_agenda(sender: Any, event_id: int, **_kwargs: Any) -> None:
    """Not of sessions that only begin or end."""
    notifications.tell(event_id, AgendaChanged(at=clock.now().isoformat()), once=True)


@receiver(schedule_imported)
def tell_of_import(sender: Any, event: Event, report: services.Report, **_kwargs: Any) -> None:
    found = report.summary()
    counts = {name: int(found.get(name, 0)) for name in ("sessions", "added", "removed")}
    notifications.tell(event.pk, ScheduleImported(**counts, at=clock.now().isoformat()))


parts.register(
    "agenda",
    label=_("Agenda"),
    words=_("Tracks, rooms, sessions, speakers; what was cancelled stays behind. Portraits and films need the files."),
    position=30,
    count=lambda event: Session.objects.filter(event=event).planned().count(),
)(services.copy_agenda)
