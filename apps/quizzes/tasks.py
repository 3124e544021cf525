"""Revealing answers when the time of everybody is over."""

from celery import shared_task

from apps.quizzes import services


@shared_task(name="quizzes.reveal_due", time_limit=60)
def reveal_due(game_id: int, position: int) -> None:
    services.reveal_due(game_id, position)


@shared_task(name="quizzes.round", time_limit=60)
def round_() -> None:
    services.reveal_all_due()
