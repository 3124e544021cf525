"""What the expo adds to other rooms: its figures, its conversations, and what waits for whom."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.models import User
from apps.chat import registry as chat
from apps.chat.models import Room
from apps.core import clock
from apps.core.words import Number
from apps.events import permissions, registry
from apps.events.models import Event
from apps.events.registry.copying import parts
from apps.events.signals import presence_changed
from apps.exhibitors import broadcasts, selectors, services
from apps.exhibitors.models import Booth, BoothStaff
from apps.live import publish
from apps.media import registry as media

registry.numbers.register("exhibitors", position=50)(selectors.own_numbers)
parts.register(
    "booths",
    label=gettext_lazy("Booths"),
    words=gettext_lazy("As they look; nobody’s contact requests. Logos, films and documents need the files."),
    position=50,
    count=lambda event: Booth.objects.filter(event=event).count(),
)(services.copy_booths)


def booth_of(room: Room) -> Booth | None:
    _kind, _slash, pk = room.owner.partition("/")
    return Booth.objects.select_related("event").filter(event_id=room.event_id, pk=int(pk)).first()


def titles_of(rooms: Sequence[Room]) -> dict[int, str]:
    found = Booth.objects.in_bulk({room.owner_id for room in rooms if room.owner_id})
    return {room.pk: found[room.owner_id].name for room in rooms if room.owner_id in found}


def address_of(room: Room) -> str:
    booth = booth_of(room)
    return booth.get_absolute_url() if booth else ""


def works_there(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    """The hosts of a booth's conversation are its staff, not those of other booths."""
    return "exhibitor" in roles and BoothStaff.objects.filter(booth=room.owner_id, user=user_id).exists()


def may_read_booth(room: Room, user_id: int | None, roles: frozenset[str]) -> bool:
    return chat.may_attend(room, user_id, roles) and permissions.may_enter_expo(roles)


chat.owner_kind(
    "booth", may_read=may_read_booth, hosts=works_there, host_role="exhibitor", titles=titles_of, address=address_of
)


media.guard_files(selectors.may_have_file)


@receiver(presence_changed, sender=Event)
def tell_booths(sender: Any, event_id: int, user_ids: Sequence[int], **_kwargs: Any) -> None:
    """A booth says which of its staff are at the event, wherever they are in it."""
    for booth_id in selectors.booths_staffed_by(event_id, user_ids):
        publish.state(event_id, broadcasts.presence(booth_id))


@registry.next_for_you.register("exhibitors")
def entries(event: Event, user: User, roles: frozenset[str]) -> Iterable[registry.Entry]:
    """Answers of booths to this person, and, for those who work at one, who waits there."""
    for request in selectors.news_of(event, user):
        by = request.answered_by.get_short_name() if request.answered_by else request.booth.name
        yield registry.Entry(
            rank=registry.REPLY,
            at=request.handled_at or request.created_at,
            icon="expo",
            when=gettext_lazy("Booth reply"),
            title=_("%(name)s at %(booth)s answered you") % {"name": by, "booth": request.booth.name},
            url=f"{request.booth.get_absolute_url()}#asked",
            why=f"“{request.answer[:120]}”",
        )
    if "exhibitor" not in roles:
        return
    for booth in selectors.waiting_at(event, user):
        count = booth.waiting  # type: ignore[attr-defined]
        people = ngettext("One person waits for an answer", "%(count)s people wait for an answer", count)
        yield registry.Entry(
            rank=registry.REPLY,
            at=clock.now(),
            icon="mail",
            when=booth.name,
            title=people % {"count": Number(count)},
            url=reverse("exhibitors:desk", args=[event.slug, booth.slug]),
            why=_("You are at this booth."),
        )
