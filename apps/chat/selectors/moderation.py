"""What moderators read: the queues, people and what stands against them, everything that was said, the record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat import broadcasts, registry
from apps.chat.models import Act, Message, Report, Room, Sanction, Word
from apps.core.errors import Refused
from apps.events.models import Ban, Event, EventRole, Registration, Unmet

QUEUE = 40
STATES = ("all", "unshown", "waiting", "rejected", "removed")


HAD_A_PLACE = (Registration.State.CONFIRMED, Registration.State.CANCELLED)


def event_of(event_id: int) -> Event:
    return Event.objects.get(pk=event_id)


def person_of(event_id: int, person_id: int) -> User | None:
    """Somebody who has a place or a role in the event, or said something in it; nobody else exists here."""
    here = (
        Q(pk__in=Registration.objects.filter(event=event_id, state__in=HAD_A_PLACE).values("user_id"))
        | Q(pk__in=EventRole.objects.filter(event=event_id).values("user_id"))
        | Q(memberships__organisation__events=event_id)
        | Q(pk__in=Message.objects.filter(room__event=event_id, author=person_id).order_by().values("author_id")[:1])
    )
    never_came = Unmet.objects.filter(organisation__events=event_id, user=person_id)
    return User.objects.filter(here, ~Exists(never_came), pk=person_id).distinct().first()


def queue(event_id: int) -> broadcasts.Queue:
    """The value of the moderators' topic."""
    return broadcasts.Queue(
        waiting=waiting(event_id).count(),
        reported=open_reports(event_id).order_by().values("message").distinct().count(),
        act=Act.objects.filter(event=event_id).aggregate(newest=Max("pk"))["newest"] or 0,
    )


def waiting(event_id: int) -> QuerySet[Message]:
    """Held messages, the longest waiting first."""
    held = Message.objects.filter(held=Message.Held.WAITING, removed="", room__event=event_id)
    return held.select_related("author", "room", "reply_to__author").order_by("created_at", "pk")


def open_reports(event_id: int) -> QuerySet[Report]:
    return Report.objects.filter(state=Report.State.OPEN, message__room__event=event_id)


@dataclass(slots=True)
class Reported:
    """A message that somebody reported, with everything that was said about it."""

    message: Message
    reports: list[Report] = field(default_factory=list)

    @property
    def reasons(self) -> list[str]:
        return list(dict.fromkeys(str(report.get_reason_display()) for report in self.reports))


def reported(event_id: int, *, limit: int = QUEUE) -> list[Reported]:
    """What many reported comes first, then what was reported first; a page of it, in two queries."""
    about = Message.objects.filter(reports__state=Report.State.OPEN, room__event=event_id)
    many = about.annotate(many=Count("reports", filter=Q(reports__state=Report.State.OPEN)))
    rows = list(many.select_related("author", "room").order_by("-many", "pk")[:limit])
    found = {message.pk: Reported(message) for message in rows}
    reports = open_reports(event_id).filter(message__in=found).select_related("by").order_by("created_at")
    for report in reports:
        found[report.message_id].reports.append(report)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Barred:
    """One line of the list of people: who, what stands, until when, why."""

    user: User
    kind: str
    until: datetime | None
    since: datetime
    reason: str


def barred(event_id: int, *, limit: int = 200) -> list[Barred]:
    """Everybody against whom something stands, the newest first."""
    sanctions = Sanction.objects.standing().filter(event=event_id).select_related("user")[:limit]
    bans = Ban.objects.standing().filter(event=event_id).select_related("user")[:limit]
    lines = [
        *(Barred(row.user, row.kind, row.until, row.created_at, row.reason) for row in sanctions),
        *(Barred(row.user, Act.Kind.EXPEL.value, None, row.created_at, row.reason) for row in bans),
    ]
    return sorted(lines, key=lambda line: line.since, reverse=True)[:limit]


def standing_of(event_id: int, person: User) -> list[Barred]:
    sanctions = Sanction.objects.standing().filter(event=event_id, user=person)
    bans = Ban.objects.standing().filter(event=event_id, user=person)
    return [
        *(Barred(person, row.kind, row.until, row.created_at, row.reason) for row in sanctions),
        *(Barred(person, Act.Kind.EXPEL.value, None, row.created_at, row.reason) for row in bans),
    ]


def everything(
    event_id: int, *, room: int | None = None, person: int | None = None, state: str = "all", text: str = ""
) -> QuerySet[Message]:
    """What was said, shown or not, newest first."""
    rows = Message.objects.filter(room__event=event_id)
    if room is not None:
        rows = rows.filter(room=room)
    if person is not None:
        rows = rows.filter(author=person)
    if state == "unshown":
        rows = rows.filter(seq=None, held="")
    elif state in Message.Held.values:
        rows = rows.filter(held=state)
    elif state == "removed":
        rows = rows.exclude(removed="")
    if text:
        rows = rows.filter(text__icontains=text)
    return rows.select_related("author", "room").order_by("-created_at", "-pk")


def acts(
    event_id: int, *, kind: str = "", by: int | None = None, person: int | None = None, since: datetime | None = None
) -> QuerySet[Act]:
    """The record, newest first."""
    rows = Act.objects.filter(event=event_id)
    if kind in Act.Kind.values:
        rows = rows.filter(kind=kind)
    if by is not None:
        rows = rows.filter(by=by)
    if person is not None:
        rows = rows.filter(person=person)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    related = ("by", "person", "room", "message", "undoes", "undone_by")
    return rows.select_related(*related).order_by("-created_at", "-pk")


def act_of(event_id: int, act_id: int) -> Act:
    found = acts(event_id).filter(pk=act_id).first()
    if found is None:
        raise Refused("chat.act_unknown", _("The record does not hold this."), status=404)
    return found


def moderators(event_id: int) -> QuerySet[User]:
    """Those who did something, for the filter of the record."""
    return User.objects.filter(pk__in=Act.objects.filter(event=event_id).order_by().values("by")).order_by("name")


def busy_rooms(event_id: int, *, limit: int = 300) -> list[tuple[Room, str, int]]:
    """The event's rooms with their titles and how many messages wait there, the busiest first."""
    said = Message.objects.filter(room=OuterRef("pk"), seq__isnull=False).order_by("-seq")
    found = rooms_of(event_id).annotate(newest=Subquery(said.values("created_at")[:1]))
    rows: Sequence[Any] = list(found.order_by("-waits", F("newest").desc(nulls_last=True), "pk")[:limit])
    titles = registry.titles_of(rows)
    return [(room, titles[room.pk], room.waits) for room in rows]


def rooms_of(event_id: int, *, waits: bool | None = None) -> QuerySet[Any]:
    """The event's rooms, each with how many messages wait there; `waits`: only those where some do, or none."""
    held = _held_in(OuterRef("pk"))
    counted = held.order_by().values("room").annotate(number=Count("pk")).values("number")
    rows = Room.objects.filter(event=event_id).annotate(waits=Coalesce(Subquery(counted), 0))
    if waits is None:
        return rows
    return rows.filter(Exists(held)) if waits else rows.exclude(Exists(held))


def _held_in(room: OuterRef) -> QuerySet[Message]:
    """Those that wait have an index of their own: of a million messages nobody counts more than these."""
    return Message.objects.filter(room=room, held=Message.Held.WAITING, removed="")


def words(event_id: int) -> QuerySet[Word]:
    return Word.objects.filter(event=event_id).order_by("language", "folded")


def pace(event_id: int, room_id: int) -> broadcasts.Pace:
    """When last something was stored in this room without being shown."""
    unshown = Message.objects.filter(room=room_id, room__event=event_id, seq=None, held="", held_for="")
    newest = unshown.order_by("-created_at").values_list("created_at", flat=True).first()
    return broadcasts.Pace(newest)
