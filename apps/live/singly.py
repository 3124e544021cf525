"""For commands whose calls are done one by one: what goes wrong with one of them is its own sender's."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from apps.core.errors import Refused
from apps.live import refusals
from apps.live.away import DATABASE, is_lost
from apps.live.registry import Call

logger = logging.getLogger(__name__)
A = TypeVar("A")
MOST_TRIES = 2


def singly(calls: Sequence[Call[Any]], do: Callable[[Call[Any]], A]) -> list[A | Refused]:
    """Each call in a transaction of its own, one answer each. Nothing is raised, so that the engine never asks again
    for those that were done already (see `Command.run`)."""
    answers: list[A | Refused] = []
    try:
        for call in calls:
            answers += [_one(call, do)]
    except DATABASE:
        # Whoever is left would wait for it once more.
        logger.exception("The database is lost, and with it what was still to be done.")
    return [*answers, *(refusals.undecided() for _ in calls[len(answers) :])]


def _one(call: Call[Any], do: Callable[[Call[Any]], A]) -> A | Refused:
    for attempt in range(1, MOST_TRIES + 1):
        try:
            with transaction.atomic():
                return do(call)
        except Refused as refusal:
            return refusal
        except IntegrityError:
            # Most likely a retry met its first try in another process. That is committed by now, and answers.
            if attempt == MOST_TRIES:
                logger.exception("A command failed.")
        except Exception as error:
            if is_lost(error):
                raise
            logger.exception("A command failed.")
            break
    return refusals.failed()
