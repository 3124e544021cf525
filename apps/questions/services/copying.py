"""The rules for questions of an event that is duplicated."""

from django.db.models import Q

from apps.events.registry.copying import Copy
from apps.questions.models import Board
from apps.tracks.models import Session


def copy_rules(copy: Copy) -> None:
    """The event's usual rules, and those of the sessions that go along."""
    of_copied = Q(session=None) | Q(session__in=copy.ids(Session))
    copy.rows(Board.objects.filter(of_copied, event=copy.source))
