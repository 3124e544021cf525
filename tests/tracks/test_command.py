"""The import as a command: its last line, its errors, its exit codes."""

import json
import time

import pytest
from django.core.management import CommandError, call_command

from apps.events.models import Event, Organisation
from apps.tracks.models import Room, Session, Speaker, Track
from tests.factories.events import OrganisationFactory
from tests.tracks.samples import OWN, REAL, event_xml, real, schedule_xml

pytestmark = pytest.mark.django_db
SAMPLE = str(OWN / "freshet.xml")


def run(capsys, *arguments):
    call_command("import_schedule", *arguments)
    return capsys.readouterr().out.splitlines()


def answer(capsys, *arguments):
    return json.loads(run(capsys, *arguments)[-1])


def nothing_was_written():
    return not any(model.objects.exists() for model in (Event, Organisation, Session, Room, Track, Speaker))


def test_the_last_line_is_json(capsys):
    assert answer(capsys, SAMPLE, "--create") == {
        "tracks": 3,
        "rooms": 3,
        "sessions": 6,
        "speakers": 5,
        "added": 6,
        "changed": 0,
        "removed": 0,
        "warnings": [],
    }


def test_create_makes_a_draft_of_the_event_the_file_describes(capsys):
    run(capsys, SAMPLE, "--create")

    event = Event.objects.get()
    assert (event.slug, str(event.name), event.time_zone) == ("freshet-2026", "Freshet 2026", "Europe/Lisbon")
    assert (event.state, event.organisation.slug) == (Event.State.DRAFT, "default")
    assert (event.starts_at.isoformat(), event.ends_at.isoformat()) == (
        "2026-10-13T08:00:00+00:00",
        "2026-10-14T11:45:00+00:00",
    )


def test_create_twice_imports_again(capsys):
    run(capsys, SAMPLE, "--create")

    second = answer(capsys, SAMPLE, "--create")

    assert (second["added"], second["changed"], second["removed"]) == (0, 0, 0)
    assert Event.objects.count() == 1


def test_event_and_organisation_may_be_named(capsys):
    OrganisationFactory(slug="weir-society")

    run(capsys, SAMPLE, "--event", "high-water", "--create", "--organisation", "weir-society")

    assert Event.objects.get().slug == "high-water"
    assert Event.objects.get().organisation.slug == "weir-society"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Name the event with --event SLUG, or make one with --create."),
        (["--event", "nowhere"], "There is no event “nowhere”. Add --create to make it."),
        (["--create", "--organisation", "nobody"], "There is no organisation “nobody”."),
    ],
)
def test_what_is_not_there_is_said(arguments, message):
    with pytest.raises(CommandError) as caught:
        call_command("import_schedule", SAMPLE, *arguments)

    assert str(caught.value) == message
    assert caught.value.returncode == 1
    assert nothing_was_written()


def test_an_event_of_another_organisation_is_not_touched(event):
    OrganisationFactory(slug="dry-dock")

    with pytest.raises(CommandError, match="belongs to another organisation"):
        call_command("import_schedule", SAMPLE, "--event", event.slug, "--organisation", "dry-dock")


def test_a_dry_run_writes_nothing(capsys, event):
    new = answer(capsys, SAMPLE, "--event", "not-yet", "--create", "--dry-run")
    known = answer(capsys, SAMPLE, "--event", event.slug, "--dry-run")

    assert new["added"] == known["added"] == 6
    assert Event.objects.count() == 1
    assert not (Session.objects.exists() or Room.objects.exists() or Speaker.objects.exists())


def test_a_dry_run_says_what_a_run_would(capsys, tmp_path):
    run(capsys, SAMPLE, "--create")
    changed = tmp_path / "changed.xml"
    changed.write_bytes((OWN / "freshet.xml").read_bytes().replace(b"Ponds that pay", b"Ponds that earn"))

    dry = answer(capsys, str(changed), "--create", "--dry-run")
    wet = answer(capsys, str(changed), "--create")

    assert dry == wet
    assert wet["changed"] == 1


def test_a_broken_file_is_one_line_that_names_file_and_place(tmp_path):
    broken = tmp_path / "broken.xml"
    broken.write_bytes(schedule_xml(event_xml(leave="duration")))

    with pytest.raises(CommandError) as caught:
        call_command("import_schedule", str(broken), "--create")

    assert str(caught.value) == f"{broken}: line 5: the session “High water” has no duration"
    assert nothing_was_written()


@pytest.mark.parametrize("name", ["missing.xml", "."])
def test_a_file_that_cannot_be_opened_is_said(tmp_path, name):
    with pytest.raises(CommandError, match=str(tmp_path)):
        call_command("import_schedule", str(tmp_path / name), "--create")


def test_the_lines_above_tell_what_moved_and_what_was_removed(capsys, tmp_path):
    run(capsys, SAMPLE, "--create")
    data = (OWN / "freshet.xml").read_bytes().replace(b"2026-10-14T12:00", b"2026-10-14T13:00")
    changed = tmp_path / "changed.xml"
    changed.write_bytes(data)

    lines = run(capsys, str(changed), "--create")

    assert lines[:2] == [
        "Moved (1):",
        "  Ponds that pay (time: 2026-10-14 12:00–12:45 → 2026-10-14 13:00–13:45)",
    ]


def test_a_large_conference_comes_in_well_under_half_a_minute(capsys):
    real("fosdem-2026.xml")

    began = time.process_time()
    said = answer(capsys, str(REAL / "fosdem-2026.xml"), "--create")
    took = time.process_time() - began

    assert [said[name] for name in ("tracks", "rooms", "sessions", "speakers", "added")] == [62, 30, 883, 927, 883]
    assert took < 15  # seconds of CPU
