"""The version of an event's agenda: pages and downloads answer 304 until it grows."""

from django.db.models import F

from apps.core import clock
from apps.events.models import Event
from apps.tracks import signals


def touch_agenda(*, event_id: int) -> None:
    """To be called in the transaction of every change that the agenda, a session or a speaker shows."""
    Event.objects.filter(pk=event_id).update(agenda_version=F("agenda_version") + 1, agenda_changed_at=clock.now())
    signals.agenda_changed.send(sender=Event, event_id=event_id)
