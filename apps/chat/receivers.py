"""What chat adds to other rooms: closed groups as owners of rooms, and where somebody was named or asked in."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.chat import registry, selectors
from apps.chat.models import Room
from apps.core import clock
from apps.events.models import Event
from apps.events.registry import REPLY, Entry, next_for_you

MOST_ENTRIES = 3


def may_read_group(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    return user_id is not None and room.owner_id is not None and selectors.is_member(room.owner_id, user_id)


registry.owner_kind("group", may_read=may_read_group, titles=selectors.group_titles)


@next_for_you.register("chat")
def entries(event: Event, user: User, roles: frozenset[str]) -> Iterable[Entry]:
    for invitation in selectors.invitations(event, user)[:MOST_ENTRIES]:
        by = invitation.invited_by.get_short_name() if invitation.invited_by else ""
        yield Entry(
            rank=REPLY,
            at=invitation.invited_at,
            icon="people",
            when=gettext_lazy("Invitation"),
            title=_("%(name)s asks you into “%(group)s”") % {"name": by, "group": invitation.group.name},
            url=reverse("chat:places", args=[event.slug]),
            action=gettext_lazy("Answer"),
        )
    for mention in selectors.mentions(event.pk, user.pk).newest[:MOST_ENTRIES]:
        yield Entry(
            rank=REPLY,
            at=min(mention.at, clock.now()),
            icon="chat",
            when=gettext_lazy("You were named"),
            title=_("%(name)s named you") % {"name": mention.name or _("Somebody")},
            url=reverse("chat:message", args=[event.slug, mention.room, mention.message]),
            why=f"“{mention.text}”",
        )
