"""What people take with them, and the end of an account."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from apps.accounts import services
from apps.accounts.models import User
from apps.accounts.registry import holding
from apps.chat.models import Message, Report, Sanction
from apps.core import clock
from apps.core.errors import Refused
from apps.events import services as events
from apps.events.models import Ban, KeptBan, Registration
from apps.events.services import register_person
from tests.factories.accounts import UserFactory
from tests.factories.chat import MessageFactory, ReportFactory, RoomFactory, SanctionFactory
from tests.factories.events import AnswerFactory, EventFactory, RegistrationFactory
from tests.factories.polls import PollFactory

DATA, FILE, LEAVE = "/data/", "/data/file/", "/data/delete/"


@pytest.fixture
def nadia(event):
    """Somebody who took part in much."""
    person = UserFactory(name="Nadia Okello", email="nadia@lakeside.example", bio="Ask me about weirs.")
    place = RegistrationFactory(event=event, user=person)
    AnswerFactory(registration=place, question__event=event, question__label="Diet?", text="No nuts")
    MessageFactory(room=RoomFactory(event=event, owner="lobby"), author=person, text="Good morning, Freshet")
    return person


def test_file_has_what_each_room_holds_of_this_person_alone(event, nadia, enter):
    MessageFactory(room=RoomFactory(event=event, owner="back"), author=UserFactory(), text="Not hers")
    answer = enter(nadia).post(FILE)
    found = json.loads(answer.content)
    assert (found["person"]["bio"], found["person"]["seen_by"]["bio"]) == ("Ask me about weirs.", "nobody")
    assert found["places"][0]["answers"][0]["answer"] == "No nuts"
    assert [row["text"] for row in found["messages"]] == ["Good morning, Freshet"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_every_room_that_holds_people_tells_what(event, nadia):
    assert set(services.everything_of(nadia)) == {
        *("made_at", "person", "devices", "second_steps", "tokens", "cut", "places", "roles", "messages", "groups"),
        *("poll_answers", "questions", "question_votes", "quiz_attempts", "quiz_seats", "stars", "visits", "mails"),
        *("mails_not_wanted", "contact_requests", "bans", "providers", "typed_by_others", "former_memberships"),
        *("organisation_wishes", "watched", "files", "earlier_files"),
        *("speaker_pages", "quiz_times", "chat_files", "chat_marks", "chat_mentions", "chat_read", "chat_reports"),
        *("seats", "chat_bars", "questions_followed", "polls_without_names", "booths"),
    }


def test_file_is_bounded_and_says_what_it_left_out(nadia, monkeypatch):
    MessageFactory(room=Message.objects.get().room, author=nadia, text="And good evening")
    monkeypatch.setattr(holding, "MOST_ROWS", 1)
    found = services.everything_of(nadia)
    assert ([row["text"] for row in found["messages"]], found["cut"]) == (["And good evening"], ["messages"])


def test_file_is_made_a_few_times_an_hour(nadia, enter):
    client = enter(nadia)
    assert [client.post(FILE).status_code for _ in range(7)] == [200] * 6 + [429]


def test_visitors_have_no_data(visitor):
    assert [visitor.get(DATA).status_code, visitor.post(FILE).status_code, visitor.post(LEAVE).status_code] == [302] * 3


def signed_in_now(client, person):
    session = client.session
    session["account_authentication_methods_user"] = str(person.pk)
    session["account_authentication_methods"] = [{"method": "code", "at": clock.now().timestamp()}]
    session.save()
    return client


def test_account_is_deleted_and_what_was_said_stays_without_a_name(nadia, enter):
    client = signed_in_now(enter(nadia), nadia)
    assert client.post(LEAVE, {"email": " Nadia@Lakeside.example "}).headers["Location"] == reverse("events:front")
    message = Message.objects.get()
    assert (User.objects.filter(pk=nadia.pk).exists(), message.author, message.text) == (
        False,
        None,
        "Good morning, Freshet",
    )
    assert client.get(DATA).status_code == 302


def test_ban_outlives_the_account(event, nadia, other_event):
    events.ban(event, user=nadia, by=None)
    lifted = events.ban(other_event, user=nadia, by=None)
    events.lift_ban(lifted.event, user=nadia, by=None)
    services.delete_account(nadia)
    assert "nadia" not in str(list(KeptBan.objects.values()))
    again, _is_new = services.find_or_create(email="Nadia@lakeside.example")
    UserFactory()
    assert list(Ban.objects.standing().values_list("event", "user")) == [(event.pk, again.pk)]
    assert not KeptBan.objects.exists()


def test_ban_is_known_again_after_the_key_was_changed(event, nadia, settings):
    events.ban(event, user=nadia, by=None)
    services.delete_account(nadia)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key-of-this-installation"
    services.find_or_create(email="nadia@lakeside.example")
    assert Ban.objects.standing().count() == 1


def test_mute_and_ban_from_the_chat_outlive_the_account(event, nadia):
    until = clock.now() + timedelta(hours=1)
    SanctionFactory(event=event, user=nadia, kind=Sanction.Kind.MUTE, until=until)
    SanctionFactory(event=event, user=nadia, kind=Sanction.Kind.BAN, lifted_at=clock.now())
    services.delete_account(nadia)
    again, _is_new = services.find_or_create(email="nadia@lakeside.example")
    assert list(Sanction.objects.values_list("user", "kind", "until")) == [(again.pk, Sanction.Kind.MUTE, until)]


def test_report_outlives_the_account_of_who_made_it(nadia):
    made = ReportFactory(message=MessageFactory(room=Message.objects.get().room, author=UserFactory()), by=nadia)
    services.delete_account(nadia)
    made.refresh_from_db()
    assert (made.by, made.state) == (None, Report.State.OPEN)


def test_account_is_not_deleted_without_its_address(nadia, enter):
    answer = signed_in_now(enter(nadia), nadia).post(LEAVE, {"email": "somebody@example.org"})
    assert (answer.status_code, User.objects.filter(pk=nadia.pk).exists()) == (400, True)


def test_account_is_not_deleted_from_a_session_that_is_old(nadia, enter):
    enter(nadia).post(LEAVE, {"email": nadia.email})
    assert User.objects.filter(pk=nadia.pk).exists()


def test_whoever_has_a_password_types_it_first(nadia, enter):
    services.set_password(nadia, "weir-and-willow-9")
    answer = enter(nadia).post(LEAVE, {"email": nadia.email})
    assert answer.headers["Location"] == "/accounts/reauthenticate/?next=%2Fdata%2F"
    assert User.objects.filter(pk=nadia.pk).exists()


def test_whoever_runs_events_hands_them_over_first(organiser):
    with pytest.raises(Refused) as refused:
        services.delete_account(organiser)
    assert (refused.value.code, User.objects.filter(pk=organiser.pk).exists()) == ("account.runs_events", True)


def test_place_of_whoever_leaves_goes_to_the_next(nadia):
    event = EventFactory(capacity=1)
    register_person(event, user=nadia)
    waits = register_person(event, user=UserFactory())
    assert waits.state == Registration.State.WAITING
    PollFactory(event=event)
    services.delete_account(nadia)
    waits.refresh_from_db()
    assert waits.state == Registration.State.CONFIRMED
