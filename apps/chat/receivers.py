"""What chat adds to other rooms: closed groups as owners of rooms, where somebody was named or asked in, and the rules
that go along when an event is duplicated."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.accounts.signals import account_leaving
from apps.chat import registry, selectors, services
from apps.chat.models import Room, Word
from apps.core import clock
from apps.events.kinds import Plan
from apps.events.models import Event
from apps.events.registry import REPLY, Entry, next_for_you
from apps.events.registry.copying import parts
from apps.events.signals import event_set_up

MOST_ENTRIES = 3


def may_read_group(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    return user_id is not None and room.owner_id is not None and selectors.is_member(room.owner_id, user_id)


def let_into_group(room: Room, people: Mapping[int, frozenset[str]], *, epoch: int | None = None) -> Collection[int]:
    """The same of many, in one query."""
    return selectors.members_among(room.owner_id, people) if room.owner_id is not None else ()


registry.owner_kind("group", may_read=may_read_group, let_in=let_into_group, titles=selectors.group_titles)
parts.register(
    "chat",
    label=gettext_lazy("Rules of the conversations"),
    words=gettext_lazy("Of the lobby and of the places that go along, with the withheld words; nothing that was said."),
    position=90,
    count=lambda event: Room.objects.filter(event=event).count() + Word.objects.filter(event=event).count(),
)(services.copy_rules)


@receiver(event_set_up)
def begin_lobby(sender: Any, event: Event, plan: Plan, **_kwargs: Any) -> None:
    services.begin_room(event, "lobby", plan)


@receiver(account_leaving)
def keep_what_bars_them(user: User, **_kwargs: Any) -> None:
    services.keep_sanctions(user)


@receiver(post_save, sender=User)
def bar_who_was_barred(instance: User, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    if created and not raw:
        services.restore_sanctions(instance)


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
