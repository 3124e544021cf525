"""An event's life: made, published, opened, ended, put away."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from apps.accounts.models import User
from apps.core import clock
from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.events import kinds, permissions, selectors, signals
from apps.events.models import Event, Membership, Organisation
from apps.events.services import welcoming
from apps.events.services.addresses import address_taken, at_address
from apps.events.services.people import add_member
from apps.live import publish

MOST_OWNED = 20
"""Organisations of one person that they founded, or own."""
MOST_EVENTS = 5000
"""Of one organisation."""
I18N_FIELDS = {"tagline", "description"}


@transaction.atomic
def create_organisation(*, name: str, owner: User | None = None, slug: str = "") -> Organisation:
    """Raises Refused where the address is taken."""

    def make(address: str) -> Organisation:
        return Organisation.objects.create(name=name, slug=address)

    organisation = at_address(Organisation, slug=slug, name=name, make=make)
    if owner:
        add_member(organisation, user=owner, role=Membership.Role.OWNER)
    return organisation


@transaction.atomic
def found_organisation(by: User, *, name: str, slug: str = "") -> Organisation:
    """Somebody who owns one makes another, or anybody where the platform is open to that, and owns it. Raises Refused
    for who may not, for who owns many already, and where the address is taken."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once are counted
    if not permissions.can_found_organisation(by):
        raise Refused("organisation.not_owner", _("Owners of an organisation may make another one."), status=403)
    if not by.runs_platform and selectors.owned_organisations(by).count() >= MOST_OWNED:
        said = _("You own %(most)s organisations, which is as many as one person may. Leave one of them first.")
        raise Refused("organisation.too_many", said, values={"most": MOST_OWNED}, status=409)
    return create_organisation(name=name, owner=by, slug=slug)


def change_organisation(organisation: Organisation, *, changed: Collection[str]) -> None:
    """Its name or its address. Raises Refused where the address is another's."""
    others = Organisation.objects.filter(slug=organisation.slug).exclude(pk=organisation.pk)
    try:
        with transaction.atomic():
            organisation.save(update_fields={*changed})
    except IntegrityError as error:
        if others.exists():
            raise address_taken(Organisation) from error
        raise


@transaction.atomic
def create_event(
    organisation: Organisation,
    *,
    name: str | LazyI18nString,
    starts_at: datetime,
    ends_at: datetime,
    slug: str = "",
    **details: Any,
) -> Event:
    """A draft of an event; `details` are fields of it. Raises Refused where the address is taken, and where there are
    as many as may be."""
    language = details.setdefault("default_language", "en")
    for field in I18N_FIELDS & details.keys():
        details[field] = _in_language(details[field], language)
    dates = {"starts_at": starts_at, "ends_at": ends_at}
    event = Event(organisation=organisation, name=_in_language(name, language), slug=slug, **dates, **details)
    add_event(event)
    return event


@transaction.atomic
def add_event(event: Event) -> None:
    """Keeps a new one, at the address that it names, or else at one like its name. Raises Refused where the address is
    taken, and where there are as many as may be."""
    check_events(event.organisation)

    def make(address: str) -> None:
        event.slug = address
        event.save(force_insert=True)

    at_address(Event, slug=event.slug, name=str(event.name), make=make)


def check_events(organisation: Organisation) -> None:
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # two at once are counted
    check_room(Event.objects.filter(organisation=organisation), most=MOST_EVENTS, code="event.too_many")


@transaction.atomic
def set_up_event(event: Event) -> None:
    """What a new event of its kind begins with beside its own fields: stages, rules, drafts of polls. Once, when it is
    made; a copy of an event, and one that is imported, bring their own."""
    signals.event_set_up.send(sender=Event, event=event, plan=kinds.plan_of(event))


def _in_language(text: str | LazyI18nString, language: str) -> LazyI18nString:
    return text if isinstance(text, LazyI18nString) else LazyI18nString({language: text})


def publish_event(event: Event) -> None:
    """Shows the event to those who may look, and opens registration. Publishing twice changes nothing."""
    if event.ends_at <= clock.now() and event.state == Event.State.DRAFT:
        raise Refused("event.past", _("Its dates have passed. Set new dates first, then publish."), field="ends_at")
    with transaction.atomic():
        drafts = Event.objects.filter(pk=event.pk, state=Event.State.DRAFT)
        published = drafts.update(state=Event.State.PUBLISHED, published_at=clock.now())
        event.refresh_from_db(fields=["state", "published_at"])
        if published:
            signals.event_published.send(sender=Event, event=event)
            welcoming.welcome_invited(event)


@transaction.atomic
def unpublish_event(event: Event) -> None:
    """Back to a draft, while nobody has come in yet."""
    Event.objects.select_for_update().get(pk=event.pk)  # who registers at this moment is seen, or sees the draft
    if event.registrations.standing().exists():
        raise Refused(
            "event.has_people", _("People have registered, so it cannot be hidden again. End or archive it instead.")
        )
    _move(event, {Event.State.PUBLISHED: Event.State.DRAFT})
    publish.revoke_all(event.pk)


@transaction.atomic
def open_event(event: Event) -> None:
    _move(event, {Event.State.PUBLISHED: Event.State.LIVE, Event.State.ENDED: Event.State.LIVE})


@transaction.atomic
def end_event(event: Event) -> None:
    """Registration closes; everything stays readable for those who took part."""
    _move(event, {Event.State.PUBLISHED: Event.State.ENDED, Event.State.LIVE: Event.State.ENDED})


@transaction.atomic
def archive_event(event: Event) -> None:
    """Only people of the event still see it, and nobody writes in it any more: open sockets end with their epoch."""
    _move(event, {Event.State.ENDED: Event.State.ARCHIVED, Event.State.DRAFT: Event.State.ARCHIVED})
    publish.revoke_all(event.pk)


@transaction.atomic
def restore_event(event: Event) -> None:
    """Out of the archive: to what it was, an event that has ended, or a draft that nobody saw."""
    _move(event, {Event.State.ARCHIVED: Event.State.ENDED if event.published_at else Event.State.DRAFT})


@transaction.atomic
def delete_event(event: Event) -> None:
    """With everything in it, for good: a draft, which nobody has come to. Raises Refused for any other, which is
    archived instead."""
    held = Event.objects.select_for_update().filter(pk=event.pk).first()
    if held is None:
        return
    if held.state != Event.State.DRAFT:
        words = _("Only a draft can be deleted. End and archive this event instead; nothing of it is lost then.")
        raise Refused("event.not_draft", words)
    publish.revoke_all(held.pk)
    held.delete()


def _move(event: Event, allowed: dict[Event.State, Event.State]) -> None:
    for before, after in allowed.items():
        if Event.objects.filter(pk=event.pk, state=before).update(state=after):
            event.state = after
            signals.event_moved.send(sender=Event, event=event)
            return
    event.refresh_from_db(fields=["state"])
    if event.state not in allowed.values():
        raise _not_now()


def _not_now() -> Refused:
    said = _("The event's state changed in the meantime, so this is not possible now. Look at it again.")
    return Refused("event.state", said)


class Stage(NamedTuple):
    """A step of an event's life, and the states in which it can be taken."""

    run: Callable[[Event], None]
    states: tuple[str, ...]


STAGES = {
    "publish": Stage(publish_event, (Event.State.DRAFT,)),
    "open": Stage(open_event, (Event.State.PUBLISHED, Event.State.ENDED)),
    "end": Stage(end_event, (Event.State.PUBLISHED, Event.State.LIVE)),
    "archive": Stage(archive_event, (Event.State.ENDED,)),
    "restore": Stage(restore_event, (Event.State.ARCHIVED,)),
    "unpublish": Stage(unpublish_event, (Event.State.PUBLISHED,)),
}


def stages_of(event: Event) -> list[str]:
    """The steps that can be taken next."""
    return [name for name, stage in STAGES.items() if event.state in stage.states]


def step_event(event: Event, name: str) -> None:
    """Raises Refused for a step that its state does not offer."""
    if event.state not in STAGES[name].states:
        raise _not_now()
    STAGES[name].run(event)


def raise_live_epoch(event_id: int) -> int:
    """Ends the tickets and feed addresses given out before; the new epoch."""
    Event.objects.filter(pk=event_id).update(live_epoch=F("live_epoch") + 1)
    return int(Event.objects.values_list("live_epoch", flat=True).get(pk=event_id))
