"""Which rows an organiser's desk may touch: those of the events that the person runs, whatever the model."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet

from apps.accounts.models import User
from apps.events import selectors
from apps.events.models import (
    Event,
    EventRole,
    MemberInvitation,
    Membership,
    Organisation,
    Registration,
    SignInConnection,
)

OF_ORGANISATION: tuple[type[Model], ...] = (Membership, MemberInvitation, SignInConnection)
"""What an organisation has before it has an event."""


def people_of(events: QuerySet[Event]) -> QuerySet[User]:
    return User.objects.filter(takes_part(events))


def takes_part(events: QuerySet[Event]) -> Q:
    """Everybody who has a place or a role in these events, or is a member of the organisations behind them."""
    places = Registration.objects.filter(event__in=events).order_by().values("user_id")
    roles = EventRole.objects.filter(event__in=events).values("user_id")
    members = Membership.objects.filter(organisation__events__in=events).values("user_id")
    return Q(pk__in=places) | Q(pk__in=roles) | Q(pk__in=members)


def organisations_of(user: User) -> QuerySet[Organisation]:
    if user.runs_platform:
        return Organisation.objects.all()
    return Organisation.objects.filter(memberships__user=user)


def event_path(model: type[Model], site: AdminSite) -> str | None:
    """How the model's rows lead to their event, as a lookup: its admin says so, or it has an `event` of its own."""
    declared = getattr(site._registry.get(model), "event_path", None)
    if declared:
        return str(declared)
    try:
        found = model._meta.get_field("event")
    except FieldDoesNotExist:
        return None
    return "event" if found.related_model is Event else None


def rows(model: type[Model], user: User, site: AdminSite, *, event_id: int | None = None) -> QuerySet[Any]:
    """The rows of a model that this person may choose from; nothing where the model cannot be traced to an event."""
    events = Event.objects.run_by(user)
    if event_id is not None:
        events = events.filter(pk=event_id)
    manager: Any = model._default_manager
    if model is Event:
        return events
    if model is Organisation:
        return organisations_of(user)
    if model in OF_ORGANISATION:
        found: QuerySet[Any] = manager.filter(organisation__in=organisations_of(user))
        return found
    if model is User:
        return (
            User.objects.all() if user.runs_platform else selectors.as_met(people_of(Event.objects.run_by(user)), user)
        )
    every: QuerySet[Any] = manager.all()
    path = event_path(model, site)
    if user.runs_platform and (path is None or event_id is None):
        return every
    return every.filter(**{f"{path}__in": events.order_by().values("pk")}) if path else every.none()


def narrowed(found: QuerySet[Any], user: User, site: AdminSite, *, event_id: int | None = None) -> QuerySet[Any]:
    """Those of the rows found that this person may touch. By their event where they lead to one, not by a second look
    at their own table: a list of 50,000 is quick by that."""
    if found.model is User:
        every = Event.objects.run_by(user)
        return found if user.runs_platform else found.filter(takes_part(every))
    path = event_path(found.model, site)
    if path is None or not _leads_to_one(found.model, path):
        return found.filter(pk__in=rows(found.model, user, site, event_id=event_id).order_by().values("pk"))
    events = Event.objects.run_by(user)
    if event_id is not None:
        events = events.filter(pk=event_id)
    return found.filter(**{f"{path}__in": events.order_by().values("pk")})


def _leads_to_one(model: type[Model], path: str) -> bool:
    """Whether each step goes from a row to one other; a step to many would find a row several times."""
    found: Any = model
    for step in path.split("__"):
        try:
            field = found._meta.get_field(step)
        except FieldDoesNotExist:
            return False
        if not (field.many_to_one or field.one_to_one) or field.auto_created:
            return False
        found = field.related_model
    return True


def event_id_of(thing: Model, path: str) -> int | None:
    """The id of the event that a row belongs to, by its admin's path."""
    *steps, last = path.split("__")
    found: Any = thing
    for step in steps:
        found = getattr(found, step, None)
        if found is None:
            return None
    value = found.pk if last == "pk" else getattr(found, f"{last}_id", None)
    return value if isinstance(value, int) else None
