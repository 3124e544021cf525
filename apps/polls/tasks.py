"""Opening and closing polls when their time has come, and forgetting what anonymous ones must not keep."""

from celery import shared_task

from apps.polls import services


@shared_task(name="polls.open_due", time_limit=60)
def open_due() -> None:
    services.open_due_polls()


@shared_task(name="polls.close_due", time_limit=60)
def close_due() -> None:
    services.close_due_polls()


@shared_task(name="polls.mix", time_limit=1800)
def mix() -> None:
    services.mix_answers()


@shared_task(name="polls.renew_secrets", time_limit=600)
def renew_secrets() -> None:
    services.renew_secrets()
