"""Logs as events with fields: lines for a person, or one JSON object a line for a log service."""

import re
from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


# Addresses whose next part is a key: join links, personal agendas, files, feeds, the mails of signing in.
KEYED = re.compile(
    r"(/(?:join|my|files(?:/part)?|streams|feed|password/reset/key|confirm-email|register/(?:wish|take)|hooks|mail)/)(?!part/)[^/\s?\"'<>]+"
)


def hide_keys(logger: Any, method: str, line: str) -> str:
    """A line that names an address, but not what would open it: whoever reads logs must not come in by them."""
    return KEYED.sub(r"\1…", line)


def config(level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING; whatever is logged, by us or by a library, leaves in the same form."""
    is_json = form == "json"
    render: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    # Never with the local variables of a traceback: they hold tokens and addresses.
    if is_json:
        frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        render += [structlog.processors.ExceptionRenderer(frames), structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback
        render.append(structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain))
    render.append(hide_keys)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "event": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": render,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "event"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django.server": {"handlers": ["stderr"], "level": level, "propagate": False}},
    }
