"""Sends an audience to a running server: real sockets, bounded in number and time."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.events.models import Event
from apps.venue.demo import audience, content

MOST_PEOPLE = 2000
MOST_MINUTES = 240


class Command(BaseCommand):
    help = "People of the event join over sockets, talk, ask, react and vote; Ctrl-C ends it early."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=40)
        parser.add_argument("--minutes", type=float, default=10)
        parser.add_argument(
            "--url", default=settings.SITE_URL, help=f"of the running server; without it {settings.SITE_URL}"
        )
        parser.add_argument("--event", default=content.read("event")["slug"])

    def handle(self, *args: Any, **options: Any) -> None:
        people = min(max(1, options["people"]), MOST_PEOPLE)
        minutes = min(max(0.05, options["minutes"]), MOST_MINUTES)
        event = Event.objects.filter(slug=options["event"]).first()
        if event is None:
            raise CommandError(f"There is no event {options['event']!r}. `seed_demo` makes the demo's.")
        guests = audience.prepare(event, people=people)
        if not guests:
            raise CommandError("Nobody has a place in this event yet, so there is no audience to send.")
        if len(guests) < people:
            self.stdout.write(f"Only {len(guests)} people have a place in this event; all of them come.")
        url = audience.socket_url(options["url"], event)
        self.stdout.write(f"{len(guests)} people go to {url} for {minutes:g} minutes. Ctrl-C ends it.")
        said, asked = audience.chorus(event), audience.wonders(event)
        report = self.send(audience.Audience(url, guests, said, asked, seconds=minutes * 60))
        self.tell(report, url=options["url"])

    def send(self, crowd: audience.Audience) -> audience.Report:
        try:
            asyncio.run(crowd.run())
        except KeyboardInterrupt:
            self.stdout.write("Ended early.")
        return crowd.report

    def tell(self, report: audience.Report, *, url: str) -> None:
        if not report.came:
            raise CommandError(f"Nobody got in at {url}. Where the platform runs elsewhere, name it with --url.")
        done = report.done
        self.stdout.write(
            f"{report.came} came; {done['chat.send']} messages, {done['chat.react']} reactions,"
            f" {done['poll.vote']} answers, {done['question.ask']} questions, {done['question.vote']} votes for them;"
            f" {report.lost} connections lost."
        )
        for code, count in report.refused.most_common():
            self.stdout.write(f"  refused {count} times: {code}")
