"""What the agenda needs of an organiser, over all their events; and what is done and missing in one."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core.words import Number
from apps.events import selectors as events_selectors
from apps.events.models import Event, Registration
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
            yield Need(MISSING, _("It begins soon and its agenda is empty."), arrange, pk)
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
    """(event, speakers of planned sessions who have no account, or never came by their link)."""
    came = Registration.objects.filter(event=OuterRef("event"), user=OuterRef("user"), joined_at__isnull=False)
    speaks = SessionSpeaker.objects.filter(speaker=OuterRef("pk"), session__state=Session.State.PLANNED)
    absent = Speaker.objects.filter(~Exists(came.order_by()), Exists(speaks), event__in=near).order_by()
    return absent.values_list("event").annotate(count=Count("pk"))


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
    has_speakers = event.speakers.exists()
    yield Task(Part.AGENDA, _("Speakers are named"), has_speakers, speakers)
    if has_speakers:
        absent = dict(_absent({event.pk: event})).get(event.pk, 0)
        yield Task(Part.PEOPLE, _("The speakers have come in by their links"), not absent, speakers)
