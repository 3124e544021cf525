"""What workers do for the audit log."""

from celery import shared_task

from apps.audit import services


@shared_task(name="audit.sweep")
def sweep() -> None:
    services.sweep()
