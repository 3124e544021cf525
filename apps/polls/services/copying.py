"""The polls of an event that is duplicated."""

from django.db.models import Q

from apps.events.registry.copying import Copy
from apps.polls.models import Option, Poll
from apps.tracks.models import Session


def copy_polls(copy: Copy) -> None:
    """As drafts, whatever became of them: what would open by itself in an event that is still being made, opens for
    nobody. The poll of a session that stays behind would be everybody's: it stays with it."""
    goes_along = Q(session=None) | Q(session__in=copy.ids(Session))
    polls = Poll.objects.filter(goes_along, event=copy.source).exclude(state=Poll.State.ARCHIVED)
    copy.rows(polls, state=Poll.State.DRAFT, opens_at=None, closes_at=None)
    copy.rows(Option.objects.filter(poll__event=copy.source))
