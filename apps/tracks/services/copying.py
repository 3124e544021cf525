"""The agenda of an event that is duplicated."""

from django.db.models import Q

from apps.core import clock
from apps.events.registry.copying import Copy
from apps.tracks.models import Opening, Room, Session, SessionLink, SessionSpeaker, Speaker, Stage, Tag, Track

COPIED = (Session.State.PLANNED, Session.State.UNPLACED)


def copy_agenda(copy: Copy) -> None:
    """What is planned or waits for a place, with its people; what was cancelled or withdrawn stays behind. Each
    row has an identity of its own, so that an import into the one event never finds a session of the other."""
    source, keeps_people = copy.source, copy.takes("roles")
    for model in (Track, Room, Tag):
        copy.rows(model.objects.filter(event=source))
    speakers = Speaker.objects.filter(event=source)
    copy.rows(speakers, user=lambda old: old.user_id if keeps_people else None)
    sessions = copy.rows(Session.objects.filter(event=source, state__in=COPIED))
    copy.places |= {f"session/{old}": f"session/{new}" for old, new in sessions.items()}
    for of_session in (SessionSpeaker, SessionLink, Session.tags.through):
        copy.rows(of_session._default_manager.filter(session__event=source))
    copy.rows(Stage.objects.filter(session__event=source), due_at=clock.now())  # the next round asks the schedule
    # What was chosen for a ticket, of what goes along; by now the tickets have been copied, if they are.
    copy.rows(
        Opening.objects.filter(ticket__event=source).filter(
            Q(track=None) | Q(track__in=copy.ids(Track)), Q(session=None) | Q(session__in=sessions)
        )
    )
