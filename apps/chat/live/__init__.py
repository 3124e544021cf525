"""Chat on the socket: rooms (`rooms`), what belongs to messages (`talk`), what moderators do (`moderation`)."""

from apps.chat.live.moderation import (
    Bar,
    Decide,
    HandleReports,
    Lift,
    ModerationTopic,
    OwnTopic,
    Purge,
    RemoveMany,
    ReportMessage,
    SetRules,
    Undo,
)
from apps.chat.live.rooms import PaceTopic, React, ReactionsTopic, Remove, RoomTopic, Send
from apps.chat.live.talk import Edit, Mark, MarksTopic, MentionsTopic, Pin, Read, TraceTopic

__all__ = [
    "Bar",
    "Decide",
    "Edit",
    "HandleReports",
    "Lift",
    "Mark",
    "MarksTopic",
    "MentionsTopic",
    "ModerationTopic",
    "OwnTopic",
    "PaceTopic",
    "Pin",
    "Purge",
    "React",
    "ReactionsTopic",
    "Read",
    "Remove",
    "RemoveMany",
    "ReportMessage",
    "RoomTopic",
    "Send",
    "SetRules",
    "TraceTopic",
    "Undo",
]
