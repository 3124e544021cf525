"""Reads of the people of an event, as others of it may know them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.accounts.selectors import folded
from apps.events.models import Answer, Ban, Event, EventRole, Membership, Question, Registration, Unmet

FEWEST = 3
"""How many people must have an interest in common before others are told of it."""
MOST_LOOKED_AT = 2000
MOST_SHARED = 100
INTERESTS_KEPT = 600


def people_of(event: Event) -> QuerySet[User]:
    """Those who have a place or a role in the event, or run it, and came by; without those who are banned."""
    place = Registration.objects.confirmed().filter(event=event, user=OuterRef("pk")).order_by()
    member = Membership.objects.filter(organisation=event.organisation_id, user=OuterRef("pk"))
    here = Q(Exists(place)) | Q(Exists(event.event_roles.filter(user=OuterRef("pk")))) | Q(Exists(member))
    never_came = Unmet.objects.filter(organisation=event.organisation_id, user=OuterRef("pk"))
    banned = Ban.objects.standing().filter(event=event, user=OuterRef("pk")).order_by()
    found = User.objects.filter(here, ~Exists(never_came), ~Exists(banned), is_active=True)
    return found.exclude(name="")


def person_of(event: Event, pk: int) -> User | None:
    return people_of(event).filter(pk=pk).first()


def interests_shared(event: Event, *, but: User, limit: int = 12) -> list[str]:
    """What several people of the event are interested in and let everybody see, the most common first; without what
    this person has already. Nobody can be told from it, as each is shared by at least FEWEST."""
    key = f"events.interests.{event.pk}"
    shared: list[tuple[str, int, str]] | None = cache.get(key)
    if shared is None:
        shared = _count_interests(event)
        cache.set(key, shared, INTERESTS_KEPT)
    own = {folded(interest) for interest in but.interests}
    return [word for folded_word, _count, word in shared if folded_word not in own][:limit]


def _count_interests(event: Event) -> list[tuple[str, int, str]]:
    """Each folded, how many have it, and as somebody wrote it. From the event's places and roles, never from all
    accounts."""
    places = Registration.objects.confirmed().filter(event=event).order_by().values("user_id")
    roles = event.event_roles.order_by().values("user_id")
    members = Membership.objects.filter(organisation=event.organisation_id).order_by().values("user_id")
    told = people_of(event).filter(pk__in=places.union(roles, members)).exclude(interests=[])
    told = told.exclude(hidden_fields__contains=["interests"]).exclude(staff_fields__contains=["interests"])
    counted: Counter[str] = Counter()
    words: dict[str, str] = {}
    for interests in told.order_by("-pk").values_list("interests", flat=True)[:MOST_LOOKED_AT]:
        for interest in interests:
            words.setdefault(folded(interest), interest)
        counted.update({folded(interest) for interest in interests})
    common = sorted((-count, key) for key, count in counted.items() if count >= FEWEST)
    return [(key, -count, words[key]) for count, key in common[:MOST_SHARED]]


def roles_granted(event: Event, person: User) -> list[EventRole.Role]:
    """What somebody is in the event; nothing for whoever attends."""
    granted = {*event.event_roles.filter(user=person).values_list("role", flat=True)}
    if Membership.objects.filter(organisation=event.organisation_id, user=person).exists():
        granted.add(EventRole.Role.ORGANISER)
    return [role for role in EventRole.Role if role in granted]


def roles_shown(event: Event, person: User) -> list[str]:
    """The same in words."""
    return [str(role.label) for role in roles_granted(event, person)]


def places_of(user: User) -> Iterator[dict[str, Any]]:
    """For the person themselves: their places and wishes, and what they answered."""
    rows = Registration.objects.filter(user=user).select_related("event", "ticket", "code", "by")
    rows = rows.order_by("-created_at")
    for row in rows.prefetch_related("answers__question").iterator(chunk_size=200):
        yield {
            "event": row.event.slug,
            "name": str(row.event),
            "state": row.state,
            "ticket": str(row.ticket) if row.ticket else "",
            "registered": row.created_at,
            "came": row.joined_at,
            "came_by": row.source,
            "code": row.code.code if row.code else "",
            "registered_by": row.by.name if row.by else "",
            "waits_since": row.waiting_since,
            "decided": row.decided_at,
            "what_we_told_you": row.reason,
            "offered_to": row.offered_to,
            "offered": row.offered_at,
            "answers": [_answered(answer) for answer in row.answers.all()],
        }


def _answered(answer: Answer) -> dict[str, Any]:
    """Of a consent also which version of its words they agreed to."""
    told = {"question": str(answer.question.label), "answer": answer.text, "at": answer.created_at}
    is_consent = answer.question.kind == Question.Kind.CONSENT
    return told | {"version": answer.version, "version_now": answer.question.version} if is_consent else told


def roles_held(user: User) -> Iterator[dict[str, Any]]:
    for role in EventRole.objects.filter(user=user).select_related("event").order_by("-pk"):
        yield {"event": role.event.slug, "role": role.role}
    for member in Membership.objects.filter(user=user).select_related("organisation").order_by("-pk"):
        yield {"organisation": member.organisation.slug, "role": member.role}
