"""Announcements to come, for the tests."""

from datetime import timedelta

from apps.core import clock
from apps.events import services
from apps.events.models import Announcement

State = Announcement.State


def soon(**span):
    return clock.now() + timedelta(**(span or {"minutes": 5}))


def scheduled(event, *, due=None, **wish):
    """An announcement to come; `due`: how long ago it should have been said."""
    row = services.schedule_announcement(event, text="Lunch is ready.", by=None, due_at=soon(), **wish)
    if due is not None:
        Announcement.objects.filter(pk=row.pk).update(due_at=clock.now() - due)
    row.refresh_from_db()
    return row
