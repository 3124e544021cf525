"""Chat by pages and forms."""

from apps.chat.views.rooms import ReactView, RemoveView, RoomView, RulesView, SendView

__all__ = ["ReactView", "RemoveView", "RoomView", "RulesView", "SendView"]
