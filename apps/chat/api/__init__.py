"""Chat over REST: rooms and messages (`rooms`), and what belongs to them (`talk`)."""

from apps.chat.api.rooms import MessageAPI, MessagesAPI, ReactionsAPI, RoomAPI, RulesAPI
from apps.chat.api.talk import ClockAPI, FilesAPI, MarksAPI, PeopleAPI, PinnedAPI, PlacesAPI, ReadAPI, SearchAPI

__all__ = [
    "ClockAPI",
    "FilesAPI",
    "MarksAPI",
    "MessageAPI",
    "MessagesAPI",
    "PeopleAPI",
    "PinnedAPI",
    "PlacesAPI",
    "ReactionsAPI",
    "ReadAPI",
    "RoomAPI",
    "RulesAPI",
    "SearchAPI",
]
