"""Understands the raw parts of a schedule file: who is who, when is when, and what is odd about it."""

from collections import Counter
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import UUID

from apps.core.words import sentence as _
from apps.tracks.adapters import values
from apps.tracks.adapters.identities import Identities, parse_guid, parse_id
from apps.tracks.adapters.raw import Part, RawDay, RawRoom, RawSchedule
from apps.tracks.adapters.reading import TEXT_LENGTH, Reading
from apps.tracks.adapters.schedule import (
    GENERATOR,
    LINK_KINDS,
    MOST_SESSIONS,
    PERSONAL,
    Conference,
    Link,
    Room,
    Schedule,
    ScheduleError,
    Session,
    Speaker,
    Track,
    too_many,
)
from apps.tracks.models import LONGEST

NAME_LENGTH, TITLE_LENGTH, KIND_LENGTH, LANGUAGE_LENGTH = 200, 300, 80, 20
LINK_LENGTH = 1000
_UNTITLED = "Untitled"


def assemble(raw: RawSchedule) -> Schedule:
    return _Assembly(raw).schedule


def _check_size(raw: RawSchedule) -> None:
    sessions = sum(len(room.sessions) for day in raw.days for room in day.rooms)
    rooms = len(raw.rooms) + sum(len(day.rooms) for day in raw.days)
    if max(sessions, rooms, len(raw.tracks), len(raw.speakers), len(raw.days)) > MOST_SESSIONS:
        raise too_many(raw.conference.place)


class _Assembly(Reading):
    """One pass over a file, with what is known so far."""

    def __init__(self, raw: RawSchedule) -> None:
        super().__init__(values.address(raw.base_url))
        if raw.generator == PERSONAL:
            raise ScheduleError(_("this is one person's agenda, not the whole schedule"), raw.conference.place)
        _check_size(raw)
        self.raw = raw
        self.schedule = Schedule(self._conference(raw.conference), values.line(raw.version)[:80], remarks=self.remarks)
        self.schedule.own = raw.generator == GENERATOR
        self.schedule.is_part = raw.is_part
        self.schedule.system = raw.system
        self.schedule.says_cancelled = raw.says_cancelled
        self.zone: tzinfo = values.zone(self.schedule.conference.time_zone) or UTC
        self.rooms: dict[str, Room] = {}
        self.tracks: dict[str, Track] = {}
        self.people: dict[str, Speaker] = {}
        self.listed_tracks = {self.line(part, NAME_LENGTH, "name").casefold(): part for part in reversed(raw.tracks)}
        self._remark_unknown()
        self._gather_rooms()
        self._gather_people()
        self._gather_sessions()
        self._remark_rest()

    # The frame

    def _conference(self, part: Part) -> Conference:
        title = values.line(part.text("title") or "")[:NAME_LENGTH]
        acronym = values.line(part.text("acronym") or "")[:NAME_LENGTH]
        if not title:
            self.remark(part.where("title"), _("the conference has no title"))
        name = (part.text("time_zone_name") or "").strip()
        if not name:
            self.remark(part.place, _("no time zone is named; times without an offset are read as UTC"))
        elif values.zone(name) is None:
            self.remark(part.where("time_zone_name"), _("there is no time zone “%s”; UTC is used") % name[:60])
            name = ""
        return Conference(
            title=title or acronym or _UNTITLED,
            acronym=acronym,
            time_zone=name,
            starts_on=values.day(part.text("start") or ""),
            ends_on=values.day(part.text("end") or ""),
            description=values.rich((part.text("description") or "")[:TEXT_LENGTH]),
            url=values.address(part.text("url") or ""),
        )

    def _remark_unknown(self) -> None:
        for place, message in self.raw.odd:
            self.remark(place, message)
        for name, place in self.raw.unknown.items():
            self.remark(place, _("%s is not known in this format and is left out") % name)

    # Rooms and tracks

    def _gather_rooms(self) -> None:
        """Rooms as listed first, then as the days name them; a guid that two rooms share tells nothing."""
        parts = [*self.raw.rooms, *(room.part for day in self.raw.days for room in day.rooms)]
        names: dict[UUID, set[str]] = {}
        for part in parts:
            guid = parse_guid(part)
            if guid:
                names.setdefault(guid, set()).add(self.line(part, NAME_LENGTH, "name").casefold())
        shared = {guid for guid, found in names.items() if len(found) > 1}
        told: set[UUID] = set()
        for part in parts:
            room = self._room(self.line(part, NAME_LENGTH, "name"), part)
            guid = parse_guid(part)
            if guid and guid in shared:
                if guid not in told:
                    told.add(guid)
                    self.remark(
                        part.where("guid"),
                        _("rooms share the guid %s; they are told apart by name") % guid,
                    )
            elif guid and room and room.guid is None:
                room.guid = guid
            elif part.values.get("guid") and not guid:
                self.remark(part.where("guid"), _("“%s” is no guid") % str(part.values["guid"])[:60])

    def _room(self, name: str, part: Part) -> Room | None:
        if not name:
            return None
        room = self.rooms.get(name.casefold())
        if room is None:
            room = self.rooms[name.casefold()] = Room(name, place=part.place)
            self.schedule.rooms.append(room)
        if room.description is None and part.text("description") is not None:
            room.description = values.rich((part.text("description") or "")[:TEXT_LENGTH])
        capacity = part.values.get("capacity")
        if room.capacity is None and isinstance(capacity, int | float) and 0 < capacity < 2**31:
            room.capacity = int(capacity)
        return room

    def _track(self, part: Part) -> Track | None:
        name = self.line(part, NAME_LENGTH, "track")
        if not name:
            return None
        track = self.tracks.get(name.casefold())
        if track is None:
            listed = self.listed_tracks.get(name.casefold())
            track = self.tracks[name.casefold()] = Track(name, place=part.where("track"))
            if listed:
                track.guid = parse_guid(listed)
                track.colour = (listed.text("color") or "").strip()[:20] or None
            self.schedule.tracks.append(track)
        return track

    # People

    def _gather_people(self) -> None:
        for part in self.raw.speakers:
            self._person(part)

    def _person(self, part: Part) -> Speaker | None:
        name = self.line(part, NAME_LENGTH, "name", "public_name", "full_public_name")
        guid = parse_guid(part)
        number = self._known(guid, parse_id(part, "id", "code"))
        key = f"guid:{guid}" if guid else number or (f"name:{name.casefold()}" if name else "")
        if not key:
            self.remark(part.place, _("a person without guid, id and name is left out"))
            return None
        person = self.people.get(key)
        if person is None:
            person = self.people[key] = Speaker(name, guid=guid, source_id=number, place=part.place)
        elif not person.name:
            person.name = name
        elif name and name != person.name:
            self.remark(
                part.place,
                _("“%(name)s” is the person whom the file calls “%(first)s” before; the first name is kept")
                % {"name": name, "first": person.name},
            )
        person.source_id = person.source_id or number
        if not person.biography:
            biography = part.text("extended_biography", "biography", "description")
            if biography is not None:
                person.biography = values.rich(self.shortened(part, biography, TEXT_LENGTH, _("biography")))
        return person

    # Sessions

    def _gather_sessions(self) -> None:
        identities = Identities()
        for _day, _room, part in self.raw.sessions():
            identities.count(part, self.line(part, TITLE_LENGTH, "title"))
        spoken: dict[int, Speaker] = {}
        for day, room, part in self.raw.sessions():
            session = self._session(day, room, part, identities)
            self.schedule.sessions.append(session)
            for person in session.speakers or ():
                spoken.setdefault(id(person), person)
        self.schedule.speakers = list(spoken.values())
        for person in self.schedule.speakers:
            if not person.name:
                person.name = str(_("Speaker %s") % person.source_id.removeprefix("id:"))
                self.remark(person.place, _("a person has no name and is called “%s”") % person.name)

    def _session(self, day: RawDay, raw_room: RawRoom, part: Part, identities: Identities) -> Session:
        title = self.line(part, TITLE_LENGTH, "title")
        guid, source_id, remark = identities.resolve(part, title)
        source_id = self._known(guid, source_id)
        if remark:
            self.remark(part.place, remark)
        if not guid and not source_id:
            raise ScheduleError(_("a session has neither guid nor id nor title"), part.place)
        if not title:
            title = _UNTITLED
            self.remark(part.place, _("a session has no title"))
        room = self._session_room(raw_room, part, title)
        starts_at = self._start(day, part, title)
        ends_at = starts_at + self._duration(part, title, starts_at)
        self._check_day(day, part, title, starts_at)
        return Session(
            title=title,
            starts_at=starts_at,
            ends_at=ends_at,
            room=room,
            guid=guid,
            source_id=source_id,
            track=self._track(part),
            subtitle=self.said(part, "subtitle", TITLE_LENGTH),
            kind=self.said(part, "type", KIND_LENGTH),
            language=self.said(part, "language", LANGUAGE_LENGTH),
            abstract=self.rich(part, "abstract"),
            description=self.rich(part, "description"),
            speakers=self._session_people(part),
            links=self._links(part),
            recording_license=self.said(part, "recording_license", NAME_LENGTH),
            do_not_record=self.flag(part, "do_not_record"),
            logo_url=self.address(part, "logo"),
            origin_url=self.address(part, "origin_url") if self.says(part, "origin_url") else self._foreign_url(part),
            feedback_url=self.address(part, "feedback_url"),
            cancelled=(self.raw.is_part or self.raw.says_cancelled)
            and (part.text("state") or "").strip().casefold() == "cancelled",
            as_of=read[0] if (read := values.moment(part.text("as_of") or "", UTC)) else None,
            place=part.place,
        )

    def _is_cancelled(self, part: Part) -> bool:
        says = self.raw.is_part or self.raw.says_cancelled
        return says and (part.text("state") or "").strip().casefold() == "cancelled"

    def _session_room(self, raw_room: RawRoom, part: Part, title: str) -> Room:
        group = self.line(raw_room.part, NAME_LENGTH, "name")
        name = self.line(part, NAME_LENGTH, "room")
        # What else the session says is not the room's.
        named = Part(part.where("room"))
        room = self._room(name or group, raw_room.part if not name or name == group else named)
        if room is None:
            raise ScheduleError(_("the session “%s” has no room") % title, part.where("room"))
        if name and group and name.casefold() != group.casefold():
            self.remark(
                part.where("room"),
                _("“%(title)s” stands under the room “%(group)s” and names “%(room)s”, which is used")
                % {"title": title, "group": group, "room": name},
            )
        return room

    def _start(self, day: RawDay, part: Part, title: str) -> datetime:
        stamp = (part.text("date") or "").strip()
        start = (part.text("start") or "").strip()
        read = values.moment(stamp, self.zone)
        if read is None:
            return self._start_by_day(day, part, title, stamp, start)
        moment, has_offset = read
        if not has_offset:
            self.remark(part.where("date"), _("the date of “%s” has no offset; its time zone is assumed") % title)
        clock = values.clock(start)
        if start and (clock is None or f"{clock:%H:%M}" not in stamp):
            self.remark(
                part.where("start"),
                _("“%(title)s” starts at %(start)s, but its date says %(date)s, which is used")
                % {"title": title, "start": start[:40], "date": stamp[:40]},
            )
        return moment

    def _start_by_day(self, day: RawDay, part: Part, title: str, stamp: str, start: str) -> datetime:
        """A start without a full date: the hour on the day under which the session stands."""
        if "T" in stamp or (stamp and values.day(stamp) is None):
            message = _("the session “%(title)s” has no start that can be read: “%(date)s”")
            raise ScheduleError(message % {"title": title, "date": stamp[:60]}, part.where("date"))
        clock = values.clock(start)
        date = values.day(stamp) or values.day(day.part.text("date") or "")
        if clock is None or date is None:
            raise ScheduleError(_("the session “%s” has no start") % title, part.where("start", "date"))
        opening = values.moment(day.part.text("start") or "", self.zone)
        moment = datetime.combine(date, clock, self.zone)
        if not stamp and opening and moment < opening[0]:
            moment = datetime.combine(date + timedelta(days=1), clock, self.zone)
        self.remark(part.where("date", "start"), _("“%s” has no full date; that of its day is used") % title)
        return moment.astimezone(UTC)

    def _duration(self, part: Part, title: str, starts_at: datetime) -> timedelta:
        said = (part.text("duration") or "").strip()
        duration = values.length(said)
        end = values.moment(part.text("end") or "", self.zone)
        if end and end[0] > starts_at:
            by_end = end[0] - starts_at
            if duration is not None and abs(by_end - duration) >= timedelta(minutes=1):
                self.remark(part.where("end"), _("end and duration of “%s” differ; the end is used") % title)
            duration = by_end
        if duration is None:
            if said.strip("0:"):
                message = _("the session “%(title)s” has no duration that can be read: “%(said)s”")
                raise ScheduleError(message % {"title": title, "said": said[:40]}, part.where("duration"))
            raise ScheduleError(_("the session “%s” has no duration") % title, part.where("duration"))
        if duration > LONGEST:
            self.remark(part.where("duration"), _("“%s” is longer than 99:59 hours and is cut to that") % title)
            duration = LONGEST
        return duration

    def _check_day(self, day: RawDay, part: Part, title: str, starts_at: datetime) -> None:
        opening = values.moment(day.part.text("start") or "", self.zone)
        closing = values.moment(day.part.text("end") or "", self.zone)
        if (opening and starts_at < opening[0]) or (closing and starts_at > closing[0]):
            self.remark(part.where("date"), _("“%s” starts outside of the day under which it stands") % title)

    def _session_people(self, part: Part) -> list[Speaker] | None:
        if "persons" not in part.lists:
            return None
        found: dict[int, Speaker] = {}
        for person in part.lists["persons"]:
            speaker = self._person(person)
            if speaker:
                found.setdefault(id(speaker), speaker)
        return list(found.values())

    def _links(self, part: Part) -> list[Link] | None:
        if "links" not in part.lists and "attachments" not in part.lists:
            return None
        found: dict[Link, None] = {}
        for group in ("links", "attachments"):
            for item in part.lists.get(group, ()):
                written = item.text("url") or ""
                url = values.address(written, self.base)
                if not url or len(url) > LINK_LENGTH:
                    self.remark(item.place, _("“%s” is not a web address; the link is left out") % written[:80])
                    continue
                kind = (item.text("type") or "").strip().lower()
                title = self.line(item, TITLE_LENGTH, "title") or url[:TITLE_LENGTH]
                found[Link(url, title, kind if kind in LINK_KINDS else "", group == "attachments")] = None
        return list(found)

    def _known(self, guid: UUID | None, number: str) -> str:
        """An id by which somebody may be recognised: in our own file it is ours, and means another in its source."""
        return "" if guid and self.schedule.own else number

    def _foreign_url(self, part: Part) -> str | None:
        """A page that another system has for the session; our own page is no news."""
        return None if self.schedule.own else self.address(part, "url")

    # Oddities of the whole

    def _remark_rest(self) -> None:
        schedule = self.schedule
        place = self.raw.conference.place
        if not schedule.sessions:
            self.remark(place, _("the file holds no session"))
        unused = [part for name, part in self.listed_tracks.items() if name and name not in self.tracks]
        for part in reversed(unused) if not schedule.own else ():
            name = self.line(part, NAME_LENGTH, "name")
            self.remark(part.place, _("the track “%s” is listed, but no session is in it") % name)
        doubled = [name for name, times in Counter(p.name for p in schedule.speakers).items() if times > 1]
        for person in schedule.speakers:
            if person.name in doubled and not person.guid and not person.source_id:
                self.remark(person.place, _("several people are called “%s”") % person.name)
        in_room: dict[int, list[Session]] = {}
        for session in schedule.sessions:
            in_room.setdefault(id(session.room), []).append(session)
        for sessions in in_room.values():
            self._remark_overlaps(sorted(sessions, key=lambda session: session.starts_at))

    def _remark_overlaps(self, sessions: list[Session]) -> None:
        latest = None
        for session in sessions:
            if latest and session.starts_at < latest.ends_at:
                self.remark(
                    session.place,
                    _("“%(title)s” begins in %(room)s before “%(other)s” has ended")
                    % {"title": session.title, "room": session.room.name, "other": latest.title},
                )
            if latest is None or session.ends_at > latest.ends_at:
                latest = session
