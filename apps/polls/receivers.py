"""What polls do when others ask: the intake hands them answers to write; who deletes a poll or a person waits for those
who write answers."""

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from apps.accounts.models import User
from apps.intake import items
from apps.polls import services
from apps.polls.models import Poll

items.register(services.Answers())


# Django sends this within the deletion's transaction, and before it deletes the answers.


@receiver(pre_delete, sender=Poll)
def keep_answers_from_poll(instance: Poll, **_: Any) -> None:
    services.let_poll_go(instance)


@receiver(pre_delete, sender=User)
def keep_answers_from_person(**_: Any) -> None:
    services.let_person_go()
