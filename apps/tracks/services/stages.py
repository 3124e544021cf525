"""What moves a session's stage: by hand, by the schedule, and back again.

Each press names the version of the stage that was seen. Of two who press at once one finds it, and the other is told
how the stage stands instead.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.live import publish
from apps.media import services as media
from apps.tracks import broadcasts
from apps.tracks.models import Session, Stage
from apps.tracks.services.editing import agenda_edited, hold_events
from apps.tracks.services.recordings import (
    after_end,
    film_follows,
    no_recording,
    offset_known,
    publish_recording,
    withdraw_recording,
)

State = Stage.State
PRESSES = ("lobby", "live", "intermission", "ended", "recording", "schedule", "undo", "publish", "withdraw")
UNDO_WITHIN = timedelta(minutes=5)
MOST_MOVED = 500
"""Stages that one round of beat moves; the next is a few seconds away."""
MOMENTS = (
    "opened_at",
    "ended_at",
    "plays_from",
    "paused_at",
    "changed_at",
    "due_at",
    "recording_due_at",
    "published_at",
)
TAKEN_BACK = ("state", "mode", "recording_state", "recording_tries", *MOMENTS)


def stage_for(session: Session) -> Stage:
    """The session's stage as a row; made where it had none."""
    stage = Stage.of(session)
    if stage.pk is None:
        stage, _made = Stage.objects.get_or_create(
            session=session, defaults={"due_at": stage.next_at(clock.now()), "state": stage.state_at(clock.now())}
        )
        stage.session = session
    return stage


@transaction.atomic
def set_stage(session: Session, values: Mapping[str, Any]) -> Stage:
    """What it shows and says, and when it opens: in place of what was set before. A live stream is made where it is to
    show one and the session has none."""
    hold_events([session.event_id])
    hold_row(session, gone="session.unknown")
    stage = stage_for(session)
    for name, value in values.items():
        setattr(stage, name, value)
    if values:
        stage.save(update_fields=list(values))
    give_stream(session)
    agenda_edited(event_id=session.event_id, session_ids=[session.pk])
    return stage


@transaction.atomic
def give_stream(session: Session) -> None:
    """A live stream of its own, where its stage is to show one and the session has none."""
    if not Stage.objects.filter(session=session, source=Stage.Source.STREAM).exists():
        return
    held = hold_row(session, gone="session.unknown")
    session.stream_id = held.stream_id
    if held.stream_id is None:
        session.stream = media.create_stream(session.event, title=str(session.title)[:200])
        session.save(update_fields=["stream"])


@transaction.atomic
def move_stage(session: Session, *, to: State, seen: int | None = None) -> Stage:
    """By hand, from now on: the schedule moves it no more. `seen` is the version that was looked at. Raises Refused
    where somebody else was quicker, and for a recording that is not there."""
    check_planned(session)
    stage, now = stage_for(session), clock.now()
    if to == State.RECORDING and (stage.publish == Stage.Publish.NEVER or not stage.can_be_published):
        raise no_recording()
    moved = _move(stage, seen, now, _by_hand(stage, to, now))
    if to == State.ENDED:
        offset_known(moved)
    film_follows(moved)
    return moved


@transaction.atomic
def follow_schedule(session: Session, *, seen: int | None = None) -> Stage:
    """The schedule moves it again, from where it should stand by now."""
    check_planned(session)
    stage, now = stage_for(session), clock.now()
    planned = Stage(session=session, lobby_minutes=stage.lobby_minutes)
    for name in ("source", "publish", "published_at", "external_url", "recording"):
        setattr(planned, name, getattr(stage, name))
    values = {
        "mode": Stage.Mode.SCHEDULE,
        "state": planned.state_at(now),
        "due_at": planned.next_at(now),
        "plays_from": None,
        "paused_at": None,
    }
    return _move(stage, seen, now, values)


@transaction.atomic
def undo(session: Session, *, seen: int | None = None) -> Stage:
    """Takes the last press back, for a few minutes and while nothing else has moved the stage."""
    stage, now = stage_for(session), clock.now()
    if not can_undo(stage, now):
        raise Refused("stage.nothing_to_undo", _("There is nothing to take back (any more)."))
    values = {name: _read(name, stage.before[name]) for name in TAKEN_BACK}
    undone = _move(stage, seen, now, values, is_last=True)
    film_follows(undone)
    return undone


def press(session: Session, wish: str, *, seen: int | None = None) -> Stage:
    """What the buttons of the control page say: a state, or one of schedule, undo, publish and withdraw."""
    if wish == "schedule":
        return follow_schedule(session, seen=seen)
    if wish == "undo":
        return undo(session, seen=seen)
    if wish == "publish":
        return publish_recording(session)
    if wish == "withdraw":
        return withdraw_recording(session)
    return move_stage(session, to=State(wish), seen=seen)


def can_undo(stage: Stage, now: datetime) -> bool:
    is_lately = stage.changed_at is not None and stage.changed_at > now - UNDO_WITHIN
    return bool(stage.before) and stage.before.get("version") == stage.version and is_lately


def check_planned(session: Session) -> None:
    if session.state != Session.State.PLANNED:
        raise Refused("stage.no_session", _("This session does not take place: its stage stays as it is."))


def _move(stage: Stage, seen: int | None, now: datetime, values: Mapping[str, Any], *, is_last: bool = False) -> Stage:
    expected = stage.version if seen is None else seen
    before: dict[str, Any] = {}
    if not is_last:
        before = {name: _written(getattr(stage, name)) for name in TAKEN_BACK}
        before |= {"state": stage.state_at(now), "version": expected + 1}
    fields = {**values, "changed_at": now, "before": before}
    if not Stage.objects.filter(pk=stage.pk, version=expected).update(version=F("version") + 1, **fields):
        stage.refresh_from_db()
        words = _("Somebody else was quicker: the stage is “%(state)s” now. Look once more before you press.")
        raise Refused("stage.moved", words, values={"state": State(stage.state_at(now)).label})
    stage.refresh_from_db(from_queryset=Stage.objects.select_related("session__event", "session__video", "recording"))
    tell(stage)
    return stage


def _by_hand(stage: Stage, to: State, now: datetime) -> dict[str, Any]:
    """What a press makes of it."""
    come_from = stage.state_at(now)
    values: dict[str, Any] = {"state": to, "mode": Stage.Mode.HAND, "due_at": None}
    opened = stage.opened_at or (stage.session.starts_at if stage.mode == Stage.Mode.SCHEDULE else None)
    since = stage.plays_since(now) or stage.plays_from
    if to in (State.SCHEDULED, State.LOBBY):
        return values | {"opened_at": None, "ended_at": None, "plays_from": None, "paused_at": None}
    if to == State.LIVE:
        if come_from == State.INTERMISSION and stage.paused_at and since:
            since += now - stage.paused_at  # a film goes on where it stopped
        elif come_from not in (State.LIVE, State.INTERMISSION):
            opened, since = now, now
        return values | {"opened_at": opened or now, "ended_at": None, "plays_from": since or now, "paused_at": None,
                         "recording_due_at": None}  # fmt: skip
    if to == State.INTERMISSION:
        paused = stage.paused_at if come_from == State.INTERMISSION else now
        return values | {"opened_at": opened or now, "plays_from": since, "paused_at": paused}
    ended = stage.ended_at if come_from in (State.ENDED, State.RECORDING) else None
    values |= {"opened_at": opened, "ended_at": ended or now, "plays_from": since, "paused_at": None}
    if to == State.RECORDING:
        return values | {"published_at": stage.published_at or now, "recording_due_at": None,
                         "recording_state": Stage.Recording.READY}  # fmt: skip
    return values | after_end(stage, now)


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:
    return parse_datetime(value) if name in MOMENTS and value else value


def tell(stage: Stage) -> None:
    publish.state(stage.session.event_id, broadcasts.stage_topic(stage.session_id))


# The round of beat


def move_due_stages() -> int:
    """Writes down what the schedule has moved, and tells the pages. Whoever reads meanwhile goes by the clock."""
    now, moved = clock.now(), 0
    with transaction.atomic():
        rows = Stage.objects.select_related("session__event", "session__video", "recording")
        due = rows.filter(due_at__lte=now).order_by("due_at", "pk").select_for_update(of=("self",), skip_locked=True)
        for stage in due[:MOST_MOVED]:
            _follow(stage, now)
            moved += 1
    return moved


def _follow(stage: Stage, now: datetime) -> None:
    before, session = stage.state, stage.session
    stage.state, stage.due_at = stage.state_at(now), stage.next_at(now)
    if stage.state != before:
        stage.version += 1
        stage.before = {}
    if now >= session.starts_at:
        stage.opened_at = stage.opened_at or session.starts_at
    if now >= session.ends_at and stage.ended_at is None:
        stage.ended_at = session.ends_at
        for name, value in after_end(stage, now).items():
            setattr(stage, name, value)
    stage.save(
        update_fields=["state", "due_at", "version", "before", "opened_at", "ended_at", "recording_state",
                       "recording_due_at", "recording_tries"]
    )  # fmt: skip
    tell(stage)
