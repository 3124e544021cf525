"""What `check --deploy` says of the intake: bursts must not reach the database, and nothing accepted may be lost."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Info, Tags, register

from apps.intake import metrics, queue, store

SHORTEST_TOKEN = 20


@register(Tags.security, deploy=True)
def check_intake(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [*_check_token(), *_check_queue()]


def _check_token() -> list[CheckMessage]:
    if 0 < len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        words = f"METRICS_TOKEN has fewer than {SHORTEST_TOKEN} characters, and could be guessed."
        return [Error(words, hint="python -c 'import secrets; print(secrets.token_urlsafe())'", id="intake.E003")]
    return []


def _check_queue() -> list[CheckMessage]:
    name = queue.backend_name()
    if name == "direct":
        return [
            checks.Warning(
                "Every vote goes to the database by itself (INTAKE=direct).",
                hint="Leave INTAKE away for events of more than a few hundred people.",
                id="intake.W001",
            )
        ]
    if name == "sqs" and not settings.INTAKE_QUEUE_URL.endswith(".fifo"):
        return [Error("INTAKE_QUEUE_URL is not a FIFO queue.", hint="Its name must end with .fifo.", id="intake.E001")]
    what = "INTAKE_QUEUE_URL" if name == "sqs" else "INTAKE_REDIS_URL or REDIS_URL"
    try:
        complaints = metrics.queue_complaints() if name == "sqs" else metrics.durability_complaints()
    except (store.Failed, BotoCoreError, ClientError) as error:
        return [
            Info(
                f"Whether the intake loses nothing cannot be told from here: {error}.",
                hint=f"Run this where {what} is reached; `manage.py drain --status` says it too.",
                id="intake.I001",
            )
        ]
    return [Error(f"The intake could lose what it accepted. {complaint}", hint=f"See {what} in docs/operations.md.",
                  id="intake.E002") for complaint in complaints]  # fmt: skip
