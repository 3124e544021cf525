"""Reads of the expo: booths, who is at them, what they brought, and what people asked them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import broadcasts as event_broadcasts
from apps.events import selectors as events
from apps.events.models import Event
from apps.events.permissions import may_enter_expo
from apps.events.registry import Number
from apps.exhibitors import broadcasts, permissions
from apps.exhibitors.models import Booth, BoothDocument, BoothStaff, ContactRequest
from apps.live import presence
from apps.media import selectors as media
from apps.media.models import Asset
from apps.media.permissions import can_download

BOOTHS_A_PAGE = 48
REPLY_IS_NEWS = timedelta(hours=36)
MOST_EXPORTED = 20_000


def booths(event: Event, *, search: str = "") -> "QuerySet[Booth]":
    """The expo's booths with their people and signs; `search` looks into name, tagline and description. None where the
    event goes without an expo."""
    if not event.has(Event.Part.EXPO):
        return Booth.objects.none()
    found = event.booths.filter(is_published=True).select_related("logo", "event")
    if search:
        words = Q()
        for word in search.split()[:6]:
            words &= Q(name__icontains=word) | Q(tagline__icontains=word) | Q(description__icontains=word)
        found = found.filter(words)
    return found.prefetch_related(Prefetch("staff", _shown_staff()))


def _shown_staff() -> "QuerySet[BoothStaff]":
    """Without those who were put there and never came: their names are theirs to show."""
    never_came = Exists(events.unmet("booth__event__organisation", "user"))
    return BoothStaff.objects.exclude(never_came).select_related("user").order_by("pk")


def with_people(event: Event, found: Sequence[Booth]) -> list[Booth]:
    """The same booths, each with `here`: those of its staff who are at the event now."""
    people = {member.user_id for booth in found for member in booth.staff.all()}
    present = presence.among(event.pk, event_broadcasts.HERE, people)
    for booth in found:
        booth.here = [member.user for member in booth.staff.all() if member.user_id in present]  # type: ignore[attr-defined]
        booth.sign = media.image_url(booth.logo)  # type: ignore[attr-defined]
    return list(found)


def booth_by_slug(event: Event, slug: str) -> Booth | None:
    """The booth with everything its page shows, published or not; None where the event goes without an expo."""
    if not event.has(Event.Part.EXPO):
        return None
    ready = {"asset__state": Asset.State.READY, "asset__deleted_at": None}
    documents = BoothDocument.objects.select_related("asset__event", "asset__pages").filter(**ready)
    return (
        event.booths.filter(slug=slug)
        .select_related("event", "logo", "cover", "film__encoding", "film__event")
        .prefetch_related(Prefetch("staff", _shown_staff()))
        .prefetch_related(Prefetch("documents", documents))
        .first()
    )


def next_booth(booth: Booth) -> Booth | None:
    """The next door, in the expo's order; after the last one the first again."""
    others = booth.event.booths.filter(is_published=True).exclude(pk=booth.pk).select_related("event")
    later = Q(position__gt=booth.position) | Q(position=booth.position, name__gt=booth.name)
    return others.filter(later).order_by("position", "name").first() or others.order_by("position", "name").first()


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    form: str
    """What it is, as people call it: PDF, DOCX."""
    size: int
    url: str
    """Empty where the reader may look at its pages alone."""
    pages: str
    """The address of its pages as pictures; empty where there are none."""


def documents(booth: Booth, roles: frozenset[str]) -> list[Document]:
    """What may be looked at and taken away by somebody with these roles, with the addresses that check who asks."""
    return [
        Document(
            document.asset.title,
            media.ending_of(document.asset.content_type).upper(),
            document.asset.size,
            media.download_url(document.asset) if can_download(document.asset, roles) else "",
            media.pages_url(document.asset),
        )
        for document in booth.documents.all()
    ]


def may_have_file(asset: Asset, user_id: int | None, roles: frozenset[str]) -> Refused | bool:
    """What a booth shows and hands out is for whom the expo is open to, and while the booth is not shown for its own
    people; False where no booth does."""
    booths = Booth.objects.filter(
        Q(film=asset) | Q(pk__in=BoothDocument.objects.filter(asset=asset).values("booth")), event=asset.event_id
    )
    shown = set(booths.values_list("is_published", flat=True))
    if not shown:
        return False
    if True not in shown and not permissions.can_run_expo(roles):
        is_theirs = BoothStaff.objects.filter(booth__in=booths.order_by().values("pk"), user=user_id).exists()
        return is_theirs or permissions.not_shown()
    return may_enter_expo(roles) or permissions.other_ticket()


def here(event_id: int, booth_id: int) -> broadcasts.Here:
    topic = broadcasts.presence(booth_id)
    staff = BoothStaff.objects.filter(booth_id=booth_id, booth__event_id=event_id).values_list("user_id", flat=True)
    present = presence.among(event_id, event_broadcasts.HERE, staff) | presence.among(event_id, topic, staff)
    return broadcasts.Here(presence.about(presence.count(event_id, topic)), sorted(present))


def booths_staffed_by(event_id: int, user_ids: Sequence[int]) -> list[int]:
    """The ids of the booths at which any of these people work."""
    found = BoothStaff.objects.filter(booth__event_id=event_id, user_id__in=user_ids)
    return sorted(set(found.values_list("booth_id", flat=True)))


def booth_topic_exists(event_id: int, booth_id: int) -> bool:
    return Booth.objects.filter(event_id=event_id, pk=booth_id).exists()


# Contact requests -------------------------------------------------------------------------------------------------
def contact_requests(booth: Booth, *, is_handled: bool) -> "QuerySet[ContactRequest]":
    """What people asked this booth: those that wait, the longest first, or those that are done, the newest first."""
    found = booth.contact_requests.select_related("user", "answered_by")
    if is_handled:
        return found.filter(handled_at__isnull=False).order_by("-handled_at", "-pk")
    return found.filter(handled_at__isnull=True).order_by("created_at", "pk")


def contact_request(booth: Booth, pk: int) -> ContactRequest | None:
    return booth.contact_requests.select_related("user", "booth__event").filter(pk=pk).first()


def requests_at(booth: Booth) -> "QuerySet[ContactRequest]":
    return booth.contact_requests.select_related("booth", "answered_by")


def requests_of_event(event: Event) -> "QuerySet[ContactRequest]":
    """Of all booths, shown or not."""
    return ContactRequest.objects.filter(booth__event=event).select_related("booth__event", "answered_by")


def requests_in(event: Event, user: User) -> "QuerySet[ContactRequest]":
    """What this person asked in the event."""
    return requests_of_event(event).filter(user=user)


def requests_where(
    requests: "QuerySet[ContactRequest]", *, is_handled: bool | None = None, booth: str = "", q: str = ""
) -> "QuerySet[ContactRequest]":
    if is_handled is not None:
        requests = requests.filter(handled_at__isnull=not is_handled)
    if booth:
        requests = requests.filter(booth__slug=booth)
    for word in q.split()[:6]:
        named = Q(name__icontains=word) | Q(company__icontains=word) | Q(email__icontains=word)
        requests = requests.filter(named | Q(message__icontains=word))
    return requests


def own_requests(booth: Booth, user: User, *, limit: int = 5) -> list[ContactRequest]:
    """What this person asked the booth, newest first."""
    return list(booth.contact_requests.filter(user=user).select_related("answered_by")[:limit])


def news_of(event: Event, user: User, *, limit: int = 5) -> list[ContactRequest]:
    """Answers of booths that are still news."""
    since = clock.now() - REPLY_IS_NEWS
    found = ContactRequest.objects.filter(user=user, booth__event=event, handled_at__gte=since).exclude(answer="")
    return list(found.select_related("booth__event", "answered_by").order_by("-handled_at")[:limit])


def waiting_at(event: Event, user: User) -> list[Booth]:
    """The booths at which this person works and somebody waits for an answer, each with `waiting`."""
    return list(
        event.booths.filter(staff__user=user, contact_requests__handled_at__isnull=True)
        .annotate(waiting=Count("contact_requests", distinct=True))
        .filter(waiting__gt=0)
        .select_related("event")[:5]
    )


def export_rows(requests: "QuerySet[ContactRequest]") -> Iterable[list[str]]:
    """A table of contact requests: its head, then a row each, at most MOST_EXPORTED of them."""
    yield ["booth", "asked", "name", "email", "company", "message", "answer", "handled"]
    for row in requests.select_related("booth")[:MOST_EXPORTED].iterator():
        handled = row.handled_at.isoformat() if row.handled_at else ""
        cells = [row.booth.name, row.created_at.isoformat(), row.name, row.email, row.company, row.message, row.answer]
        yield [*cells, handled]


# Numbers ------------------------------------------------------------------------------------------------------------
def own_numbers(event: Event) -> Iterable[Number]:
    counts = ContactRequest.objects.filter(booth__event=event).aggregate(
        asked=Count("pk"), open=Count("pk", filter=Q(handled_at__isnull=True))
    )
    requests = reverse("admin:exhibitors_contactrequest_changelist") + f"?booth__event__id__exact={event.pk}"
    booths_list = reverse("admin:exhibitors_booth_changelist") + f"?event__id__exact={event.pk}"
    yield Number(_("Booths"), event.booths.filter(is_published=True).count(), booths_list)
    yield Number(_("Contact requests"), counts["asked"], requests)
    yield Number(_("Waiting for an answer"), counts["open"], f"{requests}&handled_at__isnull=1")


def busiest(event: Event, *, limit: int = 8) -> list[Booth]:
    """The booths with the most contact requests, each with `asked`."""
    return list(
        event.booths.filter(is_published=True)
        .annotate(asked=Count("contact_requests"))
        .order_by(F("asked").desc(), "position", "name")
        .select_related("event")[:limit]
    )


# For the person themselves -------------------------------------------------------------------------------------------
def requests_of(user: User) -> Iterator[dict[str, Any]]:
    rows = ContactRequest.objects.filter(user=user).select_related("booth__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {
            "event": row.booth.event.slug,
            "booth": row.booth.name,
            "at": row.created_at,
            "as": [row.name, row.email, row.company],
            "message": row.message,
            "answer": row.answer,
        }


def booths_of(user: User) -> Iterator[dict[str, Any]]:
    for row in BoothStaff.objects.filter(user=user).select_related("booth__event").order_by("-pk"):
        yield {"event": row.booth.event.slug, "booth": row.booth.name}
