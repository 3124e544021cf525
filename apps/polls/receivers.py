"""What polls do when others ask: the intake hands them answers to write; who deletes a poll or a person waits for those
who write answers; webhooks are told when a poll opens and closes; polls go along when an event is duplicated."""

from collections.abc import Collection
from typing import Any

import msgspec
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.events.kinds import Plan, written
from apps.events.models import Event
from apps.events.registry.copying import parts
from apps.events.signals import event_set_up
from apps.intake import items
from apps.notifications import services as notifications
from apps.notifications.registry import facts
from apps.polls import services
from apps.polls.models import Poll, Template
from apps.polls.signals import poll_closed, poll_opened
from apps.tracks.registry import inside, leaving

items.register(services.Answers())
parts.register(
    "polls",
    label=_("Polls"),
    words=_("As drafts that wait until somebody opens them; nobody’s answers."),
    position=60,
    count=lambda event: Poll.objects.filter(event=event).exclude(state=Poll.State.ARCHIVED).count(),
)(services.copy_polls)


@inside.register("polls")
def places_of_polls(session_ids: Collection[int]) -> list[str]:
    return [f"poll/{pk}" for pk in Poll.objects.filter(session__in=session_ids).values_list("pk", flat=True)]


@leaving.puts_away("polls")
def put_polls_away(session_ids: Collection[int]) -> None:
    services.put_away_with(session_ids)


@facts.register("poll.opened", _("a poll was opened"))
class Opened(msgspec.Struct):
    """People can answer a poll from now on; also when it is opened again."""

    poll: int
    session: int | None
    kind: str
    at: str


@facts.register("poll.closed", _("a poll was closed"))
class Closed(Opened):
    """A poll takes no more answers. Its results are read by the API."""


@receiver(event_set_up)
def begin_polls(sender: Any, event: Event, plan: Plan, **_: Any) -> None:
    """Drafts, to be asked or thrown away."""
    for poll in plan.polls:
        services.create_poll(
            event=event,
            kind=poll.kind,
            question=written(poll.question, event),
            options=[written(option, event) for option in poll.options],
            low_words=written(poll.low_words, event),
            high_words=written(poll.high_words, event),
        )


@receiver(poll_opened)
def tell_of_opened_poll(sender: Any, poll: Poll, **_: Any) -> None:
    _tell(Opened, poll)


@receiver(poll_closed)
def tell_of_closed_poll(sender: Any, poll: Poll, **_: Any) -> None:
    _tell(Closed, poll)


def _tell(kind: Any, poll: Poll) -> None:
    at = clock.now().isoformat()
    notifications.tell(poll.event_id, kind(poll=poll.pk, session=poll.session_id, kind=poll.kind, at=at))


@receiver(post_delete, sender=Template)
def let_pictures_of_template_go(instance: Template, **_: Any) -> None:
    services.let_template_go(instance)


# Django sends this within the deletion's transaction, and before it deletes the answers.


@receiver(pre_delete, sender=Poll)
def keep_answers_from_poll(instance: Poll, **_: Any) -> None:
    services.let_poll_go(instance)


@receiver(pre_delete, sender=User)
def keep_answers_from_person(instance: User, **_: Any) -> None:
    services.let_person_go(instance)
