"""Who acts, and the record that is kept of it: every act of moderation goes through here."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat import broadcasts, permissions, selectors
from apps.chat.models import Act, Message, Room
from apps.core.errors import Refused
from apps.events import permissions as event_permissions
from apps.live import publish


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something in an event, in which roles. `user_id` None: the platform, by a rule."""

    event_id: int
    user_id: int | None
    roles: frozenset[str]
    command_id: str | None = None
    """The sender's own name for this wish, where there is one: see `done_before`."""

    def must_moderate(self) -> None:
        if not permissions.can_moderate(self.roles):
            raise Refused(
                "chat.not_moderator",
                _("Only moderators can do this. If something is wrong, report the message to them."),
                status=403,
            )


def record(
    actor: Actor,
    kind: Act.Kind,
    *,
    person_id: int | None = None,
    room: Room | None = None,
    message: Message | None = None,
    undoes: Act | None = None,
    **detail: Any,
) -> Act:
    """Adds a line to the record, and tells the moderators that there is something new."""
    act = Act.objects.create(
        event_id=actor.event_id,
        kind=kind,
        by_id=actor.user_id,
        person_id=person_id,
        room=room,
        message=message,
        undoes=undoes,
        detail=detail,
        command_id=actor.command_id,
    )
    tell_moderators(actor.event_id)
    return act


def done_before(actor: Actor) -> Act | None:
    """The act that this very wish became, in whichever process and whatever died meanwhile: a retry is answered with
    it. Of two at once the second fails at the unique column, and finds it when it asks again."""
    if actor.command_id is None or actor.user_id is None:
        return None
    return Act.objects.filter(event=actor.event_id, by=actor.user_id, command_id=actor.command_id).first()


def tell_moderators(event_id: int) -> None:
    publish.state(event_id, broadcasts.MODERATION)


def tell_person(event_id: int, user_id: int | None) -> None:
    """What only this person sees of the event's conversations has changed."""
    if user_id is not None:
        publish.state(event_id, broadcasts.own_topic(user_id))


def tell_barred(event_id: int, user_id: int) -> None:
    """What stands against this person has changed: what they may write, and where they are named that they may read."""
    tell_person(event_id, user_id)
    publish.state(event_id, broadcasts.mentions_topic(user_id))


def person_of(actor: Actor, person_id: int) -> User:
    """Somebody of this event whom moderators may act upon; refused for strangers, for staff and for oneself."""
    actor.must_moderate()
    person = selectors.person_of(actor.event_id, person_id)
    if person is None:
        raise Refused("chat.person_unknown", _("This person has nothing to do with this event."), status=404)
    if not may_be_barred(actor, person):
        raise Refused("chat.person_staff", _("Moderators and organisers cannot be silenced. Talk to each other."))
    return person


def may_be_barred(actor: Actor, person: User) -> bool:
    """Not oneself, and nobody who keeps order too."""
    roles = event_permissions.granted_roles(person, selectors.event_of(actor.event_id))
    return person.pk != actor.user_id and not person.is_superuser and not permissions.can_moderate(roles)
