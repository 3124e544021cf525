"""Rooms and what is said in them (`rooms`), what belongs to messages (`talk`), how order is kept (`moderation`)."""

from apps.chat.models.moderation import Act, KeptSanction, Report, Sanction, Word
from apps.chat.models.rooms import Change, Message, Room
from apps.chat.models.talk import Attachment, Declined, Group, Mark, Member, Mention, Reading, Wording

__all__ = [
    "Act",
    "Attachment",
    "Change",
    "Declined",
    "Group",
    "KeptSanction",
    "Mark",
    "Member",
    "Mention",
    "Message",
    "Reading",
    "Report",
    "Room",
    "Sanction",
    "Word",
    "Wording",
]
