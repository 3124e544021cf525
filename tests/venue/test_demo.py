"""The demo event at its stages, and what it is made of."""

import io
import threading
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from apps.events.models import Event
from apps.venue.demo import content, drawing, patience, renew, seed
from apps.venue.demo.times import When, clock_for


@pytest.mark.parametrize("hour", range(0, 24, 3))
@pytest.mark.parametrize("stage", list(When))
def test_programme_is_by_day_at_any_hour(stage, hour):
    made = clock_for(stage, datetime(2026, 11, 21, hour, 37, tzinfo=UTC))

    assert 8 <= made.zero.astimezone(ZoneInfo(made.zone)).hour <= 15
    assert made.zero.minute % 5 == 0


def test_words_of_the_programme_fit_together():
    speakers = {row["slug"] for row in content.read("speakers")["speaker"]}
    rooms = {row["slug"] for row in content.read("event")["rooms"]}
    taken = {}
    for row in content.read("sessions")["session"]:
        assert set(row["speakers"]) <= speakers
        assert row["room"] in rooms
        for other in taken.setdefault((row["day"], row["room"]), []):
            assert row["at"] >= other["at"] + other["for"] or other["at"] >= row["at"] + row["for"]
        taken[row["day"], row["room"]].append(row)


@pytest.mark.parametrize("look", [row["look"] for row in content.read("speakers")["speaker"][:3]])
def test_portraits_are_pictures(look):
    assert Image.open(io.BytesIO(drawing.portrait(*look))).size == (480, 480)


def test_documents_hold_their_words():
    data = drawing.pdf("Choosing a gauge", "Ostra", ["How deep (really) does it get?"])

    assert data.startswith(b"%PDF-1.4")
    assert b"(How deep \\(really\\) does it get?)" in data
    assert data.rstrip().endswith(b"%%EOF")


def test_long_work_gives_signs_of_life_until_it_ends():
    said, heard = [], threading.Event()

    def say(words):
        said.append(words)
        heard.set()

    with patience.telling(say, every=0.01):
        assert heard.wait(60)
    total = len(said)

    assert said[0].strip() == "still at it after 0 s"
    assert threading.Event().wait(0.05) is False
    assert len(said) == total


@pytest.fixture
def without_film(monkeypatch):
    monkeypatch.setattr(seed.Seeder, "show_film", lambda self: None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_film")
def test_demo_that_is_over_can_be_made_after_one_that_is_open():
    call_command("seed_demo", stage="open", password="a-password-of-its-own")
    assert Event.objects.get().state == Event.State.PUBLISHED
    assert not renew.has_passed(Event.objects.get())

    call_command("seed_demo", stage="over", password="a-password-of-its-own", fresh=True)

    assert Event.objects.get().state == Event.State.ENDED


@pytest.mark.django_db
def test_demo_needs_a_password_where_the_database_is_not_a_laptops_own(settings):
    settings.EMBEDDED_DATABASE = False

    with pytest.raises(CommandError, match="--password"):
        call_command("seed_demo")
    assert not Event.objects.exists()
