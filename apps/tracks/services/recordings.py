"""What becomes of a session once its stage has ended: the recording is made, set on the session's clock, published.

A recording is owed by its row, from the moment the stage ends. A round of beat takes up what is due with one
conditional update, which puts the next look off; a worker that dies loses that look, and nothing is made twice.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.live import publish
from apps.media import services as media
from apps.media.models import Asset, Recording
from apps.tracks import broadcasts, selectors
from apps.tracks.models import MOST_OFFSET, Session, Stage
from apps.tracks.models.stages import MOST_TRIES
from apps.tracks.services.editing import agenda_edited, hold_events

logger = logging.getLogger(__name__)

AFTER_THE_END = timedelta(seconds=15)
"""Until a recording that is there is shown: whoever ended by mistake takes it back before."""
FIRST_LOOK, LONGEST_WAIT = timedelta(seconds=20), timedelta(minutes=30)
IN_PREPARATION = timedelta(seconds=15)
"""Between two looks at a recording that is being made playable."""
MAKING_WAIT = timedelta(minutes=2)
MAKING_PATIENCE = timedelta(days=2)
"""At most between two looks at one that a worker is to make, however long storage is away; and until nobody believes
in it any more."""
LEASE = timedelta(minutes=10)
MOST_AT_ONCE = 50


def no_recording() -> Refused:
    return Refused("stage.no_recording", _("There is no recording to publish, or it must not be shown."))


def after_end(stage: Stage, now: datetime) -> dict[str, Any]:
    """What is owed once it has ended. One that must not be recorded owes nothing."""
    if stage.source == Stage.Source.STREAM:
        if stage.session.do_not_record or stage.session.stream_id is None or stage.recording_id:
            return {}
        return {
            "recording_state": Stage.Recording.OWED,
            "recording_due_at": now + FIRST_LOOK,
            "recording_tries": 0,
        }
    is_due = stage.publish == Stage.Publish.AT_ONCE and stage.can_be_published and stage.published_at is None
    state = Stage.Recording.READY if stage.can_be_published else Stage.Recording.NONE
    return {"recording_state": state, "recording_due_at": now + AFTER_THE_END if is_due else None}


def offset_known(stage: Stage) -> None:
    """Sets the conversation beside the recording right where the stage knows when its first second was."""
    begins = stage.opened_at if stage.source == Stage.Source.STREAM else stage.plays_from
    if begins is None or (stage.source == Stage.Source.FILM and not stage.is_simulive):
        return
    offset = round((begins - stage.session.starts_at).total_seconds())
    if abs(offset) <= MOST_OFFSET:
        Session.objects.filter(pk=stage.session_id).update(recording_offset=offset)
        stage.session.recording_offset = offset


def film_follows(stage: Stage) -> None:
    """What goes by the session's film (conversation, late answers) goes by a stream's recording while that is
    published, and no longer."""
    if stage.source != Stage.Source.STREAM or stage.recording_id is None:
        return
    row = Session.objects.filter(pk=stage.session_id)
    if stage.published_at is None:
        row.filter(video=stage.recording_id).update(video=None)
    else:
        row.update(video=stage.recording_id)
        offset_known(stage)


@transaction.atomic
def publish_recording(session: Session) -> Stage:
    """It plays on the session's page from now on. Twice changes nothing."""
    stage = _held(session)
    if stage.publish == Stage.Publish.NEVER or not stage.can_be_published:
        raise no_recording()
    now = clock.now()
    stage.published_at = stage.published_at or now
    stage.recording_state, stage.recording_due_at = Stage.Recording.READY, None
    if stage.mode == Stage.Mode.HAND and stage.state == Stage.State.ENDED:
        stage.state, stage.version, stage.before = Stage.State.RECORDING, stage.version + 1, {}
    stage.save(update_fields=["published_at", "recording_state", "recording_due_at", "state", "version", "before"])
    film_follows(stage)
    agenda_edited(event_id=session.event_id, session_ids=[session.pk])
    return stage


@transaction.atomic
def withdraw_recording(session: Session) -> Stage:
    """It is no longer shown, until somebody publishes it again."""
    stage = _held(session)
    stage.published_at, stage.recording_due_at = None, None
    if stage.publish == Stage.Publish.AT_ONCE:
        stage.publish = Stage.Publish.BY_HAND
    if stage.mode == Stage.Mode.HAND and stage.state == Stage.State.RECORDING:
        stage.state, stage.version, stage.before = Stage.State.ENDED, stage.version + 1, {}
    stage.save(update_fields=["published_at", "recording_due_at", "publish", "state", "version", "before"])
    film_follows(stage)
    agenda_edited(event_id=session.event_id, session_ids=[session.pk])
    return stage


def _held(session: Session) -> Stage:
    hold_events([session.event_id])
    Stage.objects.get_or_create(session=session)
    rows = Stage.objects.select_related("session__event", "session__video", "recording")
    return rows.select_for_update(of=("self",)).get(session=session)


# The round of beat


def see_to_recordings() -> int:
    """Takes up what is due: has recordings made, and publishes what is published by itself."""
    now = clock.now()
    rows = Stage.objects.filter(recording_due_at__lte=now).order_by("recording_due_at", "pk")
    taken = 0
    for pk, due_at in list(rows.values_list("pk", "recording_due_at")[:MOST_AT_ONCE]):
        mine = Stage.objects.filter(pk=pk, recording_due_at=due_at)
        if mine.update(recording_due_at=now + LEASE):
            taken += 1
            _see_to_alone(pk, now)
    return taken


def _see_to_alone(pk: int, now: datetime) -> None:
    """One that cannot be seen to keeps no other waiting."""
    try:
        _see_to(pk, now)
    except Exception:
        logger.exception("The recording of stage %s could not be seen to.", pk)


def _see_to(pk: int, now: datetime) -> None:
    rows = Stage.objects.select_related("session__event", "session__video", "session__stream", "recording")
    stage = rows.filter(pk=pk).first()
    if stage is None:  # its session was deleted at this moment
        return
    if stage.recording_state == Stage.Recording.OWED:
        _have_made(stage, now)
    elif stage.publish == Stage.Publish.AT_ONCE and stage.can_be_published:
        publish_recording(stage.session)
    else:
        Stage.objects.filter(pk=pk).update(recording_due_at=None)


def _have_made(stage: Stage, now: datetime) -> None:
    row = Stage.objects.filter(pk=stage.pk, recording_state=Stage.Recording.OWED)
    if stage.session.do_not_record:
        row.update(recording_state=Stage.Recording.NONE, recording_due_at=None)
        publish.state(stage.session.event_id, broadcasts.stage_topic(stage.session_id))
        return
    made = None if stage.recording else _record(stage)
    found = stage.recording or (made.asset if made else None)
    if found is None:
        row.update(**_another_look(stage, made, now))
    elif found.state == Asset.State.READY:
        _keep_captions(stage, found)
        is_due = stage.publish == Stage.Publish.AT_ONCE
        row.update(recording=found, recording_state=Stage.Recording.READY, recording_due_at=now if is_due else None)
    elif found.state == Asset.State.FAILED:
        row.update(recording=found, **_FAILED)
    else:
        row.update(recording=found, recording_due_at=now + IN_PREPARATION)
    publish.state(stage.session.event_id, broadcasts.stage_topic(stage.session_id))


def _another_look(stage: Stage, made: Recording | None, now: datetime) -> dict[str, Any]:
    """While a worker is to make it, as long as that is tried; what was given up, or found nothing that came in, comes
    no more."""
    is_being_made = made is not None and made.state == Recording.State.OWED and made.ends > now - MAKING_PATIENCE
    if not is_being_made and (made is not None or stage.recording_tries >= MOST_TRIES):
        return _FAILED
    wait = min(FIRST_LOOK * 2 ** min(stage.recording_tries, MOST_TRIES), MAKING_WAIT if is_being_made else LONGEST_WAIT)
    return {"recording_due_at": now + wait, "recording_tries": min(stage.recording_tries + 1, MOST_TRIES)}


def _record(stage: Stage) -> Recording | None:
    """The recording of its stretch of the stream, the same one whenever it is asked for; None where none can be. At the
    first look one that failed before is begun anew."""
    stream = stage.session.stream
    if stream is None or stage.opened_at is None or stage.ended_at is None:
        return None
    if stage.recording_tries:
        known = stream.recordings.select_related("asset").filter(begins=stage.opened_at, ends=stage.ended_at).first()
        if known is not None:
            return known
    try:
        return media.make_recording(stream, begins=stage.opened_at, ends=stage.ended_at)
    except Refused as refused:  # it ended before it began, say: left to a schedule that was over
        logger.warning("No recording can be made of stage %s: %s", stage.pk, refused.code)
        return None


def _keep_captions(stage: Stage, film: Asset) -> None:
    """What was said live becomes the recording's transcripts, as drafts."""
    session = stage.session
    offset_ms = selectors.recording_begins(session) * 1000
    media.keep_captions(session.event, stage_key=f"session/{session.pk}", film=film, offset_ms=offset_ms)


_FAILED: dict[str, Any] = {"recording_state": Stage.Recording.FAILED, "recording_due_at": None}
