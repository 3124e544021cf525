"""Words of the organisers to everybody who is there."""

from django.db import transaction
from i18nfield.strings import LazyI18nString

from apps.accounts.models import User
from apps.events import broadcasts, signals
from apps.events.models import Announcement, Event
from apps.live import publish
from apps.live.seq import next_seq


@transaction.atomic
def announce(event: Event, *, text: str | LazyI18nString, by: User | None) -> Announcement:
    """Shows the text in every open page of the event, and keeps it in the lobby."""
    seq = next_seq(event.pk, broadcasts.ANNOUNCEMENTS)
    words = text if isinstance(text, LazyI18nString) else LazyI18nString({event.default_language: text})
    announcement = Announcement.objects.create(event=event, seq=seq, text=words, by=by)
    signals.announced.send(sender=Announcement, announcement=announcement)
    payload = broadcasts.announcement(announcement)
    publish.log(event.pk, broadcasts.ANNOUNCEMENTS, seq=seq, payload=payload)
    return announcement


def withdraw_announcement(announcement: Announcement) -> None:
    """Pages that are loaded from now on do not show it; what was read cannot be unread."""
    announcement.delete()


def tell_presence(event_id: int) -> None:
    """People came or left: everybody's count follows, and whoever else wants to know hears of it."""
    publish.state(event_id, broadcasts.HERE)
    signals.presence_changed.send(sender=Event, event_id=event_id)
