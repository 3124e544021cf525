"""Chat over REST: rooms and messages (`rooms`), what belongs to them (`talk`), and closed groups (`groups`)."""

from apps.chat.api.groups import AnswerAPI, GroupAPI, GroupsAPI, InvitationsAPI, MemberAPI
from apps.chat.api.rooms import MessageAPI, MessagesAPI, ReactionsAPI, RoomAPI, RulesAPI
from apps.chat.api.talk import ClockAPI, FilesAPI, MarksAPI, PeopleAPI, PinnedAPI, PlacesAPI, ReadAPI, SearchAPI

__all__ = [
    "AnswerAPI",
    "ClockAPI",
    "FilesAPI",
    "GroupAPI",
    "GroupsAPI",
    "InvitationsAPI",
    "MarksAPI",
    "MemberAPI",
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
