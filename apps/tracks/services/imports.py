"""Brings a schedule file into an event's agenda, all of it or nothing."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events import services as events
from apps.events import states
from apps.events.models import Event, Organisation
from apps.tracks import adapters, signals
from apps.tracks.adapters import schedule as files
from apps.tracks.models import Room, ScheduleImport, Session, SessionLink, SessionSpeaker, Speaker, Track
from apps.tracks.services.bounds import check_agenda_room
from apps.tracks.services.editing import look_at_stages
from apps.tracks.services.fields import in_language
from apps.tracks.services.opening import tracks_changed
from apps.tracks.services.plans import Changes, Plan, plan_import
from apps.tracks.services.report import Report
from apps.tracks.services.speaking import speaking, speaking_changed
from apps.tracks.services.versions import touch_agenda

_BATCH = 500
MOST_IMPORTS = 50
"""Files that an event keeps: of more, the oldest go."""
DEFAULT_ORGANISATION = "default"


@transaction.atomic
def import_schedule(*, event: Event, schedule: files.Schedule) -> Report:
    """Applies the schedule, and says what that changed. Two imports into one event wait for each other. Raises Refused
    where the agenda does not hold so much."""
    event = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    states.check_writable(event.state)
    plan = plan_import(event, schedule)
    _check_room(plan, event)
    before = _tracks_of(plan)
    spoken = [session.pk for session, _speakers in plan.spoken if session.pk is not None]
    spoke = speaking(spoken)
    _write(plan)
    speaking_changed(event.pk, spoken, before=spoke)
    altered = plan.sessions.altered
    look_at_stages(altered)
    tracks_changed(event.pk, [pk for pk, track_id in before.items() if altered[pk].track_id != track_id])
    if plan.report.changes_anything:
        touch_agenda(event_id=event.pk)
    signals.schedule_imported.send(sender=Event, event=event, report=plan.report)
    return plan.report


def _check_room(plan: Plan, event: Event) -> None:
    parts = ((Room, plan.rooms), (Track, plan.tracks), (Speaker, plan.speakers), (Session, plan.sessions))
    for model, changes in parts:
        check_agenda_room(model, event.pk, more=len(changes.new))


def _tracks_of(plan: Plan) -> dict[int, int | None]:
    """Where the sessions stand whose row is about to be written, by their ids."""
    if "track" not in plan.sessions.columns:
        return {}
    rows = Session.objects.filter(pk__in=plan.sessions.altered).order_by()
    return dict(rows.values_list("pk", "track_id"))


def _write(plan: Plan) -> None:
    # Speakers, rooms and tracks first: the sessions point to them.
    _write_rows(Room, plan.rooms)
    _write_rows(Track, plan.tracks)
    _write_rows(Speaker, plan.speakers)
    _write_rows(Session, plan.sessions)
    spoken = [session.pk for session, _speakers in plan.spoken]
    SessionSpeaker.objects.filter(session__in=spoken).delete()
    SessionSpeaker.objects.bulk_create(
        (
            SessionSpeaker(session=session, speaker=speaker, position=position)
            for session, speakers in plan.spoken
            for position, speaker in enumerate(speakers)
        ),
        batch_size=_BATCH * 4,
    )
    SessionLink.objects.filter(session__in=[session.pk for session, _links in plan.linked]).delete()
    SessionLink.objects.bulk_create(
        (
            SessionLink(
                session=session,
                kind=SessionLink.Kind.ATTACHMENT if link.attached else SessionLink.Kind.LINK,
                content=link.kind,
                title=link.title,
                url=link.url,
                position=position,
            )
            for session, links in plan.linked
            for position, link in enumerate(links)
        ),
        batch_size=_BATCH * 4,
    )


def _write_rows(model: Any, changes: Changes) -> None:
    model.objects.bulk_create(changes.new, batch_size=_BATCH)
    if changes.altered:
        columns = changes.columns
        if model is Session:
            columns = columns | {"changed_at"}
            for row in changes.altered.values():
                row.changed_at = clock.now()
        model.objects.bulk_update(changes.altered.values(), sorted(columns), batch_size=_BATCH)


def read_schedule(data: bytes, *, event: Event | None) -> files.Schedule:
    """What a file says, for this event: tables say neither what it is called nor in which zone its times are. Raises
    ScheduleError."""
    if event is None:
        return adapters.read(data)
    title = in_language(event.name, event.default_language)
    return adapters.read(data, title=title, zone=event.time_zone, slug=event.slug)


# In two steps: look first, then apply


@transaction.atomic
def keep_for_review(
    *, event: Event, schedule: files.Schedule, content: bytes, file_name: str, by: User | None
) -> ScheduleImport:
    """Keeps an uploaded file with the report of what it would change; nothing else is written, and of many files the
    oldest are let go."""
    report = plan_import(event, schedule).report
    made = ScheduleImport.objects.create(
        event=event, file_name=file_name[-200:], content=content, report=report.as_json(), by=by
    )
    newest = event.schedule_imports.order_by("-created_at", "-pk").values_list("pk", flat=True)[:MOST_IMPORTS]
    event.schedule_imports.exclude(pk__in=list(newest)).delete()
    return made


def forget_import(schedule_import: ScheduleImport) -> None:
    """The file and its report go; what it brought in stays."""
    schedule_import.delete()


@transaction.atomic
def apply_import(*, schedule_import: ScheduleImport) -> Report:
    """Does what the preview showed, compared once more with the agenda as it is now. Raises Refused where it was done
    before, and where the file was let go."""
    hold_row(schedule_import, gone="not_found")
    done = ScheduleImport.objects.filter(pk=schedule_import.pk, applied_at=None).update(applied_at=clock.now())
    if not done:
        raise Refused("import.applied", _("This file was imported already. Upload it again to compare it anew."))
    schedule_import.refresh_from_db()
    try:
        schedule = read_schedule(bytes(schedule_import.content), event=schedule_import.event)
    except files.ScheduleError as error:
        words = _("This file cannot be read any more: %(error)s. Upload it again.")
        raise Refused("import.unreadable", words, values={"error": str(error)}) from error
    report = import_schedule(event=schedule_import.event, schedule=schedule)
    schedule_import.report = report.as_json()
    schedule_import.content = b""
    schedule_import.save(update_fields=["report", "content"])
    return report


# An event for a file


def default_organisation() -> Organisation:
    """The organisation of events that were made without naming one."""
    found = Organisation.objects.filter(slug=DEFAULT_ORGANISATION).first()
    return found or events.create_organisation(name=str(_("Default organisation")), slug=DEFAULT_ORGANISATION)


def sketch_event(*, schedule: files.Schedule, slug: str) -> Event:
    """An event as the file describes it, not saved: to compare a file with before there is one."""
    return Event(slug=slug, **_details(schedule))


@transaction.atomic
def create_from(*, schedule: files.Schedule, organisation: Organisation, slug: str) -> tuple[Event, Report]:
    """A draft of an event as the file describes it, with the file's agenda."""
    event = events.create_event(organisation, slug=slug, **_details(schedule))
    return event, import_schedule(event=event, schedule=schedule)


def _details(schedule: files.Schedule) -> dict[str, Any]:
    zone = ZoneInfo(schedule.conference.time_zone or "UTC")
    first, last = _bounds(schedule, zone)
    return {
        "name": schedule.conference.title,
        "description": schedule.conference.description,
        "time_zone": zone.key,
        "starts_at": first,
        "ends_at": last,
    }


def slug_of(schedule: files.Schedule) -> str:
    conference = schedule.conference
    return slugify(conference.acronym)[:60].strip("-_") or slugify(conference.title)[:60].strip("-_") or "event"


def _bounds(schedule: files.Schedule, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first session to the last; from the dates of the conference where it has none."""
    if schedule.sessions:
        return (
            min(session.starts_at for session in schedule.sessions),
            max(session.ends_at for session in schedule.sessions),
        )
    first = schedule.conference.starts_on or clock.now().astimezone(zone).date()
    last = max(schedule.conference.ends_on or first, first)
    begin = datetime.combine(first, time(), zone)
    return begin.astimezone(UTC), (datetime.combine(last, time(), zone) + timedelta(days=1)).astimezone(UTC)
