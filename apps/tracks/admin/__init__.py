"""The agenda at the organisers' desk."""

from apps.tracks.admin.imports import ScheduleImportAdmin
from apps.tracks.admin.parts import RoomAdmin, SpeakerAdmin, TagAdmin, TrackAdmin
from apps.tracks.admin.seats import SeatAdmin
from apps.tracks.admin.sessions import SessionAdmin

__all__ = ["RoomAdmin", "ScheduleImportAdmin", "SeatAdmin", "SessionAdmin", "SpeakerAdmin", "TagAdmin", "TrackAdmin"]
