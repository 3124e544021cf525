"""Imports a schedule file into an event: a table, frab/pentabarf XML, pretalx/frab JSON or iCalendar."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from apps.audit.commands import StaffCommand
from apps.core.errors import Refused
from apps.events.models import Event, Organisation
from apps.tracks import adapters, services
from apps.tracks.adapters.schedule import Schedule, ScheduleError

_LISTED = 20


class Command(StaffCommand):
    help = (
        "Imports a conference schedule (CSV, XLSX, frab/pentabarf XML, pretalx/frab JSON, iCalendar) into an event. "
        "Sessions are recognised by guid, else id, else title; what was edited here is kept. The last line is "
        "JSON: tracks, rooms, sessions and speakers count what the file holds; added and removed count sessions; "
        "changed counts everything that is not as it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the schedule file")
        parser.add_argument("--event", metavar="SLUG", help="the event; with --create, its new address")
        parser.add_argument("--create", action="store_true", help="make the event where it does not exist")
        parser.add_argument("--organisation", metavar="SLUG", help="whose event is made; else a default one")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        named = Event.objects.filter(slug=options["event"]).first() if options["event"] else None
        try:
            schedule = services.read_schedule(self._bytes(path), event=named)
        except ScheduleError as error:
            raise CommandError(f"{path}: {error}") from error
        slug = options["event"] or (services.slug_of(schedule) if options["create"] else "")
        if not slug:
            raise CommandError(_("Name the event with --event SLUG, or make one with --create."))
        event, report = self._import(schedule, slug, options)
        self._tell(event, report, dry_run=options["dry_run"])

    def _bytes(self, path: Path) -> bytes:
        try:
            if path.stat().st_size > adapters.MAX_BYTES:
                raise adapters.too_large()
            return path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}") from error

    def _import(self, schedule: Schedule, slug: str, options: dict[str, Any]) -> tuple[Event, services.Report]:
        event = Event.objects.filter(slug=slug).first()
        if event is not None:
            named = options["organisation"]
            if named and event.organisation.slug != named:
                raise CommandError(_("The event “%s” belongs to another organisation.") % slug)
            if options["dry_run"]:
                return event, services.plan_import(event, schedule).report
            try:
                return event, services.import_schedule(event=event, schedule=schedule)
            except Refused as refused:
                raise CommandError(str(refused.message)) from refused
        if not options["create"]:
            raise CommandError(_("There is no event “%s”. Add --create to make it.") % slug)
        if options["dry_run"]:
            event = services.sketch_event(schedule=schedule, slug=slug)
            return event, services.plan_import(event, schedule).report
        try:
            return services.create_from(schedule=schedule, organisation=self._organisation(options), slug=slug)
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused

    def _organisation(self, options: dict[str, Any]) -> Organisation:
        slug = options["organisation"]
        if not slug:
            return services.default_organisation()
        organisation = Organisation.objects.filter(slug=slug).first()
        if organisation is None:
            raise CommandError(_("There is no organisation “%s”.") % slug)
        return organisation

    def _tell(self, event: Event, report: services.Report, *, dry_run: bool) -> None:
        for heading, entries in (
            (_("Added"), report.added),
            (_("Changed"), report.changed),
            (_("Moved"), report.moved),
            (_("Removed"), report.removed),
            (_("Edited here, and kept"), report.kept),
        ):
            self._list(heading, [self._entry(entry) for entry in entries])
        self._list(_("Warnings"), [str(remark) for remark in report.warnings])
        said = _("Nothing was written; this would change in %s:") if dry_run else _("Imported into %s:")
        self.stdout.write(said % f"{event.name} (/e/{event.slug}/)")
        self.stdout.write(json.dumps(report.summary()))

    def _list(self, heading: str, lines: list[str]) -> None:
        if lines:
            self.stdout.write(f"{heading} ({len(lines)}):")
            for line in lines[:_LISTED]:
                self.stdout.write(f"  {line}")
            if len(lines) > _LISTED:
                self.stdout.write("  …")

    def _entry(self, entry: Any) -> str:
        edits = "; ".join(f"{edit.field}: {edit.before} → {edit.after}" for edit in entry.edits)
        return f"{entry.name} ({edits})" if edits else str(entry.name)
