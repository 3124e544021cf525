"""What waits for an organiser, over all their events; and what is done and missing in one."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, DurationField, F, Value
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core import clock
from apps.core.words import Number
from apps.events.models import Event, EventRole, GuestList, Membership, OrganisationWish, Registration, SignInDomain
from apps.events.registry.work import BROKEN, MISSING, WAITING, Need, Part, Task
from apps.intake.models import DeadLetter

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

NEAR = timedelta(days=7)
"""So long before it begins, an event that lacks something needs its organiser."""
LATELY = timedelta(days=60)
MOST_EVENTS = 500


def events_at_work(user: "User | AnonymousUser") -> dict[int, Event]:
    """The events in which something may wait for this organiser, those that run and the nearest first: not those that
    are long over."""
    now = clock.now()
    mine = Event.objects.run_by(user).exclude(state=Event.State.ARCHIVED)
    away = Greatest(F("starts_at") - Value(now), Value(now) - F("ends_at"), output_field=DurationField())
    recent = mine.filter(ends_at__gt=now - LATELY).order_by(away, "pk")
    return {event.pk: event for event in recent[:MOST_EVENTS]}


def near(events: dict[int, Event]) -> dict[int, Event]:
    """Those that begin within days, or run; not those that were ended early."""
    now, over = clock.now(), (Event.State.ENDED, Event.State.ARCHIVED)
    return {
        pk: event
        for pk, event in events.items()
        if event.starts_at < now + NEAR and event.ends_at > now and event.state not in over
    }


def needs(events: dict[int, Event], user: User) -> Iterable[Need]:
    """Decisions, guest lists, answers that could not be counted, and events near their beginning."""
    people = reverse("admin:events_registration_changelist")
    pending = Registration.objects.filter(event__in=events, state=Registration.State.PENDING).order_by()
    for event_id, count in pending.values_list("event").annotate(count=Count("pk")):
        text = ngettext("%(count)s person waits for your yes.", "%(count)s people wait for your yes.", count)
        url = f"{people}?event__id__exact={event_id}&state__exact=pending"
        yield Need(WAITING, text % {"count": Number(count)}, url, event_id)
    lists = GuestList.objects.filter(event__in=events, state=GuestList.State.READ).order_by("pk")
    for pk, event_id, name, wrong in lists.values_list("pk", "event", "name", "wrong")[:MOST_EVENTS]:
        said = _("The guests of “%(name)s” are not invited yet.") if not wrong else ngettext(
            "The guests of “%(name)s” are not invited yet, and %(count)s line has a mistake.",
            "The guests of “%(name)s” are not invited yet, and %(count)s lines have mistakes.",
            wrong,
        )  # fmt: skip
        url = reverse("admin:events_guestlist_change", args=[pk])
        yield Need(WAITING, said % {"name": name, "count": Number(wrong)}, url, event_id)
    aside = reverse("admin:intake_deadletter_changelist")
    letters = DeadLetter.objects.filter(event_id__in=events).order_by()
    for event_id, count in letters.values_list("event_id").annotate(count=Count("pk")):
        text = ngettext("%(count)s answer could not be counted.", "%(count)s answers could not be counted.", count)
        yield Need(BROKEN, text % {"count": Number(count)}, f"{aside}?event={event_id}", event_id)
    owned = Membership.objects.filter(user=user, role=Membership.Role.OWNER).values("organisation_id")
    gone = SignInDomain.objects.exclude(gone_since=None).filter(
        connection__organisation__in=owned, connection__is_on=True
    )
    for connection_id, domain, proven_at in gone.values_list("connection", "domain", "proven_at")[:MOST_EVENTS]:
        said = (
            _("The record that proves %(domain)s is gone. Put it back within a week.")
            if proven_at
            else _("%(domain)s is not proven any more: people with such an address are asked for a mailed code.")
        )
        url = reverse("admin:events_signinconnection_setup", args=[connection_id])
        yield Need(BROKEN, said % {"domain": domain}, url, None)
    if user.runs_platform and (wishes := OrganisationWish.objects.filter(state=OrganisationWish.State.OPEN).count()):
        text = ngettext(
            "%(count)s wish for an organisation waits for your answer.",
            "%(count)s wishes for an organisation wait for your answer.",
            wishes,
        )
        url = reverse("admin:events_organisationwish_changelist") + "?state__exact=open"
        yield Need(WAITING, text % {"count": Number(wishes)}, url, None)
    for pk, event in near(events).items():
        if event.state == Event.State.DRAFT:
            url = reverse("admin:events_event_step", args=[pk, "publish"])
            is_to_come = event.starts_at > clock.now()
            soon, late = _("It begins soon and is not published."), _("It has begun and is not published.")
            yield Need(MISSING, soon if is_to_come else late, url, pk)
    for pk, event in events.items():
        if event.ends_at < clock.now() and event.state in (Event.State.PUBLISHED, Event.State.LIVE):
            url = reverse("admin:events_event_step", args=[pk, "end"])
            yield Need(MISSING, _("Its dates are over: end it, so that it shows as past."), url, pk)


def tasks(event: Event) -> Iterable[Task]:
    """What this room knows of the work: the event itself, its people, and the steps of its life."""
    pk, states = event.pk, Event.State
    settings = reverse("admin:events_event_change", args=[pk])
    step = {name: reverse("admin:events_event_step", args=[pk, name]) for name in ("publish", "open", "end", "archive")}
    of_event = f"?event__id__exact={pk}"
    people = reverse("admin:events_registration_changelist") + of_event
    roles = reverse("admin:events_eventrole_changelist") + of_event
    told = bool(str(event.tagline)) and bool(str(event.description))
    yield Task(Part.SET_UP, _("One line and a description say what it is about"), told, settings)
    yield Task(Part.SET_UP, _("A logo stands on its pages"), bool(event.logo), settings, is_optional=True)
    has_helper = EventRole.objects.filter(event=event, role=EventRole.Role.MODERATOR).exists()
    yield Task(Part.SET_UP, _("It is published"), event.state != states.DRAFT, step["publish"])
    known = event.registrations.exists()
    yield Task(Part.PEOPLE, _("People have registered or are invited"), known, people)
    yield Task(Part.PEOPLE, _("Somebody helps to moderate"), has_helper, roles, is_optional=True)
    has_opened = event.state in (states.LIVE, states.ENDED, states.ARCHIVED)
    yield Task(Part.LIVE, _("The doors are open"), has_opened, step["open"])
    yield Task(Part.AFTER, _("It has ended"), event.state in (states.ENDED, states.ARCHIVED), step["end"])
    yield Task(Part.AFTER, _("It is archived"), event.state == states.ARCHIVED, step["archive"], is_optional=True)
