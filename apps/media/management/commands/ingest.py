"""`manage.py ingest`: takes live streams from encoders over RTMP. Several processes may run, behind one address."""

import asyncio
import logging
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.core.collector import calm_collector
from apps.media import services
from apps.media.adapters.ingest import Gate

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Takes live streams from encoders over RTMP, until it is told to stop (SIGTERM)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=settings.INGEST.port, help="0 takes a free one")

    def handle(self, *args: Any, **options: Any) -> None:
        calm_collector()
        asyncio.run(self._serve(options["host"], options["port"]))

    async def _serve(self, host: str, port: int) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, stop.set)
        gate = Gate(services, sides=list(settings.INGEST.rungs))
        await gate.serve(host, port, until=stop, ready=lambda port: self._say(f"Listening at {host}:{port}"))
        logger.info("The ingest has stopped.")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
