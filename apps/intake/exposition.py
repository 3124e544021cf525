"""The figures of the intake in the text format of Prometheus (version 0.0.4)."""

from collections.abc import Iterator

from apps.intake import queue
from apps.intake.metrics import Health

KIND = "text/plain; version=0.0.4; charset=utf-8"


def text(health: Health | None) -> str:
    """`None`: nothing could be learned. What is not known is left out."""
    return "".join(f"{line}\n" for line in _lines(health))


def _lines(health: Health | None) -> Iterator[str]:
    backend = health.backend if health else queue.backend_name()
    yield from _gauge("up", "Whether the queue of the intake answers.", backend, int(health is not None))
    if health is None:
        return
    yield from _gauge("depth", "Answers that were accepted and are not written yet.", backend, health.depth)
    if health.oldest_seconds is not None:
        words = "How long the oldest of them has waited."
        yield from _gauge("oldest_seconds", words, backend, round(health.oldest_seconds, 3))
    words = "Answers written in a second, over all drains."
    yield from _gauge("written_per_second", words, backend, round(health.per_second, 1))
    yield from _gauge("dead_letters", "Answers that were set aside.", backend, health.dead_letters)
    yield from _gauge("complaints", "Reasons why accepted answers may be lost.", backend, len(health.complaints))


def _gauge(name: str, words: str, backend: str, value: float) -> Iterator[str]:
    full = f"plenary_intake_{name}"
    yield f"# HELP {full} {words}"
    yield f"# TYPE {full} gauge"
    yield f'{full}{{backend="{backend}"}} {value}'
