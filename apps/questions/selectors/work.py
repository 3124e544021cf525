"""What the questions of an organiser's events need of them."""

from collections.abc import Iterable

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core.words import Number
from apps.events.models import Event
from apps.events.registry.work import WAITING, Need
from apps.questions.models import Question


def needs(events: dict[int, Event], user: User) -> Iterable[Need]:
    """Questions that nobody sees until a moderator looked at them."""
    held = Question.objects.filter(state=Question.State.HELD, board__event__in=events).order_by()
    address = reverse("admin:questions_question_changelist")
    for event_id, count in held.values_list("board__event").annotate(count=Count("pk")):
        text = ngettext("%(count)s question waits for a look.", "%(count)s questions wait for a look.", count)
        url = f"{address}?board__event__id__exact={event_id}&state__exact=held"
        yield Need(WAITING, text % {"count": Number(count)}, url, event_id)
