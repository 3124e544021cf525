"""What happens at booths: somebody asks, somebody answers, people are put on the staff."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain, count
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.audit import services as audit
from apps.audit.models import Entry
from apps.core import clock
from apps.core.errors import Refused
from apps.core.rows import hold_named, hold_row
from apps.events import services as events
from apps.events.models import Event, EventRole
from apps.events.registry.copying import Copy
from apps.exhibitors.models import Booth, BoothDocument, BoothStaff, ContactRequest
from apps.media.models import Asset
from apps.notifications import services as notifications

PICTURES = ("logo", "cover", "film")
MOST_BOOTHS = 2000
MOST_ADDRESS = 80
MOST_POSITION = 32_767
MOST_OPEN_REQUESTS = 5
"""How many unanswered requests one person may have at one booth."""


@transaction.atomic
def request_contact(booth: Booth, *, user: User, name: str, email: str, company: str, message: str) -> ContactRequest:
    """Somebody asks a booth to write to them. Its staff get a mail each, with the person as the reply address."""
    # One person's requests to one booth take turns, so that the limit holds for two windows too.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    waiting = booth.contact_requests.filter(user=user, handled_at__isnull=True).count()
    if waiting >= MOST_OPEN_REQUESTS:
        raise Refused(
            "contact.enough",
            gettext_lazy("You have asked this booth several times already. They see all of it; wait for an answer."),
        )
    request = ContactRequest.objects.create(
        booth=booth, user=user, name=name, email=email, company=company, message=message
    )
    for member in booth.staff.select_related("user"):
        _owe_mail_of_request(request, to=member.user)
    return request


@transaction.atomic
def answer(request: ContactRequest, *, by: User, text: str = "") -> None:
    """Answers a request, or lays it aside (no text). Refused where somebody else was quicker."""
    done = ContactRequest.objects.filter(pk=request.pk, handled_at__isnull=True).update(
        handled_at=clock.now(), answered_by=by, answer=text
    )
    if not done:
        raise Refused(
            "contact.handled",
            gettext_lazy("Somebody of your booth has handled this already. Your text was not sent; it is under Done."),
        )
    request.refresh_from_db()
    _keep(request, before=(None, None, ""), after=(request.handled_at, by.pk, text))
    if text:
        _owe_mail_of_answer(request, by=by)


@transaction.atomic
def reopen(request: ContactRequest) -> None:
    """Puts a request that was laid aside back among those that wait; what was answered stays answered."""
    laid_aside = ContactRequest.objects.filter(pk=request.pk, answer="", handled_at__isnull=False)
    if laid_aside.update(handled_at=None, answered_by=None):
        _keep(request, before=(request.handled_at, request.answered_by_id, ""), after=(None, None, ""))


def withdraw(request: ContactRequest) -> None:
    """Whoever asked takes it back while it waits: nobody reads it any more. Raises Refused where somebody answered it,
    or laid it aside, meanwhile."""
    gone, _by_model = ContactRequest.objects.filter(pk=request.pk, handled_at__isnull=True).delete()
    if not gone and ContactRequest.objects.filter(pk=request.pk).exists():
        raise Refused("contact.handled_before", gettext_lazy("The booth has seen to this already. It stays with them."))


@transaction.atomic
def remove_request(request: ContactRequest) -> None:
    """Deletes it for good, in the name of one of the staff."""
    event, before = request.booth.event, _side((request.handled_at, request.answered_by_id, request.answer))
    audit.record(
        str(request),
        thing=request,
        kind=Entry.Kind.DELETED,
        event_id=event.pk,
        organisation_id=event.organisation_id,
        before=before,
    )
    request.delete()


Handled = tuple[datetime | None, int | None, str]


def _keep(request: ContactRequest, *, before: Handled, after: Handled) -> None:
    """For the audit log: what the staff of a booth did. The table is not watched, since most of it is what visitors
    write."""
    event = request.booth.event
    audit.record(
        str(request),
        thing=request,
        kind=Entry.Kind.CHANGED,
        event_id=event.pk,
        organisation_id=event.organisation_id,
        before=_side(before),
        after=_side(after),
    )


def _side(handled: Handled) -> dict[str, Any]:
    at, by, answer = handled
    return {"handled_at": at.isoformat() if at else None, "answered_by_id": by, "answer": answer}


@transaction.atomic
def add_staff(booth: Booth, *, user: User) -> None:
    """Puts a person on a booth's staff; they become an exhibitor of the event. Raises Refused for who is banned."""
    BoothStaff.objects.get_or_create(booth=booth, user=user)
    try:
        events.grant_role(booth.event, user=user, role=EventRole.Role.EXHIBITOR)
    except Refused as refused:
        words = {"name": str(user), "message": refused.message}
        raise Refused(refused.code, gettext_lazy("%(name)s: %(message)s"), values=words) from refused


@transaction.atomic
def save_booth(
    booth: Booth,
    *,
    changed: Collection[str] | None = None,
    staff: Sequence[User] | None = None,
    documents: Sequence[Asset] | None = None,
) -> None:
    """A new one, behind those that are there and with an address where it has none; or of one that is there what was
    `changed`. `staff` and `documents` take the place of those there; whoever is taken off it stays an exhibitor. Raises
    Refused where the expo is full, where the address is another's, where somebody of the staff is banned, and where it
    was deleted meanwhile."""
    events.hold_people(staff or ())
    # The event before its rows, so that two at once are counted, have an address each, and write its lines in turn.
    check_count(booth.event, 0 if booth.pk is not None else 1)
    if booth.pk is not None:
        hold_row(booth, gone="booth.gone", whole="slug" in (changed or ()))
    else:
        there = Booth.objects.filter(event=booth.event_id)
        booth.slug = booth.slug or _free(booth.name, {*there.values_list("slug", flat=True)})
    pictures = [getattr(booth, name) for name in PICTURES if changed is None or name in changed]
    hold_named([asset for asset in pictures if asset], gone="booth.part_gone")
    try:
        with transaction.atomic():
            booth.save(update_fields=None if booth.pk is None else {*(changed or ())})
    except IntegrityError as error:
        if Booth.objects.filter(event=booth.event_id, slug=booth.slug).exclude(pk=booth.pk).exists():
            words = gettext_lazy("Another booth has this address. Choose another.")
            raise Refused("booth.slug_taken", words, field="slug") from error
        raise
    if staff is not None:
        booth.staff.exclude(user__in=staff).delete()
        there = {*booth.staff.values_list("user_id", flat=True)}
        for user in staff:
            if user.pk not in there:  # whose role was taken away meanwhile has it back by nobody's wish
                add_staff(booth, user=user)
    if documents is not None:
        hold_named(documents, gone="booth.part_gone", field="documents")
        booth.documents.exclude(asset__in=documents).delete()
        for position, asset in enumerate(documents):
            _show(booth, asset, position=position)


def remove_booth(booth: Booth) -> None:
    booth.delete()


def _show(booth: Booth, asset: Asset, *, position: int) -> None:
    if not booth.documents.filter(asset=asset).update(position=position):
        BoothDocument.objects.create(booth=booth, asset=asset, position=position)


def check_count(event: Event, new: int) -> None:
    """Raises Refused where so many more booths would be too many. The event is held: two at once are counted."""
    held = hold_row(event, gone="event.gone")
    if new and held.booths.count() + new > MOST_BOOTHS:
        words = gettext_lazy("An expo has up to %(most)s booths.")
        raise Refused("booth.too_many", words, values={"most": MOST_BOOTHS})


@transaction.atomic
def bring_booths(event: Event, rows: Sequence[Mapping[str, Any]]) -> int:
    """All booths of a table, or none: `rows` say name, tagline, description, website, is_published. They stand behind
    those that are there. Raises Refused where a name was taken meanwhile."""
    check_count(event, len(rows))  # names are no constraint: two files take turns, too
    there = list(event.booths.values_list("name", "slug", "position"))
    names, taken = {name.casefold() for name, _slug, _at in there}, {slug for _name, slug, _at in there}
    if any(row["name"].casefold() in names for row in rows):
        raise Refused("booth.taken", gettext_lazy("Somebody added one of these booths at this moment. Read it again."))
    last = max((at for _name, _slug, at in there), default=-1)
    booths = []
    for number, row in enumerate(rows, 1):
        slug = _free(row["name"], taken)
        taken.add(slug)
        booths.append(Booth(event=event, slug=slug, position=min(last + number, MOST_POSITION), **row))
    return len(Booth.objects.bulk_create(booths))


def publish_booths(booths: QuerySet[Booth], *, is_published: bool) -> int:
    """Shows them in the expo, or takes them out of it; how many were not so before."""
    pks = booths.order_by().values("pk")
    return Booth.objects.filter(pk__in=pks).exclude(is_published=is_published).update(is_published=is_published)


def _free(name: str, taken: set[str]) -> str:
    """An address that no booth of the event has."""
    base = slugify(name)[: MOST_ADDRESS - 6].strip("-_") or "booth"
    further = (f"{base}-{number}" for number in count(2))
    return next(slug for slug in chain([base], further) if slug not in taken)


def copy_booths(copy: Copy) -> None:
    """The booths of an event that is duplicated; their people where roles go along, and nobody's contact requests."""
    booths = copy.rows(Booth.objects.filter(event=copy.source))
    copy.places |= {f"booth/{old}": f"booth/{new}" for old, new in booths.items()}
    copy.rows(BoothDocument.objects.filter(booth__event=copy.source))
    if copy.takes("roles"):
        there = EventRole.objects.filter(event=copy.event, role=EventRole.Role.EXHIBITOR).values("user_id")
        staff = BoothStaff.objects.filter(booth__event=copy.source, user__in=there)
        copy.rows(staff, user=lambda old: old.user_id)


def _owe_mail_of_request(request: ContactRequest, *, to: User) -> None:
    booth = request.booth
    with translation.override(to.language or booth.event.default_language):
        notifications.owe_mail(
            event=booth.event,
            user=to,
            kind="contact_request",
            to=to.email,
            reply_to=request.email,
            subject=_("%(name)s asks %(booth)s something") % {"name": request.name, "booth": booth.name},
            template="exhibitors/mail/request",
            context={"request": request, "booth": booth, "to": to, "site": settings.SITE_URL},
        )


def _owe_mail_of_answer(request: ContactRequest, *, by: User) -> None:
    booth = request.booth
    with translation.override(request.user.language or booth.event.default_language):
        notifications.owe_mail(
            event=booth.event,
            user=request.user,
            kind="contact_answer",
            to=request.email,
            subject=_("%(name)s at %(booth)s answered you") % {"name": by.name, "booth": booth.name},
            template="exhibitors/mail/answer",
            context={"request": request, "booth": booth, "by": by, "site": settings.SITE_URL},
        )
