"""`manage.py drain`: brings what the intake has accepted to the database. Several processes may run."""

import json
import logging
import signal
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from apps.core.collector import calm_collector
from apps.intake import drain, metrics, queue, store

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Brings what the intake has accepted to the database, until it is told to stop (SIGTERM)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--status", action="store_true", help="say how the intake is doing, and end")
        parser.add_argument("--json", action="store_true", help="with --status: as one line of JSON, for machines")
        parser.add_argument("--once", action="store_true", help="bring what waits now, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["status"]:
            self._status(as_json=options["json"])
            return
        if queue.backend_name() == "direct":
            self.stdout.write("INTAKE=direct: everything is applied at once, and there is nothing to drain.")
            if not options["once"]:
                _wait_for_the_end()
            return
        calm_collector()
        worker = drain.Crew()
        if options["once"]:
            self.stdout.write(f"{worker.until_empty()} items")
            return
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: worker.stop())
        _complain()
        logger.info("The drain is ready.")
        worker.run()
        logger.info("The drain has stopped.")

    def _status(self, *, as_json: bool) -> None:
        found = metrics.health()
        if as_json:
            self.stdout.write(json.dumps(asdict(found)))
            return
        age = "unknown" if found.oldest_seconds is None else f"{found.oldest_seconds:.1f}"
        self.stdout.write(
            f"backend={found.backend} depth={found.depth} oldest_seconds={age} "
            f"per_second={found.per_second:.1f} dead_letters={found.dead_letters}"
        )
        for complaint in found.complaints:
            self.stdout.write(f"warning: {complaint}")


def _complain() -> None:
    try:
        for complaint in metrics.health().complaints:
            logger.warning("What the intake has accepted may be lost. %s", complaint)
    except store.Failed as error:
        logger.warning("The intake's Redis does not answer yet: %s", error)


def _wait_for_the_end() -> None:
    """A supervisor that starts every role must not see this one die again and again."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: None)
    signal.pause()
