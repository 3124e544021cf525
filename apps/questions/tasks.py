"""What workers do for questions: mails of answers that are due."""

from celery import shared_task

from apps.questions import services


@shared_task(name="questions.tell_due", time_limit=300)
def tell_due() -> None:
    services.tell_due()
