"""Reads of events, registration and announcements."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.selectors import seen_by_staff
from apps.audit.models import Entry
from apps.core import clock
from apps.core.access import MayRun
from apps.events import broadcasts, permissions, states
from apps.events.models import (
    STAFF_ROLES,
    Ban,
    Event,
    EventRole,
    JoinLink,
    Membership,
    Organisation,
    Question,
    Registration,
    Unmet,
)
from apps.events.registry import Number
from apps.live import presence

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MOST_NAMED = 20
MOST_FOR_TOKENS = 200

_join = signing.Signer(sep=".", salt="plenary.events.join")


def event_by_slug(slug: str) -> Event | None:
    return Event.objects.select_related("organisation").filter(slug=slug).first()


def events_listed(*, limit: int = 60) -> dict[str, list[Event]]:
    """Public events for the front page: those to come or running by nearness, then the latest that are over."""
    now = clock.now()
    listed = Event.objects.listed().select_related("organisation")
    ahead = listed.filter(ends_at__gt=now).exclude(state=Event.State.ENDED).order_by("starts_at", "slug")
    over = listed.filter(Q(ends_at__lte=now) | Q(state=Event.State.ENDED)).order_by("-starts_at", "slug")
    return {"ahead": list(ahead[:limit]), "over": list(over[:limit])}


def events_of_person(
    user: "User | AnonymousUser", *, within: Collection[int] | None = None, limit: int = 30
) -> list[Event]:
    """`within`: of these alone, where a session says no more of somebody."""
    if not user.is_authenticated:
        return []
    return list(_own_visible(user, within).select_related("organisation").order_by("-starts_at")[:limit])


def events_for_tokens(user: "User | AnonymousUser") -> list[Event]:
    """To one of which a token of theirs may be kept: the latest."""
    return events_of_person(user, limit=MOST_FOR_TOKENS)


def events_found_by(user: "User | AnonymousUser", *, within: Collection[int] | None = None) -> QuerySet[Event]:
    """What a list may offer this reader: the listed events and those they take part in, of these `within`."""
    listed = Q(pk__in=Event.objects.listed().order_by().values("pk"))
    if user.is_authenticated:
        listed |= Q(pk__in=_own_visible(user, within).order_by().values("pk"))
    return Event.objects.filter(listed).select_related("organisation")


def events_where(
    found: QuerySet[Event],
    *,
    state: str = "",
    kind: str = "",
    organisation: str = "",
    ends_after: datetime | None = None,
    starts_before: datetime | None = None,
) -> QuerySet[Event]:
    """What is asked for is what is given: empty values let everything through."""
    wanted: dict[str, Any] = {
        "state": state,
        "kind": kind,
        "organisation__slug": organisation,
        "ends_at__gt": ends_after,
        "starts_at__lt": starts_before,
    }
    return found.filter(**{lookup: value for lookup, value in wanted.items() if value})


def events_seen_by(user: "User | AnonymousUser", *, within: Collection[int] | None = None) -> QuerySet[Event]:
    """What this reader may open by its address; in step with `permissions.can_see`. `within`: who takes part in others
    is a visitor there."""
    open_states = (Event.State.PUBLISHED, Event.State.LIVE, Event.State.ENDED)
    seen = Q(state__in=open_states) & ~Q(visibility=Event.Visibility.PRIVATE)
    if user.is_authenticated:
        if user.runs_platform:
            return Event.objects.select_related("organisation")
        seen |= Q(pk__in=_own_visible(user, within).order_by().values("pk"))
    return Event.objects.filter(seen).select_related("organisation")


def _own_visible(user: User, within: Collection[int] | None = None) -> QuerySet[Event]:
    """The person's events, drafts only where they hold a role: a place in a draft shows nothing yet."""
    drafts_with_role = Q(organisation__memberships__user=user) | Q(event_roles__user=user)
    own = Event.objects.of_person(user)
    own = own if within is None else own.filter(pk__in=within)
    return own.filter(~Q(state=Event.State.DRAFT) | Q(pk__in=Event.objects.filter(drafts_with_role).values("pk")))


def registration_of(event: Event, user: "User | AnonymousUser") -> Registration | None:
    """The person's place, cancelled ones included."""
    if not user.is_authenticated:
        return None
    return Registration.objects.filter(event=event, user=user).select_related("event", "ticket").first()


def is_banned(event: Event, user: User) -> bool:
    return Ban.objects.standing().filter(event=event, user=user).exists()


def banned_addresses(event: Event) -> set[str]:
    return set(Ban.objects.standing().filter(event=event).order_by().values_list("user__email", flat=True))


def confirmed_count(event: Event) -> int:
    return event.registrations.confirmed().count()


def is_full(event: Event) -> bool:
    return event.capacity is not None and confirmed_count(event) >= event.capacity


def unmet(organisation: str, user: str) -> QuerySet[Unmet]:
    """For subqueries: the row by which somebody has not come to an organisation yet; both given as lookups."""
    return Unmet.objects.filter(organisation=OuterRef(organisation), user=OuterRef(user))


def as_known(rows: QuerySet[Any], organisation: str) -> QuerySet[Any]:
    """Rows that have a `user`, each with `is_unmet`, and the `known_name`, `known_company` and `known_title` that the
    organisation may see: what was typed in, until the person came; then what their account says to staff."""
    told = {"name": F("user__name")} | {field: seen_by_staff(field, "user__") for field in ("company", "title")}
    known = {
        f"known_{field}": Coalesce(Subquery(unmet(organisation, "user").values(field)), said)
        for field, said in told.items()
    }
    shown: QuerySet[Any] = rows.annotate(is_unmet=Exists(unmet(organisation, "user")), **known)
    return shown


def as_told(people: QuerySet[Any]) -> QuerySet[Any]:
    """People, each with the `known_company` and `known_title` that the staff of their events may see."""
    shown: QuerySet[Any] = people.annotate(known_company=seen_by_staff("company"), known_title=seen_by_staff("title"))
    return shown


def as_met(people: QuerySet[Any], reader: User) -> QuerySet[Any]:
    """People, each with `is_unmet`: whether they still have to come to an organisation that the reader belongs to."""
    unmet = Unmet.objects.filter(organisation__in=organisations_behind(reader).order_by().values("pk"))
    # Not EXISTS: that would look for the reader's organisations again at each of 50,000 people.
    asked = Q(pk__in=unmet.order_by().values("user_id"))
    shown: QuerySet[Any] = people.annotate(is_unmet=ExpressionWrapper(asked, BooleanField()))
    return shown


def is_last_owner(organisation: Organisation, user: User) -> bool:
    """Whether the organisation would be nobody's without this owner; who may not sign in any more owns nothing."""
    owners = organisation.memberships.filter(role=Membership.Role.OWNER)
    return owners.filter(user=user).exists() and not owners.filter(user__is_active=True).exclude(user=user).exists()


def is_known_to(organisation: Organisation, user: User) -> bool:
    """Whether the person had a place, a role or a membership there before."""
    return (
        Registration.objects.filter(event__organisation=organisation, user=user).exists()
        or EventRole.objects.filter(event__organisation=organisation, user=user).exists()
        or Membership.objects.filter(organisation=organisation, user=user).exists()
    )


def organisations_behind(user: User) -> QuerySet[Organisation]:
    """Those of the events that this person runs, and those they are a member of."""
    runs = Q(events__in=Event.objects.run_by(user).order_by().values("pk"))
    return Organisation.objects.filter(runs | Q(memberships__user=user)).distinct()


def organisations_of_events(event_ids: Iterable[int]) -> dict[int, int]:
    return dict(Event.objects.filter(pk__in=[*event_ids]).order_by().values_list("pk", "organisation_id"))


def staff_known_to(user: User, *, limit: int = 100) -> list[tuple[int, str]]:
    """(id, address) of those who run the reader's events with them, to choose one."""
    organisations = [*organisations_behind(user).order_by().values_list("pk", flat=True)[:limit]]
    members = Membership.objects.filter(organisation_id__in=organisations).values("user_id")
    events = Event.objects.filter(organisation_id__in=organisations).order_by().values("pk")
    roles = EventRole.objects.filter(event_id__in=events, role__in=STAFF_ROLES).values("user_id")
    staff = User.objects.filter(Q(pk__in=members) | Q(pk__in=roles)).order_by("email")
    return list(staff.values_list("pk", "email")[:limit])


def check_writable(event: Event) -> None:
    """For services: raises Refused where the event is archived by now, whichever door asks."""
    states.check_writable(Event.objects.values_list("state", flat=True).get(pk=event.pk))


def acts_seen_by(user: "User | AnonymousUser") -> QuerySet[Entry]:
    """What this reader may know of what was done: by anybody in their organisations, and in the events that they run as
    guests. These do not see from which network: `shown_address` is what is shown.

    By number, so that the database finds the newest by an index, however many there are.
    """
    if not user.is_authenticated or not user.is_active:
        return Entry.objects.none()
    if user.is_superuser:
        return Entry.objects.annotate(shown_address=F("address"))
    organisations = [*permissions.memberships_for(user, MayRun.ACTS).values_list("organisation_id", flat=True)]
    guest = Event.objects.run_by(user).exclude(organisation_id__in=organisations).order_by()
    events = [*guest.values_list("pk", flat=True)]
    if not events:
        return Entry.objects.filter(organisation_id__in=organisations).annotate(shown_address=F("address"))
    own = Q(organisation_id__in=organisations)
    shown = Case(When(own, then=F("address")), default=Value(""))
    return Entry.objects.filter(own | Q(event_id__in=events)).annotate(shown_address=shown)


def join_token(link: JoinLink) -> str:
    return _join.sign(str(link.pk))


def join_link(token: str) -> JoinLink | None:
    """The row that a link in a mail names, valid or not; None where the signature isn't ours."""
    try:
        pk = int(_join.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    holders = ("registration__event", "registration__user", "role__event", "role__user")
    return JoinLink.objects.select_related(*holders).filter(pk=pk).first()


def is_valid(link: JoinLink) -> bool:
    return JoinLink.objects.valid(clock.now()).filter(pk=link.pk).exists()


def events_opened_by(links: Collection[int]) -> frozenset[int]:
    """The events in which a session that these links opened goes on: in step with `permissions.can_join_by_link`. One
    query."""
    staff = EventRole.objects.filter(user=OuterRef("holder_id"), role__in=STAFF_ROLES)
    plain = User.objects.filter(pk=OuterRef("holder_id"), is_staff=False, is_superuser=False, has_second_factor=False)
    valid = JoinLink.objects.valid(clock.now()).annotate(
        holder_id=Coalesce("registration__user_id", "role__user_id"),
        of_event=Coalesce("registration__event_id", "role__event_id"),
    )
    held = valid.filter(Exists(plain), ~Exists(staff), pk__in=links)
    return frozenset(held.values_list("of_event", flat=True))


def latest_link_at(holder: Registration | EventRole) -> datetime | None:
    return holder.join_links.values_list("created_at", flat=True).order_by("-created_at").first()


def live_epoch(event_id: int) -> int:
    """The epoch that tickets must carry now; 0 for an event that is gone."""
    return Event.objects.filter(pk=event_id).values_list("live_epoch", flat=True).first() or 0


def people_here(event_id: int) -> broadcasts.People:
    """How many people have a page of the event open, rounded as everybody may know it."""
    return {"people": presence.about(presence.count(event_id, broadcasts.HERE))}


def own_numbers(event: Event) -> Iterable[Number]:
    """Registered and came in: the figures that this room knows itself."""
    counts = event.registrations.aggregate(
        registered=Count("pk", filter=Q(state=Registration.State.CONFIRMED)),
        came=Count("pk", filter=Q(joined_at__isnull=False)),
        pending=Count("pk", filter=Q(state=Registration.State.PENDING)),
        waiting=Count("pk", filter=Q(state=Registration.State.WAITING)),
    )
    people = reverse("admin:events_registration_changelist") + f"?event__id__exact={event.pk}"
    yield Number(_("Registered"), counts["registered"], f"{people}&state__exact=confirmed")
    yield Number(_("Came in"), counts["came"], people)
    if counts["pending"]:
        yield Number(_("Wait for your yes"), counts["pending"], f"{people}&state__exact=pending")
    if counts["waiting"]:
        yield Number(_("On the waiting list"), counts["waiting"], f"{people}&state__exact=waiting")


def with_counts(events: QuerySet[Event]) -> QuerySet[Event]:
    """Each with `registered_count` and `came_count`."""
    places = Registration.objects.filter(event=OuterRef("pk")).order_by().values("event")
    registered = places.filter(state=Registration.State.CONFIRMED).annotate(number=Count("pk")).values("number")
    came = places.filter(joined_at__isnull=False).annotate(number=Count("pk")).values("number")
    return events.annotate(registered_count=Coalesce(Subquery(registered), 0), came_count=Coalesce(Subquery(came), 0))


def missing(event: Event) -> Iterable[str | Promise]:
    """What an organiser should look at before publishing."""
    if not str(event.tagline):
        yield _("One line about the event is missing. It stands under the name, in mails and in searches.")
    if not str(event.description):
        yield _("The description is empty, so the event’s page says little about it.")
    if event.ends_at <= clock.now():
        yield _("Its dates have passed. Set new ones in the settings, or it cannot be published.")
    without = event.registration_questions.filter(is_asked=True, kind__in=Question.OF_CHOICES, choices=None)
    for question in without[:MOST_NAMED]:
        yield _("“%(question)s” has no choices, so nobody is asked it. Write some.") % {"question": question}


def desk_events(user: "User | AnonymousUser", *, limit: int = 50) -> list[Event]:
    """For menus: the organiser's events, those that run or come next first, then those that are over."""
    return list(_soonest_first(user)[:limit])


def home_events(user: "User | AnonymousUser", *, limit: int) -> list[Event]:
    """The organiser's home: the same, with their numbers."""
    return list(with_counts(_soonest_first(user).select_related("organisation"))[:limit])


def _soonest_first(user: "User | AnonymousUser") -> QuerySet[Event]:
    return Event.objects.run_by(user).annotate(is_over=Q(ends_at__lt=clock.now())).order_by("is_over", "starts_at")
