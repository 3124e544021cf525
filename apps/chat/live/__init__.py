"""Chat on the socket: its topics, and its commands."""

from apps.chat.live.rooms import React, ReactionsTopic, Remove, RoomTopic, Send

__all__ = ["React", "ReactionsTopic", "Remove", "RoomTopic", "Send"]
