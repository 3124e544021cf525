"""Writes a schedule as frab JSON that the community's JSON schema accepts."""

import json
import re
from typing import Any
from zoneinfo import ZoneInfo

from apps.tracks.adapters import values, written
from apps.tracks.adapters.schedule import GENERATOR, PERSONAL, Link, Room, Schedule, Session, Speaker

_ZONE_IN_SCHEMA = re.compile(r"^([A-Z][a-z]+/[A-Z][a-z]+)|UTC$")


def write(schedule: Schedule, *, personal: bool = False) -> bytes:
    """Rooms, tracks and speakers must carry their numbers and guids. Personal: not to be imported as the whole."""
    document = {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {
            "name": PERSONAL if personal else GENERATOR,
            "version": written.VERSION,
            "url": schedule.system,
        },
        "schedule": {
            "version": schedule.version,
            "base_url": schedule.conference.url,
            "conference": _conference(schedule),
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _conference(schedule: Schedule) -> dict[str, Any]:
    conference = schedule.conference
    zone = values.zone(conference.time_zone) or ZoneInfo("UTC")
    slugs = written.slugs(written.acronym(conference.acronym), schedule.sessions)
    days = written.days(schedule, zone)
    first, last = written.dates(schedule, days)
    found: dict[str, Any] = {
        "acronym": written.acronym(conference.acronym),
        "title": values.line(conference.title),
        "description": values.readable(conference.description),
        "start": first,
        "end": last,
        "daysCount": len(days),
        "timeslot_duration": written.TIMESLOT,
        "time_zone_name": zone.key,
        "url": conference.url,
        "tracks": [
            {"name": values.line(track.name), "slug": written.short_slug(track.slug, number)}
            | ({"color": track.colour} if track.colour else {})
            for number, track in enumerate(schedule.tracks, 1)
        ],
        "rooms": [
            {
                "name": values.line(room.name),
                "slug": written.short_slug(room.slug, number),
                "guid": str(room.guid),
                "description": values.readable(room.description or ""),
                "capacity": room.capacity,
            }
            for number, room in enumerate(schedule.rooms, 1)
        ],
        "days": [
            {
                "index": day.index,
                "date": day.date.isoformat(),
                "day_start": written.stamp(day.starts_at, zone),
                "day_end": written.stamp(day.ends_at, zone),
                "rooms": _rooms(rooms, slugs, zone),
            }
            for day, rooms in days
        ],
    }
    # The schema knows zones of two words only.
    if not _ZONE_IN_SCHEMA.search(zone.key):
        del found["time_zone_name"]
    return found


def _rooms(rooms: dict[Room, list[Session]], slugs: dict[int, str], zone: ZoneInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for room, sessions in rooms.items():
        # Rooms of one name share a key here; no session is lost.
        found.setdefault(values.line(room.name), []).extend(
            _session(session, slugs[session.number], zone) for session in sessions
        )
    return found


def _session(session: Session, slug: str, zone: ZoneInfo) -> dict[str, Any]:
    local = session.starts_at.astimezone(zone)
    found: dict[str, Any] = {
        "guid": str(session.guid),
        "id": session.number,
        "date": written.stamp(session.starts_at, zone),
        "start": f"{local:%H:%M}",
        "end": written.stamp(session.ends_at, zone),
        "duration": written.length(session.ends_at - session.starts_at, seconds=False),
        "room": values.line(session.room.name),
        "slug": slug,
        "url": session.url,
        "title": values.line(session.title),
        "subtitle": values.line(session.subtitle or ""),
        "track": values.line(session.track.name) if session.track else None,
        "type": values.line(session.kind or ""),
        "language": values.line(session.language or ""),
        "abstract": values.readable(session.abstract or ""),
        "description": values.readable(session.description or ""),
        "recording_license": values.line(session.recording_license or ""),
        "do_not_record": bool(session.do_not_record),
        "persons": [_person(speaker) for speaker in session.speakers or ()],
        "links": [_link(link) for link in session.links or () if not link.attached],
        "attachments": [_link(link) for link in session.links or () if link.attached],
    }
    if not session.logo_url:
        found["logo"] = None
    elsewhere = {"logo": session.logo_url, "feedback_url": session.feedback_url, "origin_url": session.origin_url}
    return found | {name: url for name, url in elsewhere.items() if values.strict(url or "")}


def _person(speaker: Speaker) -> dict[str, Any]:
    return {
        "guid": str(speaker.guid),
        "id": speaker.number,
        "name": values.line(speaker.name),
        "biography": values.readable(speaker.biography or ""),
        "url": speaker.url,
    }


def _link(link: Link) -> dict[str, str]:
    found = {"url": values.readable(link.url), "title": values.line(link.title)}
    return found | {"type": link.kind} if link.kind else found
