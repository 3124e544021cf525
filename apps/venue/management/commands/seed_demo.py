"""Makes the demo event, and says who can sign in."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from apps.core.errors import Refused
from apps.venue.demo import renew, seed
from apps.venue.demo.sign_ins import SIGN_INS
from apps.venue.demo.times import When

EMBEDDED_PASSWORD = "eleven-towns-one-river"  # noqa: S105 - of a laptop's own demo, and printed


class Command(BaseCommand):
    help = "Makes a credible three-day event with everything in it, at one of three stages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stage", choices=[stage.value for stage in When], default=When.LIVE.value)
        parser.add_argument("--fresh", action="store_true", help="take the demo that exists away first")
        parser.add_argument("--renew", action="store_true", help="move the demo that exists to now, and keep all in it")
        parser.add_argument("--password", default="", help="for the demo's people; needed outside of embedded mode")

    def handle(self, *args: Any, **options: Any) -> None:
        password = options["password"] or (EMBEDDED_PASSWORD if settings.EMBEDDED_DATABASE else "")
        found = seed.existing()
        if found and options["renew"]:
            self.step("Moving the demo event to now")
            renew.renew(found)
        if found and not options["fresh"]:
            self.stdout.write(f"The demo event exists: {settings.SITE_URL}{found.get_absolute_url()}")
            self.stdout.write("  seed_demo --renew moves it to now, --fresh makes it anew")
            self.tell(password)
            return
        if not password:
            raise CommandError("This database is not a laptop's own: choose the demo's password with --password.")
        began = time.monotonic()
        if found:
            self.step("Taking the old demo away")
            seed.remove(found)
        try:
            event = seed.seed(When(options["stage"]), password=password, say=self.step)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        took = time.monotonic() - began
        self.stdout.write(f"The demo event is there, after {took:.0f} s: {settings.SITE_URL}{event.get_absolute_url()}")
        self.tell(password)

    def step(self, words: str) -> None:
        self.stdout.write(f"  {words} …")
        self.stdout.flush()

    def tell(self, password: str) -> None:
        shown = password or "the password that was chosen when it was made"
        self.stdout.write(f"Sign in at {settings.SITE_URL}{reverse('account_login')}")
        self.stdout.write(f"  password   {shown}")
        if settings.MAILBOX_PAGES:
            self.stdout.write("  organiser and moderator are then asked for a code: the page says which")
        for sign_in in SIGN_INS:
            self.stdout.write(f"  {sign_in.role:<10} {sign_in.email:<29} then {sign_in.begins_at}")
