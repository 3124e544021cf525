"""For the person themselves: what this room holds of them."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import User
from apps.chat.models import Attachment, Group, Mark, Mention, Message, Reading, Report, Sanction


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


def files_of(user: User) -> Iterator[dict[str, Any]]:
    rows = Attachment.objects.filter(by=user).select_related("room__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {
            "event": row.room.event.slug,
            "room": row.room.owner,
            "name": row.name,
            "description": row.alt,
            "bytes": row.size,
            "at": row.created_at,
        }


def marks_of(user: User) -> Iterator[dict[str, Any]]:
    """Their reactions, without the words of others."""
    rows = Mark.objects.filter(user=user).select_related("message__room__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        room = row.message.room
        yield {"event": room.event.slug, "room": room.owner, "message": row.message_id, "mark": row.kind}


def mentions_of(user: User) -> Iterator[dict[str, Any]]:
    """Where others named them; what they said is theirs."""
    rows = Mention.objects.filter(user=user).select_related("message__room__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        room = row.message.room
        yield {"event": room.event.slug, "room": room.owner, "at": row.message.created_at, "seen": row.seen_at}


def readings_of(user: User) -> Iterator[dict[str, Any]]:
    rows = Reading.objects.filter(user=user).select_related("room__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {"event": row.room.event.slug, "room": row.room.owner, "read_until": row.seq, "at": row.at}


def reports_by(user: User) -> Iterator[dict[str, Any]]:
    rows = Report.objects.filter(by=user).select_related("message__room__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {
            "event": row.message.room.event.slug,
            "reason": row.reason,
            "text": row.text,
            "state": row.state,
            "at": row.created_at,
        }


def bars_told(user: User) -> Iterator[dict[str, Any]]:
    """Why, moderators wrote for themselves."""
    for row in Sanction.objects.filter(user=user).select_related("event").order_by("-pk"):
        yield {
            "event": row.event.slug,
            "what": row.kind,
            "since": row.created_at,
            "until": row.until,
            "lifted": row.lifted_at,
        }
