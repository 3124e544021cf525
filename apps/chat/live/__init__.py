"""Chat on the socket: rooms and what people do there (`rooms`), what moderators do (`moderation`)."""

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

__all__ = [
    "Bar",
    "Decide",
    "HandleReports",
    "Lift",
    "ModerationTopic",
    "OwnTopic",
    "PaceTopic",
    "Purge",
    "React",
    "ReactionsTopic",
    "Remove",
    "RemoveMany",
    "ReportMessage",
    "RoomTopic",
    "Send",
    "SetRules",
    "Undo",
]
