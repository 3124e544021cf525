"""Opening and closing polls when their time has come, and forgetting what anonymous ones must not keep."""

from typing import Any

from celery import shared_task

from apps.core.errors import Refused
from apps.polls import services

AGAIN_SECONDS = 180


@shared_task(name="polls.open_due", time_limit=60)
def open_due() -> None:
    services.open_due_polls()


@shared_task(name="polls.close_due", time_limit=60)
def close_due() -> None:
    services.close_due_polls()


@shared_task(name="polls.mix", time_limit=1800)
def mix() -> None:
    services.mix_answers()


@shared_task(bind=True, name="polls.count_anew", time_limit=600, max_retries=20)
def count_anew(self: Any, gates: list[str]) -> None:
    """Again in a while where the counters cannot be reached; after an hour they are gone by themselves."""
    try:
        services.count_anew(gates)
    except Refused as refused:
        raise self.retry(countdown=AGAIN_SECONDS) from refused


@shared_task(name="polls.renew_secrets", time_limit=600)
def renew_secrets() -> None:
    services.renew_secrets()
