"""Chat by pages and forms: rooms (`rooms`), messages (`talk`), the list of rooms and groups (`places`)."""

from apps.chat.views.places import AnswerView, CreateGroupView, GroupView, InviteView, LeaveView, PlacesView
from apps.chat.views.rooms import ReactView, RemoveView, RoomView, RulesView, SendView
from apps.chat.views.talk import (
    EditView,
    ExportView,
    FileView,
    MarkView,
    MessageView,
    PinView,
    ReadView,
    ReplayView,
    ReportView,
    SearchView,
)

__all__ = [
    "AnswerView",
    "CreateGroupView",
    "EditView",
    "ExportView",
    "FileView",
    "GroupView",
    "InviteView",
    "LeaveView",
    "MarkView",
    "MessageView",
    "PinView",
    "PlacesView",
    "ReactView",
    "ReadView",
    "RemoveView",
    "ReplayView",
    "ReportView",
    "RoomView",
    "RulesView",
    "SearchView",
    "SendView",
]
