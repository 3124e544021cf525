"""Celery's door to media: the work of jobs, and beat's rounds."""

from collections.abc import Callable

from celery import shared_task

from apps.media import services


def _each(*steps: Callable[[], object]) -> None:
    """One that fails keeps no other from being done; what went wrong is told when all are."""
    failed: list[Exception] = []
    for step in steps:
        try:
            step()
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("Some of a round of media failed.", failed)


LONGEST_SECONDS = 48 * 60 * 60
"""Of work on one film, which may be five hours long; it stands by a lease, and ends by itself when nothing moves."""


@shared_task(name="media.transcode", time_limit=LONGEST_SECONDS)
def transcode(job_id: int) -> None:
    services.run_job(job_id)


@shared_task(name="media.end_conversion")
def end_conversion(remote_id: str) -> None:
    services.end_conversion(remote_id)


@shared_task(name="media.poll_conversions")
def poll_conversions() -> None:
    services.poll_conversions()


@shared_task(name="media.words", time_limit=LONGEST_SECONDS)
def words(job_id: int) -> None:
    services.run_word_job(job_id)


@shared_task(name="media.add_sound", time_limit=LONGEST_SECONDS)
def add_sound(row_id: int) -> None:
    services.run_added_sound(row_id)


@shared_task(name="media.record", time_limit=LONGEST_SECONDS)
def record(recording_id: int) -> None:
    services.run_recording(recording_id)


@shared_task(name="media.prepare")
def prepare(job_id: int) -> None:
    services.run_file_job(job_id)


@shared_task(name="media.round")
def round_of_media() -> None:
    """Every half minute: jobs and recordings that nobody works on or that MediaConvert has, and streams that nobody
    looks after."""
    _each(
        services.requeue_jobs,
        services.ask_for_poll,
        services.requeue_word_jobs,
        services.requeue_added_sounds,
        services.look_after_streams,
        services.requeue_recordings,
    )


@shared_task(name="media.write_watched")
def write_watched() -> None:
    """Every half minute: what players said was watched; and jobs of files that nobody works on."""
    _each(services.write_watched, services.requeue_file_jobs)


@shared_task(name="media.sweep")
def sweep() -> None:
    """Every ten minutes: uploads that nobody continues, what was in the trash for its time, and files that nothing
    shows."""
    _each(
        services.close_stale_uploads,
        services.empty_trash,
        services.sweep_leftovers,
        services.sweep_transcripts,
        services.sweep_word_jobs,
    )
