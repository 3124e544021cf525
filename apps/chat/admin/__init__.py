"""Chat at the organisers' desk: rooms and messages (`rooms`), and how order is kept (`moderation`)."""

from apps.chat.admin.moderation import ActAdmin, ReportAdmin, SanctionAdmin, WordAdmin
from apps.chat.admin.rooms import ChangeAdmin, MessageAdmin, PlacedAdmin, RoomAdmin

__all__ = [
    "ActAdmin",
    "ChangeAdmin",
    "MessageAdmin",
    "PlacedAdmin",
    "ReportAdmin",
    "RoomAdmin",
    "SanctionAdmin",
    "WordAdmin",
]
