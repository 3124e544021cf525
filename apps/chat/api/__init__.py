"""Chat over REST."""

from apps.chat.api.rooms import MessageAPI, MessagesAPI, ReactionsAPI, RoomAPI, RulesAPI

__all__ = ["MessageAPI", "MessagesAPI", "ReactionsAPI", "RoomAPI", "RulesAPI"]
