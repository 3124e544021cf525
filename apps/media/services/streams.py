"""Live streams as organisers keep them: made, changed, ended and opened again, and the keys that encoders use."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids, sealing
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events.models import Event
from apps.live import publish
from apps.media import broadcasts
from apps.media.models import Input, Leftover, Stream, StreamKey
from apps.media.selectors.live_playlists import note_mark
from apps.media.selectors.streams import KEY_PREFIX, KEY_PURPOSE
from apps.media.services import recordings
from apps.media.signals import stream_changed

MOST_STREAMS = 200
"""Of one event: one a session of a large conference's day."""
AWAY_AFTER = timedelta(hours=2)
KEPT_FOR = timedelta(hours=24)

State = Stream.State


@transaction.atomic
def create_stream(event: Event, *, title: str, **fields: object) -> Stream:
    """With a key for each of its two inputs. `fields`: `dvr_seconds`, `records`."""
    if event.streams.count() >= MOST_STREAMS:
        raise Refused("stream.most", _("This event has as many live streams as it can have. Delete one first."))
    stream = Stream.objects.create(event=event, title=title, **fields)
    for which in Input.values:
        _new_key(stream, which)
    return stream


@transaction.atomic
def change_stream(stream: Stream, *, changed: Collection[str]) -> None:
    """Keeps what was changed of title, window, recording, and of which input is wanted on air."""
    stream.save(update_fields={*changed})
    _tell(stream)


@transaction.atomic
def rotate_key(stream: Stream, *, which: str) -> StreamKey:
    """A new key for an input; whoever publishes with the old one is cut off."""
    hold_row(stream, gone="stream.gone")
    revoke_key(stream, which=which)
    return _new_key(stream, which)


@transaction.atomic
def revoke_key(stream: Stream, *, which: str) -> bool:
    """Whoever publishes with it is cut off within two seconds; false where there is none."""
    live = StreamKey.objects.filter(stream=stream, input=which, revoked_at=None)
    found = list(live.values_list("pk", "lease"))
    for pk, lease in found:
        StreamKey.objects.filter(pk=pk).update(revoked_at=clock.now(), lease="", leased_until=None, health={})
        if lease:
            Stream.objects.filter(pk=stream.pk, air=lease).update(air="", air_input="", air_until=None)
    _tell(stream)
    return bool(found)


def _new_key(stream: Stream, which: str) -> StreamKey:
    secret = ids.new_key(KEY_PREFIX)
    return StreamKey.objects.create(
        stream=stream, input=which, secret=sealing.seal(secret, purpose=KEY_PURPOSE), digest=ids.digest(secret)
    )


@transaction.atomic
def end_stream(stream: Stream) -> None:
    """It is over: encoders are cut off, viewers see the end, and the recording is owed where one is wanted."""
    now = clock.now()
    ended = Stream.objects.filter(pk=stream.pk).exclude(state=State.ENDED)
    if not ended.update(state=State.ENDED, ended_at=now, air="", air_input="", air_until=None):
        raise Refused("stream.ended", _("This stream has ended already."))
    stream.refresh_from_db()
    StreamKey.objects.filter(stream=stream).exclude(lease="").update(lease="", leased_until=None, health={})
    if stream.records and stream.segments and stream.started_at:
        recordings.make_recording(stream, begins=stream.started_at, ends=now)
    transaction.on_commit(lambda: note_mark(stream), robust=True)
    stream_changed.send(Stream, stream=stream)
    _tell(stream)


@transaction.atomic
def open_stream(stream: Stream) -> None:
    """After its end, for encoders to come back. What viewers had stays in front of what comes."""
    opened = Stream.objects.filter(pk=stream.pk, state=State.ENDED)
    if not opened.update(state=State.IDLE, ended_at=None):
        raise Refused("stream.open", _("This stream is open."))
    stream.refresh_from_db()
    transaction.on_commit(lambda: note_mark(stream), robust=True)
    stream_changed.send(Stream, stream=stream)
    _tell(stream)


@transaction.atomic
def delete_stream(stream: Stream) -> None:
    """Recordings that are made of it stay."""
    stream_changed.send(Stream, stream=stream)
    stream.delete()


def owe_sweep_of_stream(stream: Stream) -> None:
    """Called when its row goes, by whatever way."""
    Leftover.objects.update_or_create(folder=stream.folder, defaults={"due_at": clock.now()})


def look_after_streams(*, limit: int = 100) -> None:
    """Beat's round: who publishes no more is taken off, what nobody ended is ended, what was kept long enough goes."""
    now = clock.now()
    gone = StreamKey.objects.exclude(lease="").filter(leased_until__lt=now).select_related("stream")
    for key in gone[:limit]:
        _take_off(key, now)
    for stream in Stream.objects.filter(state=State.LIVE, last_segment_at__lt=now - AWAY_AFTER)[:limit]:
        end_stream(stream)
    over = Stream.objects.filter(state=State.ENDED, ended_at__lt=now - KEPT_FOR, takes__isnull=False).distinct()
    for stream in over.exclude(recordings__state="owed")[:limit]:
        _forget(stream)


@transaction.atomic
def _take_off(key: StreamKey, now: datetime) -> None:
    if StreamKey.objects.filter(pk=key.pk, lease=key.lease, leased_until__lt=now).update(lease="", health={}):
        Stream.objects.filter(pk=key.stream_id, air=key.lease).update(air="", air_input="", air_until=None)
        _tell(key.stream)


@transaction.atomic
def _forget(stream: Stream) -> None:
    if Stream.objects.filter(pk=stream.pk, state=State.ENDED).update(rungs=[]):
        stream.takes.all().delete()
        owe_sweep_of_stream(stream)
        stream_changed.send(Stream, stream=stream)


def _tell(stream: Stream) -> None:
    publish.state(stream.event_id, broadcasts.health_topic(stream.pk))
