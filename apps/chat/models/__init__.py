"""Rooms and what is said in them (`rooms`), and how order is kept (`moderation`)."""

from apps.chat.models.moderation import Act, Report, Sanction, Word
from apps.chat.models.rooms import Change, Message, Room

__all__ = ["Act", "Change", "Message", "Report", "Room", "Sanction", "Word"]
