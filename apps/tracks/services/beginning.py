"""The agenda that a new event of its kind begins with: its stages, and its one session where it has but one."""

from apps.chat import services as chat
from apps.events.kinds import Plan, written
from apps.events.models import Event
from apps.tracks.models import LONGEST, Room, Session
from apps.tracks.services.slugs import Slugs
from apps.tracks.services.versions import touch_agenda


def begin_agenda(event: Event, plan: Plan) -> None:
    """An event that has stages already keeps them. Its one session ends with it, or where a session has to end."""
    if not plan.stages or event.rooms.exists():
        return
    slugs = Slugs((), most=Room._meta.get_field("slug").max_length or 80)
    stages = [
        Room(event=event, name=(name := written(words, event)), slug=slugs.new(str(name), "stage"), position=place)
        for place, words in enumerate(plan.stages)
    ]
    Room.objects.bulk_create(stages)
    if plan.is_one_session:
        session = Session.objects.create(
            event=event,
            room=stages[0],
            title=event.name,
            slug=event.slug,
            starts_at=event.starts_at,
            ends_at=min(event.ends_at, event.starts_at + LONGEST),
        )
        chat.begin_room(event, f"session/{session.pk}", plan)
    touch_agenda(event_id=event.pk)
