"""The demo's audience, on real sockets."""

import asyncio
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from apps.live import tickets
from apps.venue.demo import audience, content
from apps.venue.demo.sign_ins import SIGN_INS
from tests.factories.chat import MessageFactory
from tests.factories.events import RegistrationFactory
from tests.factories.polls import OptionFactory, PollFactory
from tests.plugins.platform import free_port


def test_audience_is_made_of_people_with_a_place(event, session, attendee, outsider):
    guests = audience.prepare(event, people=10)

    assert [guest.user_id for guest in guests] == [attendee.pk]
    assert tickets.read(guests[0].ticket()).roles == {"attendee"}


def test_audience_leaves_those_alone_whose_sign_in_is_told(event, session):
    RegistrationFactory(event=event, user__email=SIGN_INS[-1].email)

    assert audience.prepare(event, people=10) == []


def test_audience_goes_where_something_runs_and_to_the_lobby(event, session):
    topics = [place.topics for place in audience._places(event)]

    assert f"session/{session.pk}/stage" in topics[0]
    assert "announcements" in topics[-1]


def test_what_nobody_has_said_yet_comes_first(event):
    lines = content.read("talk")["chorus"]["lines"]
    MessageFactory(room__event=event, text=lines[0])

    assert audience.chorus(event) == [*lines[1:], lines[0]]


def test_audience_speaks_reacts_and_votes_on_a_running_server(platform, event, session, attendee, monkeypatch):
    monkeypatch.setattr(audience, "THINKING", (0.1, 0.5))
    monkeypatch.setattr(audience, "WORD_EVERY", 0.7)
    monkeypatch.setattr(audience, "REACTION_EVERY", 1.0)
    monkeypatch.setattr(audience, "WANT_EVERY", 0.5)
    monkeypatch.setattr(audience, "ASK_EVERY", 0.3)
    poll = PollFactory(event=event, session=session)
    OptionFactory.create_batch(2, poll=poll)
    RegistrationFactory.create_batch(2, event=event)
    guests = audience.prepare(event, people=3)
    here = next(place for place in audience._places(event) if place.can_react)
    guests = [replace(guest, place=here) for guest in guests]

    crowd = audience.Audience(
        audience.socket_url(platform.url, event), guests, ["One.", "Two."], ["Who pays?"], seconds=6
    )
    report = asyncio.run(crowd.run())

    assert report.came == len(guests) == 3
    assert report.done["chat.react"] and report.done["poll.vote"] == 3
    # Two lines are soon spent: they begin again.
    assert report.done["chat.send"] > 2
    assert report.done["question.ask"] == 1
    # Whoever asked wants it too, and is told that it is for the others to say so.
    assert report.done["question.vote"] + report.refused["question.own"] > 0
    assert not report.lost


def test_socket_follows_the_servers_address(event):
    assert audience.socket_url("https://plenary.example", event) == "wss://plenary.example/ws/freshet/"
    assert audience.socket_url("http://127.0.0.1:8000", event) == "ws://127.0.0.1:8000/ws/freshet/"


def test_nobody_got_in_names_the_address_and_what_changes_it(event, session, attendee):
    url = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(CommandError, match=f"Nobody got in at {url}.*--url"):
        call_command("demo_audience", url=url, event=event.slug, people=1, minutes=0.05)
