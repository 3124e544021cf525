"""Celery's door to people: beat's rounds."""

from celery import shared_task

from apps.accounts import services


@shared_task(name="accounts.sweep")
def sweep() -> None:
    """Every hour: sessions and tokens whose time is over, and secrets that are still kept with a former key."""
    services.sweep_sessions()
    services.sweep_tokens()
    services.renew_locks()
