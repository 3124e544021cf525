"""The polls of an event that is duplicated."""

from apps.events.registry.copying import Copy
from apps.polls.models import Option, Poll


def copy_polls(copy: Copy) -> None:
    """As drafts, whatever became of them: what would open by itself in an event that is still being made, opens for
    nobody."""
    polls = Poll.objects.filter(event=copy.source).exclude(state=Poll.State.ARCHIVED)
    copy.rows(polls, state=Poll.State.DRAFT, opens_at=None, closes_at=None)
    copy.rows(Option.objects.filter(poll__event=copy.source))
