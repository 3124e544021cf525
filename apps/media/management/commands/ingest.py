"""`manage.py ingest`: takes live streams from encoders over RTMP, and from green rooms over WebSockets. Several
processes may run, behind one address."""

import asyncio
import logging
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.core.collector import calm_collector
from apps.media import services
from apps.media.adapters.ingest import Gate, Sockets, workfolder
from apps.media.services import contributing

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Takes live streams from encoders and browsers, until it is told to stop (SIGTERM)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=settings.INGEST.port, help="for encoders; 0 takes a free one")
        parser.add_argument(
            "--socket-port", type=int, default=settings.INGEST.socket_port, help="for browsers; 0 takes a free one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        calm_collector()
        if left := workfolder.remove_left():
            logger.info("Removed %s work folders of takes whose process was killed.", left)
        asyncio.run(self._serve(options["host"], options["port"], options["socket_port"]))

    async def _serve(self, host: str, port: int, socket_port: int) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, stop.set)
        sides = list(settings.INGEST.rungs)
        gate = Gate(services, sides=sides)
        sockets = Sockets(contributing, path=settings.INGEST.socket_path, sides=sides)
        await asyncio.gather(
            gate.serve(host, port, until=stop, ready=lambda port: self._say(f"Listening at {host}:{port}")),
            sockets.serve(
                host, socket_port, until=stop, ready=lambda port: self._say(f"Green rooms come to {host}:{port}")
            ),
        )
        logger.info("The ingest has stopped.")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
