"""Celery's door to the platform itself: beat's rounds."""

from celery import shared_task

from apps.core import repeats


@shared_task(name="core.sweep")
def sweep() -> None:
    """Every ten minutes: answers that were kept for a day."""
    repeats.sweep()
