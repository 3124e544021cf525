"""Reads of live streams: what a stage shows of one, how its encoders do, and the keys for whoever sets one up."""

from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import sealing
from apps.events.models import Event
from apps.media import broadcasts
from apps.media.models import Stream, StreamKey

KEY_PREFIX = "plenary_live_"
KEY_PURPOSE = "media.stream-key"
NO_SUCH_STREAM = _("There is no such live stream in this event.")


class Live(TypedDict):
    """What a stage needs to show it."""

    url: str
    """Of the master playlist; empty before the first picture, and once the segments are gone."""
    state: str
    started_at: datetime | None
    dvr_seconds: int


def live(stream: Stream) -> Live:
    """Give it with its `event`."""
    return {
        "url": reverse("media:live", args=[stream.event.slug, stream.key]) if stream.has_picture else "",
        "state": stream.state,
        "started_at": stream.started_at,
        "dvr_seconds": stream.dvr_seconds,
    }


def stream(event: Event, key: str) -> Stream:
    """Raises `Stream.DoesNotExist`, for another event's too."""
    found: Stream = event.streams.select_related("event").get(key=key)
    return found


def streams(event: Event) -> QuerySet[Stream]:
    """The event's, with the keys that are in use."""
    in_use = Prefetch("keys", StreamKey.objects.filter(revoked_at=None).order_by("-input"))
    return event.streams.select_related("event").prefetch_related(in_use)


def keys_in_use(stream: Stream) -> list[StreamKey]:
    """One an input at most."""
    return list(stream.keys.filter(revoked_at=None).order_by("-input"))


def secret_of(key: StreamKey) -> str:
    """What the encoder is given; empty where SECRET_KEY changed since."""
    return sealing.unseal(key.secret, purpose=KEY_PURPOSE)


def ingest_url() -> str:
    """The address that encoders send to."""
    return str(settings.INGEST.url)


def health(event_id: int, stream_id: int) -> broadcasts.Health | None:
    found = Stream.objects.filter(event_id=event_id, pk=stream_id).first()
    return None if found is None else broadcasts.health(found, keys_in_use(found))
