"""What templates need to draw a room: the component with its words, and text with safe links."""

import json
import re
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.chat import broadcasts, models, permissions, registry, selectors, services
from apps.chat.templatetags import moderation as order
from apps.core import clock, ids, links, plurals
from apps.core.templatetags import ui
from apps.events.models import Event
from apps.live import versions

register = template.Library()


@register.filter
def linked(text: str) -> SafeString:
    return links.linked(text)


@register.simple_tag(takes_context=True)
def said(context: template.Context, message: broadcasts.Message) -> SafeString:
    """The words, with addresses as links and the people they name marked; static/chat/message.js does the same."""
    person = context.get("person")
    me = person.pk if person else None
    by_name = {named.name.lower(): named.id for named in message.mentions}
    if not by_name:
        return links.linked(message.text)
    names = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
    pattern = re.compile(rf"(@(?:{names})(?!\w))", re.IGNORECASE)
    done: list[SafeString] = []
    for words, is_address in links.parts(message.text):
        if is_address:
            done.append(links.linked(words))
            continue
        for piece in pattern.split(words):
            user_id = by_name.get(piece[1:].lower()) if piece.startswith("@") else None
            if user_id is None:
                done.append(conditional_escape(piece))
            else:
                mine = " me-named" if user_id == me else ""
                done.append(format_html('<span class="named{}">{}</span>', mine, piece))
    return SafeString("".join(done))


@register.simple_tag(takes_context=True)
def reacts(context: template.Context, message: broadcasts.Message) -> SafeString:
    """The reactions that a message got, each a button of the room's form."""
    counts = (context.get("marks") or {}).get(str(message.id), {})
    mine = (context.get("mine") or {}).get(str(message.id), ())
    room_id = context["room"].pk
    buttons = [
        format_html(
            '<button type="submit" class="react" form="mark-{}" name="mark" value="{} {}" data-mark="{}" '
            'aria-pressed="{}" aria-label="{}, {}">{}{}</button>',
            *(room_id, message.id, kind, kind, "true" if kind in mine else "false", name, counts[kind]),
            *(ui.icon(icon), counts[kind]),
        )
        for kind, (name, icon) in reaction_names().items()
        if counts.get(kind)
    ]
    return SafeString("".join(buttons))


@register.simple_tag(takes_context=True)
def react_button(context: template.Context, message: broadcasts.Message, kind: str) -> SafeString:
    """One reaction to give or take back, on the message's own page."""
    name, icon = reaction_names()[kind]
    mine = (context.get("mine") or {}).get(str(message.id), ())
    return format_html(
        '<button type="submit" class="btn quiet" form="mark-{}" name="mark" value="{} {}" aria-pressed="{}">'
        "{}{}</button>",
        *(context["room"].pk, message.id, kind, "true" if kind in mine else "false", ui.icon(icon), name),
    )


@register.filter
def kilobytes(size: int) -> int:
    return max(1, round(size / 1024))


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
    return {
        "author": _("Taken back by its author"),
        "moderator": _("Removed by a moderator"),
        "reports": _("Reported, and hidden until a moderator looks"),
    }


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
            "takeBack": _("Take it back"),
            "somebody": _("Somebody who has left"),
            "pending": _("Kept, sent when you are back"),
            "failed": _("Not sent."),
            "new": plurals.forms(lambda n: ngettext("%(count)s new message", "%(count)s new messages", n)),
            "said": _("%(name)s: %(text)s"),
            "gone": _("These messages could not be loaded. Try again."),
            "newest": _("To the newest messages"),
            "left": _("%(count)s characters left"),
            "copied": _("The link to the message is copied."),
            "tooManyFiles": _("A message takes at most four files. Send the others next."),
            "fileFailed": _("The file could not be sent. Take it out, and try again."),
            "fileReady": _("%(name)s is attached."),
            "named": _("%(name)s named you"),
            "look": _("Look"),
            "found": plurals.forms(lambda n: ngettext("%(count)s message found", "%(count)s messages found", n)),
            "nothing": _("Nothing was said with these words."),
            "was": _("Before:"),
            "tookAway": _("%(name)s took it away. It said:"),
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
        edited=clock.now(),
    )


@register.inclusion_tag("chat/room.html", takes_context=True)
def chat_room(
    context: template.Context, room: models.Room, snapshot: broadcasts.Snapshot, **extra: Any
) -> dict[str, Any]:
    """The whole conversation. `next` is where forms lead back to; `error`, `text` and `kept` (its
    files) are of a refused message."""
    person, roles = context.get("person"), context.get("roles") or frozenset()
    user_id = person.pk if person else None
    version = versions.read()
    bar, is_shut_out = order.what_bars(room, user_id, roles)
    if is_shut_out:
        snapshot = broadcasts.Snapshot(room.pk, snapshot.seq, snapshot.rules, [], earlier=False)
    ids_shown = [message.id for message in snapshot.messages]
    read = selectors.read_to(room, user_id)
    replying = extra.get("replying")
    return {
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
        "event": context["event"],
        "person": person,
        "room": room,
        "snapshot": snapshot,
        "version": version,
        "marks": selectors.marks_of(ids_shown),
        "mine": selectors.own_marks(ids_shown, user_id),
        "read": read,
        "first_new": first_new(snapshot, read, user_id),
        "pinned": snapshot.pinned if snapshot.pinned and not snapshot.pinned.removed else None,
        "can_write": registry.may_write(room, user_id, roles),
        "bars_writing": bar,
        "can_moderate": permissions.can_moderate(roles),
        "command_id": ids.new_token(12),
        "reply": next((message for message in snapshot.messages if message.id == replying), None),
        "next": extra.get("next", ""),
        "error": extra.get("error", ""),
        "text": extra.get("text", ""),
        "kept": extra.get("kept") or (),
        **_of_place(context["event"], room),
        **_of_every_room(),
    }


def _of_place(event: Event, room: models.Room) -> dict[str, Any]:
    """Where the room's page, files and messages are, and whether there is a film to go to from a message."""
    kind = registry.kind_of(room)
    address = reverse("chat:room", args=[event.slug, room.pk])
    return {
        "topic": broadcasts.topic(room.pk),
        "has_recording": kind.recorded_from is not None and kind.recorded_from(room) is not None,
        "address": address,
        "files_at": f"{address}files/",
        "api": reverse("api:chat-room", args=[event.slug, room.pk]),
    }


def _of_every_room() -> dict[str, Any]:
    return {
        "reactions": [{"kind": kind, "name": name, "icon": icon} for kind, (name, icon) in reaction_names().items()],
        "most_chars": services.MOST_CHARS,
        "blank": _blank(),
        "words": _script_words(),
    }


def first_new(snapshot: broadcasts.Snapshot, read: int, user_id: int | None) -> int | None:
    """The message above which "New" stands: the first of others that this person has not read, after one they have."""
    if not read:
        return None
    fresh = (m for m in snapshot.messages if (m.seq or 0) > read and (m.author is None or m.author.id != user_id))
    return next((message.id for message in fresh), None)


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
