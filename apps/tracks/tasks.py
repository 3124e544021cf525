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


@shared_task(name="tracks.move_stages")
def move_stages() -> None:
    """Stages that the schedule moves, and recordings that are due."""
    services.move_due_stages()
    services.see_to_recordings()
