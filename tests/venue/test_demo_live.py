"""The demo event while it runs, made once for all of these tests: what is in it, and how it is moved to another day."""

import io
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client

from apps.accounts.models import User
from apps.chat import selectors as chat
from apps.chat.models import Message
from apps.core import clock
from apps.events.models import Event
from apps.events.permissions import roles_of
from apps.polls.models import Answer, Poll
from apps.tracks import selectors as tracks
from apps.venue.demo import renew, seed
from apps.venue.demo.sign_ins import SIGN_INS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """What the command said. Each test finds the event as it was made: what it writes is taken back."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(seed.Seeder, "show_film", lambda self: None)
        call_command("seed_demo", password="a-password-of-its-own", stdout=said)
        yield said.getvalue()
        call_command("flush", interactive=False, verbosity=0)


def test_live_demo_has_something_on_and_is_made_once(demo, capsys, client):
    event = Event.objects.get(slug="freshet")
    said = demo
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


def test_conversations_of_the_demo_show_what_chat_can_do(demo):
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


def test_demo_of_another_day_is_moved_to_now_with_all_that_happened(demo, monkeypatch):
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
