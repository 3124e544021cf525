"""Taking messages away."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.chat import broadcasts, permissions, registry
from apps.chat.models import Change, Message
from apps.chat.services.changes import log_change
from apps.core.errors import Refused


@transaction.atomic
def remove_message(
    *, event_id: int, room_id: int, message_id: int, user_id: int, roles: frozenset[str]
) -> broadcasts.Removed:
    """Takes a message away from everybody; its place stays. Done twice, it is answered."""
    found = Message.objects.filter(pk=message_id, room=room_id, room__event=event_id)
    message = found.select_related("room").first()
    if message is None or not registry.may_read(message.room, user_id, roles):
        raise Refused("chat.message_unknown", _("This message does not exist (any more)."), status=404)
    if not permissions.can_remove(message, user_id, roles):
        raise Refused("chat.not_yours", _("Only its author and moderators can remove a message."), status=403)
    by = Message.Removed.BY_AUTHOR if message.author_id == user_id else Message.Removed.BY_MODERATOR
    if not Message.objects.filter(pk=message_id, removed="").update(removed=by):
        message.refresh_from_db(fields=["removed"])
        return broadcasts.Removed(id=message.pk, by=message.removed)
    change = log_change(message.room, Change.Kind.REMOVED, value={"by": by.value}, user_id=user_id, message=message)
    return broadcasts.Removed(id=message.pk, by=change.value["by"])
