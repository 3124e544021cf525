"""For the person themselves: what this room holds of them."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import User
from apps.chat.models import Group, Message


def messages_of(user: User) -> Iterator[dict[str, Any]]:
    rows = Message.objects.filter(author=user).select_related("room__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {
            "event": row.room.event.slug,
            "room": row.room.owner,
            "at": row.created_at,
            "text": row.text,
            "removed": row.removed,
            "held": row.held,
            "files": [file["name"] for file in row.extras.get("files", ())],
        }


def groups_of(user: User) -> Iterator[dict[str, Any]]:
    for group in Group.objects.filter(members__user=user).select_related("event").order_by("-pk"):
        yield {"event": group.event.slug, "group": group.name}
