"""What templates need to draw a room: the component with its words, and text with safe links."""

import json
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.chat import broadcasts, models, permissions, registry
from apps.core import clock, ids, links, plurals
from apps.core.templatetags import ui

register = template.Library()


@register.filter
def linked(text: str) -> SafeString:
    return links.linked(text)


@dataclass(frozen=True, slots=True)
class _Person:
    """An author in the words of the `face` tag."""

    pk: int
    name: str
    photo_url: str


@register.simple_tag
def author_face(author: broadcasts.Author | None) -> SafeString:
    return ui.face(_Person(author.id, author.name, author.photo) if author else _Person(0, "", ""))


@register.filter
def role_name(role: str) -> str:
    return role_names().get(role, "")


def role_names() -> dict[str, str]:
    return {
        "organiser": _("Organiser"),
        "moderator": _("Moderator"),
        "speaker": _("Speaker"),
        "exhibitor": _("Exhibitor"),
    }


def removed_names() -> dict[str, str]:
    return {"author": _("Taken back by its author"), "moderator": _("Removed by a moderator")}


@register.filter
def removed_name(removed: str) -> str:
    return removed_names().get(removed, "")


def reaction_names() -> dict[str, tuple[str, str]]:
    """By kind: what it is called, and its icon."""
    return {
        "applause": (_("Applause"), "hand"),
        "heart": (_("Like"), "heart"),
        "idea": (_("Good point"), "bulb"),
        "laugh": (_("Laugh"), "laugh"),
        "wow": (_("Wow"), "wow"),
    }


def _script_words() -> str:
    """What the page's script says itself."""
    return json.dumps(
        {
            "you": _("You"),
            "roles": role_names(),
            "removed": removed_names(),
            "somebody": _("Somebody who has left"),
            "pending": _("Kept, sent when you are back"),
            "failed": _("Not sent."),
            "new": plurals.forms(lambda n: ngettext("%(count)s new message", "%(count)s new messages", n)),
            "sampled": _("Stored. The room is so lively that others see only a part of all messages."),
            "closed": _("This conversation is closed. You can still read it."),
            "wait": _("You can send again in %(seconds)s s."),
            "said": _("%(name)s: %(text)s"),
            "gone": _("Older messages could not be loaded. Try again."),
        },
        ensure_ascii=False,
    )


def _blank() -> broadcasts.Message:
    """A message with every part, from which the script builds others."""
    return broadcasts.Message(
        id=0,
        seq=0,
        author=broadcasts.Author(0, "-", ""),
        role="speaker",
        text="-",
        at=clock.now(),
        reply=broadcasts.Quote(0, "-", "-"),
        removed="",
    )


@register.inclusion_tag("chat/room.html", takes_context=True)
def chat_room(
    context: template.Context, room: models.Room, snapshot: broadcasts.Snapshot, **extra: Any
) -> dict[str, Any]:
    """The whole conversation. `next` is where forms lead back to; `error` and `text` are of a refused message."""
    person, roles = context.get("person"), context.get("roles") or frozenset()
    user_id = person.pk if person else None
    event = context["event"]
    replying = extra.get("replying")
    return {
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
        "event": event,
        "person": person,
        "room": room,
        "snapshot": snapshot,
        "topic": broadcasts.topic(room.pk),
        "blank": _blank(),
        "words": _script_words(),
        "can_write": registry.may_write(room, user_id, roles),
        "can_moderate": permissions.can_moderate(roles),
        "command_id": ids.new_token(12),
        "api": reverse("api:chat-room", args=[event.slug, room.pk]),
        "reply": next((message for message in snapshot.messages if message.id == replying), None),
        "next": extra.get("next", ""),
        "error": extra.get("error", ""),
        "text": extra.get("text", ""),
    }


@register.inclusion_tag("chat/reactions.html", takes_context=True)
def stage_reactions(
    context: template.Context, room: models.Room, counts: dict[str, int], version: int, **extra: Any
) -> dict[str, Any]:
    """The row of reactions. `over` is the id of the element in which they float up (the stage)."""
    return {
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
        "event": context["event"],
        "person": context.get("person"),
        "room": room,
        "topic": broadcasts.reactions_topic(room.pk),
        "version": version,
        "reactions": [
            {"kind": kind, "name": name, "icon": icon, "count": counts.get(kind, 0)}
            for kind, (name, icon) in reaction_names().items()
        ],
        "over": extra.get("over", ""),
        "next": extra.get("next", ""),
    }
