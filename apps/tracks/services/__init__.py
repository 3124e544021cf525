"""What changes the agenda: imports, stars, attendance, and the version that pages are validated by."""

from apps.tracks.services.arranging import add_session, place_session, unplace_session
from apps.tracks.services.attendance import close_attendance, record_arrivals, record_departures
from apps.tracks.services.beginning import begin_agenda
from apps.tracks.services.copying import COPIED, copy_agenda
from apps.tracks.services.editing import (
    agenda_edited,
    announce_stages,
    cancel_sessions,
    hold_events,
    remove,
    restore_sessions,
)
from apps.tracks.services.exports import FORMATS, Format, export, schedule_of, session_rows
from apps.tracks.services.imports import (
    apply_import,
    create_from,
    default_organisation,
    import_schedule,
    keep_for_review,
    read_schedule,
    sketch_event,
    slug_of,
)
from apps.tracks.services.inviting import invite_speaker
from apps.tracks.services.opening import gate_changed, openings_changed
from apps.tracks.services.plans import plan_import
from apps.tracks.services.report import Report
from apps.tracks.services.seating import do_round, free_seats_of, give_seat_back, move_seats_up, take_seat
from apps.tracks.services.stars import renew_agenda_address, star_session, unstar_session
from apps.tracks.services.versions import touch_agenda

__all__ = [
    "COPIED",
    "FORMATS",
    "Format",
    "Report",
    "add_session",
    "agenda_edited",
    "announce_stages",
    "apply_import",
    "begin_agenda",
    "cancel_sessions",
    "close_attendance",
    "copy_agenda",
    "create_from",
    "default_organisation",
    "do_round",
    "export",
    "free_seats_of",
    "gate_changed",
    "give_seat_back",
    "hold_events",
    "import_schedule",
    "invite_speaker",
    "keep_for_review",
    "move_seats_up",
    "openings_changed",
    "place_session",
    "plan_import",
    "read_schedule",
    "record_arrivals",
    "record_departures",
    "remove",
    "renew_agenda_address",
    "restore_sessions",
    "schedule_of",
    "session_rows",
    "sketch_event",
    "slug_of",
    "star_session",
    "take_seat",
    "touch_agenda",
    "unplace_session",
    "unstar_session",
]
