"""Writes a schedule as frab/pentabarf XML that the community's XSD accepts."""

from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from zoneinfo import ZoneInfo

from apps.tracks.adapters import values, written
from apps.tracks.adapters.schedule import GENERATOR, PERSONAL, Room, Schedule, Session


def write(schedule: Schedule, *, personal: bool = False) -> bytes:
    """Rooms, tracks and speakers must carry their numbers and guids. Personal: not to be imported as the whole."""
    zone = values.zone(schedule.conference.time_zone) or ZoneInfo("UTC")
    root = Element("schedule")
    SubElement(
        root,
        "generator",
        name=PERSONAL if personal else GENERATOR,
        system=schedule.system,
        version=written.VERSION,
    )
    _address(root, "url", schedule.conference.url)
    _text(root, "version", schedule.version)
    _conference(root, schedule, zone)
    slugs = written.slugs(written.acronym(schedule.conference.acronym), schedule.sessions)
    for day, rooms in written.days(schedule, zone):
        element = SubElement(
            root,
            "day",
            index=str(day.index),
            date=day.date.isoformat(),
            start=written.stamp(day.starts_at, zone),
            end=written.stamp(day.ends_at, zone),
        )
        for room, sessions in rooms.items():
            _room(element, room, sessions, slugs, zone)
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _conference(root: Element, schedule: Schedule, zone: ZoneInfo) -> None:
    conference = schedule.conference
    element = SubElement(root, "conference")
    _text(element, "acronym", written.acronym(conference.acronym))
    _text(element, "title", conference.title)
    days = written.days(schedule, zone)
    first, last = written.dates(schedule, days)
    _text(element, "start", first)
    _text(element, "end", last)
    _text(element, "days", str(len(days)))
    _text(element, "timeslot_duration", written.TIMESLOT)
    _address(element, "base_url", conference.url)
    _address(element, "url", conference.url)
    _text(element, "time_zone_name", zone.key)
    for track in schedule.tracks:
        attributes = {"name": values.line(track.name)}
        if track.colour:
            attributes["color"] = track.colour
        SubElement(element, "track", attributes)


def _room(day: Element, room: Room, sessions: list[Session], slugs: dict[int, str], zone: ZoneInfo) -> None:
    element = SubElement(day, "room", name=values.line(room.name), guid=str(room.guid))
    for session in sessions:
        _session(element, session, slugs[session.number], zone)


def _session(room: Element, session: Session, slug: str, zone: ZoneInfo) -> None:
    element = SubElement(room, "event", guid=str(session.guid), id=str(session.number))
    local: datetime = session.starts_at.astimezone(zone)
    _text(element, "date", written.stamp(session.starts_at, zone))
    _text(element, "start", f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}")
    _text(element, "duration", written.length(session.ends_at - session.starts_at, seconds=True))
    _text(element, "room", session.room.name)
    _text(element, "slug", slug)
    _address(element, "url", session.url)
    _text(element, "title", session.title)
    _text(element, "subtitle", session.subtitle)
    _text(element, "track", session.track.name if session.track else "")
    _text(element, "type", session.kind)
    _text(element, "language", session.language)
    _text(element, "abstract", session.abstract)
    _text(element, "description", session.description)
    if not session.logo_url or values.strict(session.logo_url):
        _text(element, "logo", session.logo_url)
    _address(element, "feedback_url", session.feedback_url)
    _address(element, "origin_url", session.origin_url)
    recording = SubElement(element, "recording")
    _text(recording, "license", session.recording_license)
    _text(recording, "optout", "true" if session.do_not_record else "false")
    persons = SubElement(element, "persons")
    for speaker in session.speakers or ():
        person = SubElement(persons, "person", id=str(speaker.number), guid=str(speaker.guid))
        person.text = values.line(speaker.name)
    for group, attached in (("links", False), ("attachments", True)):
        holder = SubElement(element, group)
        for link in session.links or ():
            if link.attached is attached:
                item = SubElement(holder, group[:-1], href=values.readable(link.url))
                if link.kind:
                    item.set("type", link.kind)
                item.text = values.line(link.title)


def _text(parent: Element, name: str, text: str | None) -> None:
    SubElement(parent, name).text = values.readable(text or "")


def _address(parent: Element, name: str, url: str | None) -> None:
    """Only where it is one: the schema takes no empty address."""
    if values.strict(url or ""):
        SubElement(parent, name).text = url
