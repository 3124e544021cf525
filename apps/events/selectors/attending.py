"""Everybody of an event in one list, as its organisers may know them."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from apps.accounts.models import User
from apps.events.models import Event, EventRole, Membership, Registration, Unmet
from apps.events.selectors.events import as_told


def people_where(event: Event, *, role: str = "", state: str = "", q: str = "") -> QuerySet[User]:
    """Who has a place in whatever state, or a role, or runs the event as a member, and came by: each with `roles_here`,
    `is_member` and the `state` of their place. Who never came stands in the lists of places and roles, as they were
    typed in. Empty values let everything through."""
    places = Registration.objects.filter(event=event).order_by()
    roles = event.event_roles.order_by()
    members = Membership.objects.filter(organisation=event.organisation_id).order_by()
    here = Q(pk__in=places.values("user_id")) | Q(pk__in=roles.values("user_id")) | Q(pk__in=members.values("user_id"))
    never_came = Unmet.objects.filter(organisation=event.organisation_id, user=OuterRef("pk"))
    found = User.objects.filter(here, ~Exists(never_came))
    if role:
        held = Q(pk__in=roles.filter(role=role).values("user_id"))
        if role == EventRole.Role.ORGANISER:
            held |= Q(pk__in=members.values("user_id"))
        found = found.filter(held)
    if state:
        found = found.filter(pk__in=places.filter(state=state).values("user_id"))
    told = as_told(found)
    words = q.strip()
    if words:
        in_words = Q(name__icontains=words) | Q(known_company__icontains=words) | Q(email__icontains=words)
        told = told.filter(in_words)
    own = {"user": OuterRef("pk")}
    shown: QuerySet[User] = told.annotate(
        roles_here=ArraySubquery(roles.filter(**own).order_by("pk").values("role")),
        is_member=Exists(members.filter(**own)),
        state=Subquery(places.filter(**own).values("state")[:1]),
    )
    return shown
