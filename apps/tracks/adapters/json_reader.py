"""Reads pretalx/frab JSON into raw parts that know their path."""

import json
from typing import Any, NoReturn

from apps.core.words import sentence as _
from apps.tracks.adapters.raw import Part, RawDay, RawRoom, RawSchedule, Value
from apps.tracks.adapters.schedule import ScheduleError

_EVENT_KEYS = {
    "guid", "code", "id", "logo", "date", "start", "end", "duration", "room", "slug", "url", "title", "subtitle",
    "track", "type", "language", "abstract", "description", "recording_license", "do_not_record", "persons", "links",
    "feedback_url", "origin_url", "attachments",
}  # fmt: skip
_FLAGS = frozenset({"do_not_record"})
# What the assembly reads; all else may be of any kind.
_VALUES = _FLAGS | {
    "abstract", "acronym", "biography", "capacity", "code", "color", "date", "day_end", "day_start", "description",
    "duration", "end", "extended_biography", "feedback_url", "full_public_name", "guid", "id", "language", "logo",
    "name", "origin_url", "public_name", "recording_license", "room", "start", "subtitle", "time_zone_name", "title",
    "track", "type", "url", "version", "base_url",
}  # fmt: skip


def decode(data: bytes) -> Any:
    try:
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = _("byte %(byte)s is not %(encoding)s text; save the file as UTF-8") % {
            "byte": f"0x{data[error.start]:02x}",
            "encoding": error.encoding,
        }
        raise ScheduleError(message, _("line %(line)d") % {"line": line}) from error
    try:
        return json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = _("line %(line)d, column %(column)d") % {"line": error.lineno, "column": error.colno}
        raise ScheduleError(_("this is not well-formed JSON (%s)") % error.msg, place) from error
    except RecursionError as error:
        raise ScheduleError(_("its lists are nested too deep"), "$") from error
    except ValueError as error:
        raise ScheduleError(_("it holds a number that cannot be read (%s)") % error, "$") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def read(data: bytes) -> RawSchedule:
    top = _object(decode(data), "$")
    generator = top.get("generator")
    holder = _object(_need(top, "schedule", "$"), "schedule")
    if not isinstance(generator, dict):
        generator = holder.get("generator")
    path = "schedule.conference"
    conference = _object(_need(holder, "conference", "schedule"), path)
    raw = RawSchedule(conference=Part(path))
    raw.conference = _part(raw, conference, path)
    if isinstance(generator, dict):
        raw.generator = _word(generator.get("name"))
        raw.system = _word(generator.get("url"))
    frame = _part(raw, holder, "schedule")
    raw.version, raw.base_url = frame.text("version") or "", frame.text("base_url") or ""
    raw.tracks = _parts(raw, conference.get("tracks"), f"{path}.tracks", text_key="name") or []
    raw.rooms = _parts(raw, conference.get("rooms"), f"{path}.rooms", text_key="name") or []
    raw.speakers = _parts(raw, holder.get("speakers"), "schedule.speakers", text_key="name") or []
    for number, day in enumerate(_list(_need(conference, "days", path), f"{path}.days")):
        raw.days.append(_day(raw, day, f"{path}.days[{number}]"))
    return raw


def _day(raw: RawSchedule, value: Any, path: str) -> RawDay:
    """A day, a room or a session that is none refuses the file: what is in it would be taken for cancelled."""
    day = _object(value, path)
    rooms = []
    for name, sessions in _object(day.get("rooms", {}), f"{path}.rooms").items():
        room_path = f'{path}.rooms["{name[:80]}"]'
        found = [
            _session(raw, session, f"{room_path}[{number}]")
            for number, session in enumerate(_list(sessions, room_path))
        ]
        rooms.append(RawRoom(Part(room_path, {"name": name}), found))
    part = _part(raw, day, path)
    part.values = {"start": part.values.get("day_start"), "end": part.values.get("day_end"), **part.values}
    return RawDay(part, rooms)


def _session(raw: RawSchedule, value: Any, path: str) -> Part:
    session = _object(value, path)
    part = _part(raw, session, path)
    for name, text_key in (("persons", "name"), ("links", "url"), ("attachments", "url")):
        found = _parts(raw, session.get(name), f"{path}.{name}", text_key=text_key)
        if found is not None:
            part.lists[name] = found
    for name, held in session.items():
        if name not in _EVENT_KEYS and held not in (None, "", False, [], {}):
            raw.unknown.setdefault(f'"{name[:60]}"', path)
    return part


def _part(raw: RawSchedule, value: dict[str, Any], path: str) -> Part:
    """The plain values of an object. A text in several languages gives its English, or its first."""
    part = Part(path)
    for name, item in value.items():
        place = part.own_places[name] = f"{path}.{name[:60]}"
        if isinstance(item, dict):
            texts = {key: text for key, text in item.items() if isinstance(text, str)}
            if texts and all(text is None or isinstance(text, str) for text in item.values()):
                part.values[name] = texts.get("en") or next((text for text in texts.values() if text), "")
                continue
        elif not isinstance(item, list | bool) or (isinstance(item, bool) and name in _FLAGS):
            part.values[name] = item
            continue
        if name in _VALUES:
            raw.odd.append((place, _("here must be a text, not %s; it is left out") % _kind(item)))
    return part


def _parts(raw: RawSchedule, value: Any, path: str, *, text_key: str) -> list[Part] | None:
    """A list of objects, None where there is none; a bare text in it stands for an object with this one key."""
    if value is None:
        return None
    if not isinstance(value, list):
        raw.odd.append((path, _("here must be a list, not %s; it is left out") % _kind(value)))
        return None
    found = []
    for number, item in enumerate(value):
        here = f"{path}[{number}]"
        if isinstance(item, str):
            found.append(Part(here, {text_key: item}))
        elif isinstance(item, dict):
            found.append(_part(raw, item, here))
        else:
            raw.odd.append((here, _("here must be an object, not %s; it is left out") % _kind(item)))
    return found


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ScheduleError(_("here must be an object, not %s") % _kind(value), path)
    return value


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise ScheduleError(_("here must be a list, not %s") % _kind(value), path)
    return value


def _need(value: dict[str, Any], name: str, path: str) -> Any:
    if name not in value:
        raise ScheduleError(_('it has no "%s"') % name, path)
    return value[name]


def _kind(value: Value | list[Any] | dict[str, Any]) -> str:
    names = {dict: _("an object"), list: _("a list"), str: _("a text"), bool: _("yes or no"), type(None): _("nothing")}
    return names.get(type(value), _("a number"))


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
