"""Live streams as organisers keep them: made, changed, ended and opened again, and the keys that encoders use."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids, sealing
from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events.models import Event
from apps.media.models import Input, Leftover, Recording, Stream, StreamKey
from apps.media.registry import must_not_be_recorded
from apps.media.selectors.live_playlists import note_mark
from apps.media.selectors.streams import KEY_PREFIX, KEY_PURPOSE
from apps.media.services import contributing, recordings
from apps.media.signals import stream_changed

logger = logging.getLogger(__name__)

MOST_STREAMS = 200
"""Of one event: one a session of a large conference's day."""
AWAY_AFTER = timedelta(hours=2)
KEPT_FOR = timedelta(hours=24)
FAILED_KEPT_FOR = timedelta(days=7)
"""Where a recording could not be made, its segments wait for somebody to ask for it again."""

State = Stream.State


@transaction.atomic
def create_stream(event: Event, *, title: str, **fields: object) -> Stream:
    """With a key for each of its two inputs. `fields`: `dvr_seconds`, `records`."""
    hold_row(event, gone="event.gone")
    check_room(event.streams.all(), most=MOST_STREAMS, code="stream.most")
    stream = Stream.objects.create(event=event, title=title, **fields)
    make_keys([stream.pk])
    return stream


def make_keys(stream_ids: Collection[int]) -> list[StreamKey]:
    """One for each input of streams that are new."""
    keys = [_new_key(pk, which) for pk in stream_ids for which in Input.values]
    return StreamKey.objects.bulk_create(keys)


@transaction.atomic
def change_stream(stream: Stream, *, changed: Collection[str]) -> None:
    """Keeps what was changed of title, window, recording, and of which input is wanted on air."""
    hold_row(stream, gone="stream.gone")
    stream.save(update_fields={*changed})
    _tell(stream)


@transaction.atomic
def rotate_key(stream: Stream, *, which: str) -> StreamKey:
    """A new key for an input; whoever publishes with the old one is cut off."""
    _held(stream)
    revoke_key(stream, which=which)
    key = _new_key(stream.pk, which)
    key.save(force_insert=True)
    return key


def _held(stream: Stream) -> Stream:
    """As it is now. Its keys are held first, as by encoders that renew: the other way round two could wait for each
    other."""
    list(StreamKey.objects.select_for_update(no_key=True).filter(stream=stream, revoked_at=None).order_by("pk"))
    return hold_row(stream, gone="stream.gone")


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


def _new_key(stream_id: int, which: str) -> StreamKey:
    secret = ids.new_key(KEY_PREFIX)
    sealed = sealing.seal(secret, purpose=KEY_PURPOSE)
    return StreamKey(stream_id=stream_id, input=which, secret=sealed, digest=ids.digest(secret))


@transaction.atomic
def end_stream(stream: Stream) -> None:
    """It is over: encoders are cut off, viewers see the end, and the recording is owed where one is wanted."""
    now, was = clock.now(), _held(stream).state
    if was == State.ENDED:
        raise Refused("stream.ended", _("This stream has ended already."))
    ended = Stream.objects.filter(pk=stream.pk)
    ended.update(state=State.ENDED, ended_at=now, air="", air_input="", air_until=None)
    stream.refresh_from_db()
    StreamKey.objects.filter(stream=stream).exclude(lease="").update(lease="", leased_until=None, health={})
    contributing.empty_green_room(stream)
    # Of one that was opened again and got no picture since, there is a recording already.
    is_recorded = stream.records and not must_not_be_recorded(stream)
    if is_recorded and was == State.LIVE and stream.started_at:
        recordings.owe_recording(stream, begins=stream.started_at, ends=now)
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
    contributing.look_after_green_rooms(limit=limit)
    forgotten = Stream.objects.filter(state=State.LIVE, last_segment_at__lt=now - AWAY_AFTER)
    # While storage is away no segments come, and the picture is on air all the same.
    for stream in forgotten.exclude(air_until__gte=now)[:limit]:
        _end_forgotten(stream)
    over = Stream.objects.filter(state=State.ENDED, ended_at__lt=now - KEPT_FOR, takes__isnull=False).distinct()
    failed = Q(ended_at__gte=now - FAILED_KEPT_FOR, recordings__state=Recording.State.FAILED)
    for stream in over.exclude(recordings__state=Recording.State.OWED).exclude(failed)[:limit]:
        _forget(stream)


def _end_forgotten(stream: Stream) -> None:
    """One that cannot be ended holds up no other."""
    try:
        end_stream(stream)
    except Exception:
        logger.exception("Stream %s could not be ended.", stream.pk)


@transaction.atomic
def _take_off(key: StreamKey, now: datetime) -> None:
    if StreamKey.objects.filter(pk=key.pk, lease=key.lease, leased_until__lt=now).update(lease="", health={}):
        Stream.objects.filter(pk=key.stream_id, air=key.lease).update(air="", air_input="", air_until=None)
        _tell(key.stream)


@transaction.atomic
def _forget(stream: Stream) -> None:
    if Stream.objects.filter(pk=stream.pk, state=State.ENDED).update(rungs=[]):
        # Of each take by itself: whoever opens the stream again brings new ones into the same folder.
        folders = [take.folder for take in stream.takes.select_related("stream")]
        Leftover.objects.bulk_create([Leftover(folder=folder) for folder in folders], ignore_conflicts=True)
        stream.takes.all().delete()
        stream_changed.send(Stream, stream=stream)


def _tell(stream: Stream) -> None:
    contributing.tell(stream.event_id, stream.pk)
