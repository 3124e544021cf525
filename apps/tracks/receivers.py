"""What the agenda hears of its event: name, zone and dates stand in its pages and downloads."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from apps.events.models import Event
from apps.tracks import services


@receiver(post_save, sender=Event)
def note_edited_event(sender: Any, instance: Event, created: bool, **_kwargs: Any) -> None:
    if not created:
        services.touch_agenda(event_id=instance.pk)
