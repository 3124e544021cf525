"""What the conversations of an organiser's events need of them."""

from collections.abc import Iterable

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.chat.models import Message, Report
from apps.core.words import Number
from apps.events.models import Event
from apps.events.registry.work import WAITING, Need


def needs(events: dict[int, Event], user: User) -> Iterable[Need]:
    """Messages that were reported, and those that wait for a moderator."""
    reports = Report.objects.filter(state=Report.State.OPEN, message__room__event__in=events).order_by()
    reported = reports.values_list("message__room__event").annotate(count=Count("message", distinct=True))
    for event_id, count in reported:
        text = ngettext("%(count)s message is reported.", "%(count)s messages are reported.", count)
        yield _need(events[event_id], text, count)
    held = Message.objects.filter(held=Message.Held.WAITING, room__event__in=events).order_by()
    for event_id, count in held.values_list("room__event").annotate(count=Count("pk")):
        text = ngettext("%(count)s message waits for approval.", "%(count)s messages wait for approval.", count)
        yield _need(events[event_id], text, count)


def _need(event: Event, text: str, count: int) -> Need:
    return Need(WAITING, text % {"count": Number(count)}, reverse("chat:moderation", args=[event.slug]), event.pk)
