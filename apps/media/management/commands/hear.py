"""`manage.py hear`: writes along what is said on stages that want it, by the machine of this place. Several processes
may run and share the stages."""

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from apps.core.collector import calm_collector
from apps.media import services
from apps.media.adapters import speech

IDLE_SECONDS = 0.5


class Command(BaseCommand):
    help = "Writes live captions by machine, until it is told to stop (SIGTERM)."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        if not speech.hears_along():
            # A supervisor that starts it must not see it die again and again.
            self._tell("There is no machine here that could hear: see WHISPER_MODEL.")
            stop.wait()
            return
        calm_collector()
        self._tell("Listening to stages.")
        while not stop.is_set():
            close_old_connections()
            if not services.hear_next():
                stop.wait(IDLE_SECONDS)

    def _tell(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
