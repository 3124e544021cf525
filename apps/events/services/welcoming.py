"""Telling people that they have a place: at once, or of a draft once it is published, by workers, some at a time."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.events import selectors, signals
from apps.events.models import Event, Registration
from apps.events.services import links

logger = logging.getLogger(__name__)

WELCOME = "events.welcome_invited"
AT_ONCE = 50
MOST_EVENTS = 100


def welcome(registration: Registration) -> None:
    """To somebody who has a place from now on. A link into a draft would open nothing: its mail is owed later."""
    is_draft = registration.event.state == Event.State.DRAFT
    if is_draft:
        Registration.objects.filter(pk=registration.pk).update(told_later=True)
    url = "" if is_draft else links.new_link_url(registration)
    signals.registered.send(sender=Registration, registration=registration, join_url=url)


def welcome_invited(event: Event) -> None:
    """Once it is published: workers mail those who were invited before."""
    if selectors.told_later().filter(event=event).exists():
        transaction.on_commit(lambda: _enqueue(event.pk))


def _enqueue(event_id: int) -> None:
    """A broker that is away loses nothing: the sweep asks again."""
    try:
        current_app.send_task(WELCOME, args=[event_id], retry=False)
    except (OperationalError, OSError):
        logger.warning("The broker cannot be reached; the invited of event %s wait for the sweep.", event_id)


def resume_welcomes() -> None:
    """Asks again for events whose worker died, and for who was invited at the moment of publishing."""
    events = selectors.told_later().order_by("event_id").values_list("event_id", flat=True).distinct()
    for event_id in events[:MOST_EVENTS]:
        _enqueue(event_id)


def welcome_all(event_id: int) -> None:
    while welcome_some(event_id):
        pass


@transaction.atomic
def welcome_some(event_id: int) -> int:
    """The next of them; how many that were. The mail is owed in the transaction that keeps it: a worker that dies mails
    nobody twice, and of two workers each has others."""
    rows = selectors.told_later().filter(event=event_id).select_related("event", "user").order_by("pk")
    found = list(rows.select_for_update(skip_locked=True, of=("self",), no_key=True)[:AT_ONCE])
    Registration.objects.filter(pk__in=[registration.pk for registration in found]).update(told_later=False)
    for registration in found:
        url = links.new_link_url(registration)
        signals.welcome_due.send(sender=Registration, registration=registration, join_url=url)
    return len(found)
