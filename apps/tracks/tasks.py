"""What workers do for the agenda, by the clock."""

from datetime import timedelta

from celery import shared_task

from apps.tracks import services


@shared_task(name="tracks.announce_stages")
def announce_stages() -> None:
    # Twice the interval of the schedule: one beat may be missed.
    services.announce_stages(lately=timedelta(seconds=40))


@shared_task(name="tracks.round")
def do_round() -> None:
    """Seats that were freed without a word."""
    services.do_round()


@shared_task(name="tracks.close_attendance")
def close_attendance() -> None:
    services.close_attendance()
