"""The demo event at its stages, renewed, and taken away."""

import io
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image

from apps.accounts.models import User
from apps.chat import selectors as chat
from apps.chat.models import Message
from apps.core import clock
from apps.events.models import Event
from apps.events.permissions import roles_of
from apps.polls.models import Answer, Poll
from apps.tracks import selectors as tracks
from apps.venue.demo import content, drawing, patience, renew, seed
from apps.venue.demo.sign_ins import SIGN_INS
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
        assert heard.wait(10)
    total = len(said)

    assert said[0].strip() == "still at it after 0 s"
    assert threading.Event().wait(0.05) is False
    assert len(said) == total


@pytest.fixture
def without_film(monkeypatch):
    monkeypatch.setattr(seed.Seeder, "show_film", lambda self: None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_film")
def test_live_demo_has_something_on_and_is_made_once(capsys, client):
    call_command("seed_demo", password="a-password-of-its-own")

    event = Event.objects.get(slug="freshet")
    said = capsys.readouterr().out
    assert [session.slug for session in tracks.sessions_now(event)].count("eleven-towns-one-floodplain") == 1
    assert len(tracks.sessions_now(event)) == 3
    assert Poll.objects.get(state="open").event == event
    assert Answer.objects.count() > 100
    assert not Message.objects.filter(created_at__gt=clock.now()).exists()
    assert "nadia.okello@freshet.example" in said
    assert "/accounts/login/" in said
    for sign_in in SIGN_INS:
        assert f"then {sign_in.begins_at}\n" in said
        client.force_login(User.objects.get(email=sign_in.email))
        assert (sign_in.role, client.get(sign_in.begins_at).status_code) == (sign_in.role, 200)
    assert 'type="password"' in Client().get("/accounts/login/").content.decode()

    call_command("seed_demo", password="a-password-of-its-own")

    assert "The demo event exists" in capsys.readouterr().out
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_film")
def test_conversations_of_the_demo_show_what_chat_can_do():
    call_command("seed_demo", password="a-password-of-its-own")

    event = Event.objects.get(slug="freshet")
    nadia = User.objects.get(name="Nadia Okello")
    queue = chat.queue(event.pk)
    assert (queue.waiting, queue.reported) == (2, 2)
    assert [(act.kind, act.by.name) for act in chat.acts(event.pk) if act.kind not in ("words", "pin")] == [
        ("approve", "Leo Marchetti"),
        ("mute", "Leo Marchetti"),
        ("remove", "Leo Marchetti"),
    ]
    named = chat.mentions(event.pk, nadia.pk)
    assert (named.count, named.invited) == (1, 1)
    places = chat.places(event, nadia, roles_of(nadia, event))
    assert {"Lobby", "Flat water"} <= {place.title for place in places if place.unread}
    assert {room.owner for room in event.chat_rooms.exclude(pinned=None)} == {
        "lobby",
        f"session/{event.sessions.get(slug='eleven-towns-one-floodplain').pk}",
    }
    said = Message.objects.filter(room__event=event)
    assert {file["kind"] for message in said for file in message.extras.get("files", [])} == {"image", "pdf"}
    assert said.exclude(edited_at=None).count() == 1
    assert sum(sum(message.marks.values()) for message in said) > 100
    assert not any(room.display_rate > 100 for room in event.chat_rooms.all())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_film")
def test_demo_that_is_over_can_be_made_after_one_that_is_open():
    call_command("seed_demo", stage="open", password="a-password-of-its-own")
    assert Event.objects.get().state == Event.State.PUBLISHED

    call_command("seed_demo", stage="over", password="a-password-of-its-own", fresh=True)

    assert Event.objects.get().state == Event.State.ENDED


@pytest.mark.django_db
def test_demo_needs_a_password_where_the_database_is_not_a_laptops_own(settings):
    settings.EMBEDDED_DATABASE = False

    with pytest.raises(CommandError, match="--password"):
        call_command("seed_demo")
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_film")
def test_demo_of_another_day_is_moved_to_now_with_all_that_happened(monkeypatch):
    call_command("seed_demo", password="a-password-of-its-own")
    event = Event.objects.get(slug="freshet")
    said = Message.objects.count()
    begun = clock.now()
    assert not renew.has_passed(event)
    Message.objects.filter(pk=Message.objects.latest("pk").pk).update(created_at=begun + timedelta(hours=1))
    later = begun + timedelta(days=3, hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert renew.has_passed(event)

    call_command("seed_demo", renew=True, password="a-password-of-its-own")

    event.refresh_from_db()
    assert not renew.has_passed(event)
    assert len(tracks.sessions_now(event)) == 3
    assert event.starts_at < later < event.ends_at
    assert 8 <= later.astimezone(ZoneInfo(event.time_zone)).hour <= 15
    assert Message.objects.count() == said
    assert not Message.objects.filter(created_at__gt=later).exists()
    assert Message.objects.filter(created_at__gte=later - timedelta(minutes=30)).exists()
    assert Poll.objects.get(state="open").opened_at > later - timedelta(hours=2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_film")
def test_demo_that_is_to_come_is_left_where_it_is():
    call_command("seed_demo", stage="open", password="a-password-of-its-own")

    assert not renew.has_passed(Event.objects.get(slug="freshet"))
