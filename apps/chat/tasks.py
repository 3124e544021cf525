"""Celery's door to chat: beat's rounds."""

from celery import shared_task

from apps.chat import services


@shared_task(name="chat.sweep")
def sweep() -> None:
    """Every ten minutes: files whose message was never sent."""
    services.sweep()
