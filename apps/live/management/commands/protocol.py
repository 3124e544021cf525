"""Writes the wire protocol as an AsyncAPI document, from what is registered."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.live import asyncapi


class Command(BaseCommand):
    help = "Writes docs/protocol.yaml; with --check only says whether it is what it should be."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "protocol.yaml"
        untyped = sorted(asyncapi.untyped())
        if untyped:
            raise CommandError(f"Their annotations do not say what they carry: {', '.join(untyped)}.")
        text = asyncapi.text()
        if options["check"]:
            if not path.exists() or path.read_text() != text:
                raise CommandError("docs/protocol.yaml is not what the code says; run `make protocol`.")
            return
        path.write_text(text)
