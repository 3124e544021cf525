"""Celery's door to media: the work of jobs, and beat's rounds."""

from celery import shared_task

from apps.media import services


@shared_task(name="media.transcode")
def transcode(job_id: int) -> None:
    services.run_job(job_id)


@shared_task(name="media.round")
def round_of_media() -> None:
    """Every half minute: jobs that nobody works on."""
    services.requeue_jobs()


@shared_task(name="media.sweep")
def sweep() -> None:
    """Every ten minutes: uploads that nobody continues, and files that nothing shows."""
    services.close_stale_uploads()
    services.sweep_leftovers()
