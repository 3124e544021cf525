"""Opening and closing polls when their time has come."""

from celery import shared_task

from apps.polls import services


@shared_task(name="polls.open_due", time_limit=60)
def open_due() -> None:
    services.open_due_polls()


@shared_task(name="polls.close_due", time_limit=60)
def close_due() -> None:
    services.close_due_polls()
