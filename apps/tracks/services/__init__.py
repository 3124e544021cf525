"""What changes the agenda: imports, stars, attendance, and the version that pages are validated by."""

from apps.tracks.services.arranging import add_session, place_session, unplace_session
from apps.tracks.services.attendance import close_attendance, record_arrivals, record_departures
from apps.tracks.services.beginning import begin_agenda
from apps.tracks.services.bringing import bring_speakers
from apps.tracks.services.copying import COPIED, copy_agenda
from apps.tracks.services.editing import (
    agenda_edited,
    announce_stages,
    cancel_sessions,
    hold_events,
    restore_sessions,
)
from apps.tracks.services.exports import FORMATS, Format, export, schedule_of, session_rows
from apps.tracks.services.imports import (
    apply_import,
    create_from,
    default_organisation,
    forget_import,
    import_schedule,
    keep_for_review,
    read_schedule,
    sketch_event,
    slug_of,
)
from apps.tracks.services.inviting import invite_speaker
from apps.tracks.services.opening import gate_changed, openings_changed, openings_named, openings_of, set_openings
from apps.tracks.services.plans import plan_import
from apps.tracks.services.recordings import publish_recording, see_to_recordings, withdraw_recording
from apps.tracks.services.removing import remove, why_not_removed
from apps.tracks.services.report import Report
from apps.tracks.services.seating import do_round, free_seats_of, give_seat_back, move_seats_up, take_seat
from apps.tracks.services.speaking import speaking, speaking_changed, spoken_by
from apps.tracks.services.stages import (
    PRESSES,
    can_undo,
    follow_schedule,
    give_stream,
    move_due_stages,
    move_stage,
    press,
    set_stage,
    stage_for,
    undo,
)
from apps.tracks.services.stars import renew_agenda_address, star_session, unstar_session
from apps.tracks.services.versions import touch_agenda
from apps.tracks.services.writing import (
    MOST_PEOPLE,
    MOST_TAGS,
    MOST_TEXT,
    NAME_TAKEN,
    cleaned,
    is_name_taken,
    keep_part,
    keep_session,
    remove_part,
    save_part,
    save_session,
)

__all__ = [
    "COPIED",
    "FORMATS",
    "MOST_PEOPLE",
    "MOST_TAGS",
    "MOST_TEXT",
    "NAME_TAKEN",
    "PRESSES",
    "Format",
    "Report",
    "add_session",
    "agenda_edited",
    "announce_stages",
    "apply_import",
    "begin_agenda",
    "bring_speakers",
    "can_undo",
    "cancel_sessions",
    "cleaned",
    "close_attendance",
    "copy_agenda",
    "create_from",
    "default_organisation",
    "do_round",
    "export",
    "follow_schedule",
    "forget_import",
    "free_seats_of",
    "gate_changed",
    "give_seat_back",
    "give_stream",
    "hold_events",
    "import_schedule",
    "invite_speaker",
    "is_name_taken",
    "keep_for_review",
    "keep_part",
    "keep_session",
    "move_due_stages",
    "move_seats_up",
    "move_stage",
    "openings_changed",
    "openings_named",
    "openings_of",
    "place_session",
    "plan_import",
    "press",
    "publish_recording",
    "read_schedule",
    "record_arrivals",
    "record_departures",
    "remove",
    "remove_part",
    "renew_agenda_address",
    "restore_sessions",
    "save_part",
    "save_session",
    "schedule_of",
    "see_to_recordings",
    "session_rows",
    "set_openings",
    "set_stage",
    "sketch_event",
    "slug_of",
    "speaking",
    "speaking_changed",
    "spoken_by",
    "stage_for",
    "star_session",
    "take_seat",
    "touch_agenda",
    "undo",
    "unplace_session",
    "unstar_session",
    "why_not_removed",
    "withdraw_recording",
]
