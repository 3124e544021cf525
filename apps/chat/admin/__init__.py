"""Chat at the organisers' desk: rooms and messages (`rooms`)."""

from apps.chat.admin.rooms import ChangeAdmin, MessageAdmin, PlacedAdmin, RoomAdmin

__all__ = ["ChangeAdmin", "MessageAdmin", "PlacedAdmin", "RoomAdmin"]
