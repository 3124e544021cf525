"""Chat at the organisers' desk: rooms and messages (`rooms`), groups, and how order is kept (`moderation`)."""

from apps.chat.admin.groups import GroupAdmin
from apps.chat.admin.moderation import ActAdmin, ReportAdmin, SanctionAdmin, WordAdmin
from apps.chat.admin.rooms import ChangeAdmin, MessageAdmin, PlacedAdmin, RoomAdmin

__all__ = [
    "ActAdmin",
    "ChangeAdmin",
    "GroupAdmin",
    "MessageAdmin",
    "PlacedAdmin",
    "ReportAdmin",
    "RoomAdmin",
    "SanctionAdmin",
    "WordAdmin",
]
