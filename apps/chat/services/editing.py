"""Changing one's own words for a while, and pinning a message above the conversation."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.chat import broadcasts, registry, selectors
from apps.chat.models import Act, Change, Message, Room, Wording
from apps.chat.services import mentioning
from apps.chat.services.changes import log_change
from apps.chat.services.plain import plain
from apps.chat.services.recording import Actor, done_before, record
from apps.chat.services.rules import judge_change
from apps.chat.services.telling import tell_of_words
from apps.core import clock
from apps.core.errors import Refused

EDIT_FOR = timedelta(minutes=15)
MOST_WORDINGS = 20


def _locked(actor: Actor, room_id: int, message_id: int) -> Message:
    """The message, for somebody who may read its room; nobody else changes it before the transaction ends."""
    rows = Message.objects.filter(pk=message_id, room=room_id, room__event=actor.event_id)
    message = rows.select_related("room", "author", "reply_to__author").select_for_update(of=("self",)).first()
    if message is None or not registry.may_read(message.room, actor.user_id, actor.roles):
        raise Refused("chat.message_unknown", _("This message does not exist (any more)."), status=404)
    return message


@transaction.atomic
def edit_message(actor: Actor, *, room_id: int, message_id: int, text: str) -> broadcasts.Edited:
    """Puts other words in the place of one's own, for a quarter of an hour. What they were stays for moderators."""
    message = _locked(actor, room_id, message_id)
    if message.author is None or message.author_id != actor.user_id:
        raise Refused("chat.not_yours", _("Only its author can change a message."), status=403)
    if message.removed or message.held:
        raise Refused("chat.message_gone", _("This message is not shown, so it cannot be changed. Write a new one."))
    now = clock.now()
    if now - message.created_at > EDIT_FOR:
        raise Refused(
            "chat.too_late",
            _("A message can be changed for %(minutes)s minutes. Write a new one, or take this one back."),
            values={"minutes": EDIT_FOR // timedelta(minutes=1)},
        )
    words = plain(text, may_be_empty=bool(message.extras.get("files")))
    if words != message.text:
        if message.wordings.count() >= MOST_WORDINGS:
            raise Refused("chat.too_often", _("This message was changed very often already. Write a new one."))
        judge_change(message.room, message.author, actor.roles, words, now)
        Wording.objects.create(message=message, text=message.text, until=now)
        message.text, message.edited_at = words, now
        mentioning.name_people([message])
        message.save(update_fields=["text", "edited_at", "extras"])
        mentioning.keep([message])
        mentioning.forget(message)
        _tell(message, actor.user_id)
    return broadcasts.Edited(
        id=message.pk, text=message.text, at=message.edited_at or now, mentions=broadcasts.mentions_of(message)
    )


def _tell(message: Message, user_id: int | None) -> None:
    if message.seq is not None:
        log_change(message.room, Change.Kind.EDITED, value={}, user_id=user_id, message=message)
    tell_of_words(message.room.event_id, [message.pk])


@transaction.atomic
def pin_message(actor: Actor, *, room_id: int, message_id: int | None) -> broadcasts.Pinned:
    """One message stands above the conversation; None takes it down. Pinned again, it is taken down too."""
    actor.must_moderate()
    if done := done_before(actor):
        pinned = done.message if done.kind == Act.Kind.PIN else None
        return broadcasts.Pinned(broadcasts.message_entry(pinned) if pinned else None)
    message = _locked(actor, room_id, message_id) if message_id else None
    if message is not None and (message.removed or message.seq is None):
        raise Refused("chat.message_gone", _("This message is not shown to everybody, so it cannot be pinned."))
    room = Room.objects.select_for_update(no_key=True).filter(pk=room_id, event=actor.event_id).first()
    if room is None:
        raise selectors.unknown()
    wanted = None if message is None or room.pinned_id == message.pk else message
    before = room.pinned
    if before != wanted:
        room.pinned = wanted
        room.save(update_fields=["pinned"])
        log_change(room, Change.Kind.PINNED, value={}, user_id=actor.user_id, message=wanted)
        kind = Act.Kind.PIN if wanted else Act.Kind.UNPIN
        record(actor, kind, person_id=wanted.author_id if wanted else None, room=room, message=wanted or before)
    return broadcasts.Pinned(broadcasts.message_entry(wanted) if wanted else None)
