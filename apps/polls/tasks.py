"""Closing polls when their time is over."""

from celery import shared_task

from apps.polls import services


@shared_task(name="polls.close_due", time_limit=60)
def close_due() -> None:
    services.close_due_polls()
