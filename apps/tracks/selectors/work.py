"""What the agenda needs of an organiser, over all their events; and what is done and missing in one."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core import clock
from apps.core.words import Number
from apps.events import selectors as events_selectors
from apps.events.models import Event, EventRole, Membership, Registration, Unmet
from apps.events.registry.work import MISSING, Need, Part, Task
from apps.tracks.models import Session, SessionSpeaker, Speaker


def needs(events: dict[int, Event], user: User) -> Iterable[Need]:
    """Of events that begin soon: an empty agenda, sessions without a place, speakers who have not come in yet."""
    near = events_selectors.near(events)
    if not near:
        return
    count = Count("pk", filter=Q(state=Session.State.PLANNED)), Count("pk", filter=Q(state=Session.State.UNPLACED))
    rows = Session.objects.filter(event__in=near).order_by().values_list("event").annotate(on=count[0], off=count[1])
    sessions = {event_id: (on, off) for event_id, on, off in rows}
    absent = dict(_absent(near))
    for pk in near:
        on, off = sessions.get(pk, (0, 0))
        arrange = reverse("admin:tracks_session_arrange", args=[pk])
        if not on:
            begins = near[pk].starts_at > clock.now()
            said = (
                _("It begins soon and its agenda is empty.") if begins else _("It has begun and its agenda is empty.")
            )
            yield Need(MISSING, said, arrange, pk)
        if off:
            text = ngettext("%(count)s session has no place yet.", "%(count)s sessions have no place yet.", off)
            yield Need(MISSING, text % {"count": Number(off)}, arrange, pk)
        if pk in absent:
            text = ngettext(
                "%(count)s speaker has not come in yet.", "%(count)s speakers have not come in yet.", absent[pk]
            )
            url = reverse("admin:tracks_speaker_changelist") + f"?event__id__exact={pk}"
            yield Need(MISSING, text % {"count": Number(absent[pk])}, url, pk)


def _absent(near: dict[int, Event]) -> Iterable[tuple[int, int]]:
    """(event, speakers of planned sessions who have not come in)."""
    absent = _who_have_not_come(Speaker.objects.filter(_speaks_in(Session.State.PLANNED), event__in=near))
    return absent.order_by().values_list("event").annotate(count=Count("pk"))


def _speaks_in(*states: str) -> Exists:
    return Exists(SessionSpeaker.objects.filter(speaker=OuterRef("pk"), session__state__in=states))


def _who_have_not_come(speakers: QuerySet[Speaker]) -> QuerySet[Speaker]:
    """Those who have no account, or never came by their link. Who has no place, but a role in the event or belongs to
    its organisation, has come once the organisation has met them: by the link of their role, or signed in."""
    place = Registration.objects.confirmed().filter(event=OuterRef("event"), user=OuterRef("user")).order_by()
    role = EventRole.objects.filter(event=OuterRef("event"), user=OuterRef("user"))
    organisation = OuterRef("event__organisation")
    member = Membership.objects.filter(organisation=organisation, user=OuterRef("user"))
    unmet = Unmet.objects.filter(organisation=organisation, user=OuterRef("user"))
    is_met = (Q(Exists(role)) | Q(Exists(member))) & ~Exists(place) & ~Exists(unmet)
    return speakers.exclude(Q(Exists(place.filter(joined_at__isnull=False))) | is_met)


def tasks(event: Event) -> Iterable[Task]:
    arrange = reverse("admin:tracks_session_arrange", args=[event.pk])
    rooms = reverse("admin:tracks_room_changelist") + f"?event__id__exact={event.pk}"
    speakers = reverse("admin:tracks_speaker_changelist") + f"?event__id__exact={event.pk}"
    found = event.sessions.aggregate(
        on=Count("pk", filter=Q(state=Session.State.PLANNED)), off=Count("pk", filter=Q(state=Session.State.UNPLACED))
    )
    yield Task(Part.AGENDA, _("There is a room or stage"), event.rooms.exists(), rooms)
    yield Task(Part.AGENDA, _("Sessions are on the agenda"), bool(found["on"]), arrange)
    if found["off"]:
        yield Task(Part.AGENDA, _("Every session has its place"), False, arrange)
    is_optional = not event.has(Event.Part.SPEAKERS)
    yield Task(Part.AGENDA, _("Speakers are named"), event.speakers.exists(), speakers, is_optional=is_optional)
    # Who speaks in called off sessions alone is not waited for; who has no session yet, is.
    off = _speaks_in(Session.State.CANCELLED, Session.State.WITHDRAWN)
    expected = event.speakers.filter(_speaks_in(Session.State.PLANNED, Session.State.UNPLACED) | ~off)
    if expected.exists():
        has_absent = _who_have_not_come(expected).exists()
        yield Task(Part.PEOPLE, _("The speakers have come in by their links"), not has_absent, speakers)
