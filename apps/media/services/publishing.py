"""What an encoder does here: it is let in by its key, holds it and perhaps the air by leases, and brings segments.

Each call is one short transaction, made from the `ingest` role twice a second for each encoder. A process that is
killed stops renewing, and what it held is free again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.core.errors import Refused
from apps.live import publish
from apps.media import broadcasts
from apps.media.models import Brought, Input, Segment, Stream, StreamKey, Take
from apps.media.selectors.live_playlists import note_mark
from apps.media.selectors.streams import KEY_PREFIX
from apps.media.signals import stream_changed

KEY_LEASE = timedelta(seconds=5)
AIR_LEASE = timedelta(seconds=2)
STEADY_SECONDS = 10.0
"""For so long the primary must come without a break before it is given the air back by itself."""


class Cut(Exception):
    """Its key was revoked, its stream ended, or its lease ran out: the connection is to be closed. May say a code."""


@dataclass(frozen=True)
class Publisher:
    """An encoder that was let in."""

    key_id: int
    stream_id: int
    event_id: int
    input: str
    lease: str


class OnAir(Protocol):
    """Whose picture may be shown: a `Publisher`, or somebody in the green room."""

    @property
    def stream_id(self) -> int: ...
    @property
    def event_id(self) -> int: ...
    @property
    def input(self) -> str: ...
    @property
    def lease(self) -> str: ...


@dataclass(frozen=True)
class OpenTake:
    pk: int
    folder: str
    rungs: list[dict[str, Any]]


def check_key(secret: str) -> StreamKey:
    """The key that this is; raises `Refused` where nobody may publish with it."""
    found = None
    if ids.is_key(secret, KEY_PREFIX):
        keys = StreamKey.objects.select_related("stream")
        found = keys.filter(digest=ids.digest(secret), revoked_at=None).first()
    if found is None:
        raise Refused("stream.key", _("Nothing can be published with this key."), status=403)
    if found.stream.state == Stream.State.ENDED:
        raise Refused("stream.ended", _("This stream has ended already."), status=403)
    return found


def admit(secret: str) -> Publisher:
    """One encoder a key: raises `Refused` while another one publishes with it."""
    key, now, lease = check_key(secret), clock.now(), ids.new_token()
    free = StreamKey.objects.filter(Q(lease="") | Q(leased_until__lt=now), pk=key.pk, revoked_at=None)
    with transaction.atomic():
        if not free.update(lease=lease, leased_until=now + KEY_LEASE, used_at=now, health={}):
            raise Refused("stream.busy", _("Another encoder publishes with this key at this moment."))
        _tell(key.stream.event_id, key.stream_id)
    return Publisher(key.pk, key.stream_id, key.stream.event_id, key.input, lease)


@transaction.atomic
def renew(publisher: Publisher, *, health: Mapping[str, Any], comes: bool, steady: float) -> bool:
    """Whether this is the encoder on air. `comes`: pictures are coming in; `steady`: for so many seconds without a
    break. Raises `Cut`."""
    now = clock.now()
    mine = StreamKey.objects.filter(pk=publisher.key_id, lease=publisher.lease, revoked_at=None)
    if not mine.update(leased_until=now + KEY_LEASE, health=dict(health)):
        raise Cut
    is_on = comes and _take_air(publisher, now, steady)
    if not comes:
        _give_air(publisher)
    _tell(publisher.event_id, publisher.stream_id)
    return is_on


def _take_air(publisher: Publisher, now: datetime, steady: float) -> bool:
    free = Q(air__in=["", publisher.lease]) | Q(air_until__lt=now)
    wanted = Q(choice=publisher.input)
    if publisher.input == Input.PRIMARY and steady >= STEADY_SECONDS:
        wanted |= Q(choice=Stream.Choice.AUTO)
    # Who was put on stage from the green room comes before every encoder, as long as they are there.
    wanted &= Q(on_stage=None) | ~Q(air_input=Brought.BROWSER)
    # Of the same input another one cannot be there: it would hold the key.
    stream = Stream.objects.filter(free | wanted, pk=publisher.stream_id).exclude(state=Stream.State.ENDED)
    return bool(stream.update(air=publisher.lease, air_input=publisher.input, air_until=now + AIR_LEASE))


def _give_air(publisher: Publisher) -> None:
    mine = Stream.objects.filter(pk=publisher.stream_id, air=publisher.lease)
    mine.update(air="", air_input="", air_until=None)


@transaction.atomic
def leave(publisher: Publisher) -> None:
    """It has gone: key and air are free at once."""
    mine = StreamKey.objects.filter(pk=publisher.key_id, lease=publisher.lease)
    mine.update(lease="", leased_until=None, health={})
    _give_air(publisher)
    _tell(publisher.event_id, publisher.stream_id)


@transaction.atomic
def begin_take(publisher: OnAir, *, rungs: Sequence[Mapping[str, Any]], began_at: datetime) -> OpenTake | None:
    """None where it is not on air any more. `rungs` are kept to where the stream has none yet."""
    stream = Stream.objects.select_for_update().filter(pk=publisher.stream_id, air=publisher.lease).first()
    if stream is None:
        return None
    if not stream.rungs:
        stream.rungs = [dict(rung) for rung in rungs]
        stream.save(update_fields=["rungs"])
    take = Take.objects.create(stream=stream, input=publisher.input, began_at=began_at)
    return OpenTake(take.pk, take.folder, stream.rungs)


@transaction.atomic
def add_segment(
    publisher: OnAir, take: OpenTake, *, file: int, at: datetime, seconds: float, sizes: Mapping[str, int]
) -> bool:
    """Lists a segment that lies whole in storage; false where another encoder's came after, or the stream ended."""
    stream = Stream.objects.select_for_update().filter(pk=publisher.stream_id).first()
    if stream is None or stream.state == Stream.State.ENDED or stream.last_take > take.pk:
        return False
    last = Segment.objects.filter(stream=stream, number=stream.segments - 1).first()
    stretch = 0 if last is None else last.stretch + (last.take_id != take.pk or last.file + 1 != file)
    Segment.objects.create(
        stream=stream, take_id=take.pk, number=stream.segments, file=file, stretch=stretch, at=at, seconds=seconds,
        sizes=dict(sizes),
    )  # fmt: skip
    stream.segments, stream.last_take, stream.last_segment_at = stream.segments + 1, take.pk, at
    if stream.started_at is None:
        stream.started_at = at
    was, stream.state = stream.state, Stream.State.LIVE
    stream.save(update_fields=["segments", "last_take", "last_segment_at", "started_at", "state"])
    transaction.on_commit(lambda: note_mark(stream), robust=True)
    if was != stream.state:
        stream_changed.send(Stream, stream=stream)
        _tell(publisher.event_id, publisher.stream_id)
    return True


def _tell(event_id: int, stream_id: int) -> None:
    publish.state(event_id, broadcasts.health_topic(stream_id))
