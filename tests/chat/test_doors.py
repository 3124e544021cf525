"""Each door of chat once happy, once refused: pages and forms, the API, the socket's commands and topics, the desk."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from apps.chat import live, selectors, services
from apps.chat.models import Message
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from apps.live.registry import Call, Done, Who, resolve
from tests.factories.tracks import SessionFactory


@pytest.fixture
def page(room):
    return lambda name: reverse(f"chat:{name}", args=[room.event.slug, room.pk])


@pytest.fixture
def api(room):
    return lambda name, *args: reverse(f"api:chat-{name}", args=[room.event.slug, room.pk, *args])


def who(person, event):
    return Who(person.pk, event.pk, person.name, permissions.roles_of(person, event), 1)


# Pages ---------------------------------------------------------------------------------------------------------


def test_room_page_shows_what_was_said(page, attendee, speaker, say, enter):
    say(speaker, "See https://example.org/gauges.")

    html = enter(attendee).get(page("room")).content.decode()

    assert 'href="https://example.org/gauges"' in html
    assert "Amara Lindqvist" in html


def test_what_people_write_is_text_never_markup(page, attendee, say, enter):
    say(attendee, '<script>alert(1)</script> https://x.example/"onmouseover=alert(1)')

    html = enter(attendee).get(page("room")).content.decode()

    assert "<script>alert" not in html
    assert '"onmouseover' not in html


@pytest.mark.parametrize("person", ["outsider", "nobody"])
def test_room_page_is_for_those_who_take_part(page, request, enter, person):
    assert enter(request.getfixturevalue(person)).get(page("room")).status_code in (302, 404)


def test_room_page_of_another_event_is_not_found(other_event, attendee, event, enter):
    elsewhere = services.room_for(other_event, "lobby")

    assert enter(attendee).get(reverse("chat:room", args=[event.slug, elsewhere.pk])).status_code == 404


def test_form_sends_and_leads_back(page, room, attendee, enter):
    answer = enter(attendee).post(page("send"), {"text": "By form", "command_id": "f1", "next": page("room")})

    assert (answer.status_code, answer["Location"]) == (302, page("room"))
    assert Message.objects.get().text == "By form"


def test_form_that_is_sent_twice_says_it_once(page, attendee, enter):
    client = enter(attendee)
    for _ in range(2):
        client.post(page("send"), {"text": "By form", "command_id": "f1"})

    assert Message.objects.count() == 1


def test_form_does_not_lead_to_other_sites(page, attendee, enter):
    answer = enter(attendee).post(page("send"), {"text": "Hello", "next": "https://evil.example/"})

    assert answer["Location"].startswith("/e/freshet/")


def test_refused_form_keeps_the_text_and_says_why(page, room, attendee, enter):
    services.set_rules(room, is_open=True, slow_seconds=60, user_id=None)
    client = enter(attendee)
    client.post(page("send"), {"text": "One"})

    answer = client.post(page("send"), {"text": "Two, not to be lost"})

    assert answer.status_code == 429
    html = answer.content.decode()
    assert "Two, not to be lost</textarea>" in html
    assert "Slow mode is on" in html


def picture(name):
    file = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def test_refused_form_keeps_its_files_and_sends_them_with_the_next_try(page, room, attendee, enter):
    services.set_rules(room, is_open=True, slow_seconds=60, user_id=None)
    client = enter(attendee)
    client.post(page("send"), {"text": "One"})

    answer = client.post(page("send"), {"text": "Two", "file": [picture("field.png"), picture("bridge.png")]})
    kept = re.findall(r'name="kept" value="([^"]+)"[^>]*checked', answer.content.decode())
    services.set_rules(room, is_open=True, slow_seconds=0, user_id=None)
    client.post(page("send"), {"text": "Two", "kept": kept})

    assert answer.status_code == 429
    assert "Choose the file again" not in answer.content.decode()
    files = Message.objects.get(text="Two").extras["files"]
    assert [file["name"] for file in files] == ["field.png", "bridge.png"]


def test_form_whose_file_is_refused_says_to_choose_it_again(page, attendee, enter):
    file = SimpleUploadedFile("notes.txt", b"not a picture", "text/plain")

    html = enter(attendee).post(page("send"), {"text": "Look", "file": file}).content.decode()

    assert "Choose the file again" in html
    assert "Look</textarea>" in html
    assert 'name="kept"' not in html


def test_file_of_somebody_else_is_not_kept(page, room, attendee, speaker, enter):
    theirs = services.attach(
        room, user=speaker, roles=permissions.roles_of(speaker, room.event), name="x.png", file=picture("x.png")
    )

    answer = enter(attendee).post(page("send"), {"text": "Mine now", "kept": theirs.key})

    assert answer.status_code == 422
    assert theirs.key not in answer.content.decode()


@pytest.mark.parametrize(("ago", "said"), [(5, True), (60, False)])
def test_page_says_that_a_lively_room_shows_a_selection(page, room, attendee, say, enter, ago, said):
    say(attendee)
    Message.objects.update(seq=None, created_at=clock.now() - timedelta(seconds=ago))

    html = enter(attendee).get(page("room")).content.decode()

    assert (re.search(r"data-selection hidden", html) is None) == said


def test_form_removes_own_message_only(page, attendee, speaker, say, enter):
    said = say(attendee)

    assert enter(speaker).post(page("remove"), {"message": said.id}).status_code == 403
    assert enter(attendee).post(page("remove"), {"message": said.id}).status_code == 302
    assert Message.objects.get().removed == "author"


def test_form_reacts(page, room, attendee, enter):
    assert enter(attendee).post(page("react"), {"kind": "applause"}).status_code == 302
    assert enter(attendee).post(page("react"), {"kind": "boo"}).status_code == 400
    assert selectors.reactions(room.event_id, room.pk)["applause"] == 1


def test_moderator_sets_rules_attendee_cannot(page, room, attendee, moderator, enter):
    assert enter(attendee).post(page("rules"), {"open": "no"}).status_code in (302, 403)
    room.refresh_from_db()
    assert room.is_open

    enter(moderator).post(page("rules"), {"open": "no", "slow": "15"})

    room.refresh_from_db()
    assert (room.is_open, room.slow_seconds) == (False, 15)


@pytest.mark.parametrize("count", [1, 3])
def test_room_page_takes_the_same_number_of_queries(
    page, attendee, speaker, say, enter, django_assert_max_num_queries, count
):
    for _ in range(count):
        say(speaker)
    client = enter(attendee)
    client.get(page("room"))

    with django_assert_max_num_queries(14):
        assert client.get(page("room")).status_code == 200


# API -----------------------------------------------------------------------------------------------------------


def test_api_sends_and_reads(api, attendee, enter):
    client = enter(attendee)

    created = client.post(api("messages"), {"text": "By API", "id": "a1"}, content_type="application/json")
    again = client.post(api("messages"), {"text": "By API", "id": "a1"}, content_type="application/json")

    assert (created.status_code, again.json()) == (201, created.json())
    assert client.get(api("messages")).json()["messages"] == [created.json()]
    assert client.get(api("room")).json()["messages"] == [created.json()]


def test_api_refuses_with_a_code(api, room, attendee, outsider, visitor, enter):
    services.set_rules(room, is_open=False, slow_seconds=0, user_id=None)

    refused = enter(attendee).post(api("messages"), {"text": "Hello"}, content_type="application/json")

    assert (refused.status_code, refused.json()["code"]) == (409, "chat.closed")
    for client in (visitor, enter(outsider)):
        assert client.get(api("messages")).status_code in (401, 403, 404)
        assert client.post(api("messages"), {"text": "x"}, content_type="application/json").status_code in (
            401,
            403,
            404,
        )
    assert enter(attendee).get(api("messages") + "?limit=100000").status_code == 400


def test_api_removes_reacts_and_rules(api, room, attendee, moderator, say, enter):
    said = say(attendee)

    removed = enter(moderator).delete(api("message", said.id))
    reacted = enter(attendee).post(api("reactions"), {"kind": "wow"}, content_type="application/json")
    ruled = enter(moderator).put(api("rules"), {"open": False, "slow": 5}, content_type="application/json")
    unruled = enter(attendee).put(api("rules"), {"open": True, "slow": 0}, content_type="application/json")

    named = enter(moderator).put(api("rules"), {"links": False, "holds": "first"}, content_type="application/json")

    holding = {"room": room.pk, "title": "Lobby", "waiting": 0, "open": False, "slow": 5, "hosts": False}
    holding |= {"newcomer_minutes": 0, "hide_after": 0, "display_rate": 8}
    assert named.json() == {**holding, "links": False, "holds": "first"}
    assert removed.json() == {"type": "removed", "id": said.id, "by": "moderator"}
    assert reacted.json()["wow"] == 1
    assert ruled.json() == {**holding, "links": True, "holds": ""}
    assert unruled.status_code == 403


# Socket --------------------------------------------------------------------------------------------------------


def test_topics_let_in_who_may_read(room, attendee, outsider, event, other_event):
    for name in (f"chat/{room.pk}", f"reactions/{room.pk}"):
        match = resolve(name)
        match.topic.guard(who(attendee, event), **match.params)
        for stranger in (who(outsider, other_event), who(outsider, event)):
            with pytest.raises(Refused, match=r"chat\.unknown"):
                match.topic.guard(stranger, **match.params)


def test_topic_replays_what_was_said(room, attendee, say):
    said = say(attendee)
    match = resolve(f"chat/{room.pk}")

    assert match.topic.replay(room.event_id, after=0, limit=10, **match.params) == [(1, said)]
    assert match.topic.head(room.event_id, **match.params) == 1


def test_commands_of_one_tick_are_answered_in_order(room, attendee, outsider, event):
    calls = [
        Call(who(attendee, event), live.Send.Body(room=room.pk, text="Hello"), "c1"),
        Call(who(outsider, event), live.Send.Body(room=room.pk, text="Let me in"), "c2"),
        Call(who(attendee, event), live.Send.Body(room=room.pk, text=" "), "c3"),
    ]

    said, unknown, empty = live.Send().run(calls)

    assert said.text == "Hello"
    assert (unknown.code, empty.code) == ("chat.unknown", "chat.empty")


def test_remove_and_react_commands_answer_each(room, attendee, speaker, event, say):
    said = say(attendee)
    body = live.Remove.Body(room=room.pk, message=said.id)

    refused, removed = live.Remove().run([Call(who(speaker, event), body), Call(who(attendee, event), body)])
    [reacted] = live.React().run([Call(who(attendee, event), live.React.Body(room=room.pk, kind="heart"))])

    assert (refused.code, removed.by, reacted) == ("chat.not_yours", "author", Done())


# Desk ----------------------------------------------------------------------------------------------------------


def test_desk_lists_and_removes_own_messages_only(room, attendee, organiser, other_organiser, say, enter):
    said = say(attendee, "A thing to remove")
    address = reverse("admin:chat_message_changelist")
    wish = {"action": "remove_messages", "confirmed": "1", "_selected_action": [said.id]}

    assert "A thing to remove" not in enter(other_organiser).get(address).content.decode()
    enter(other_organiser).post(address, wish)
    assert Message.objects.get().removed == ""

    assert "A thing to remove" in enter(organiser).get(address + "?q=remove").content.decode()
    enter(organiser).post(address, wish)
    assert Message.objects.get().removed == "moderator"


def test_desk_changes_the_rules_of_a_room(room, organiser, enter):
    address = reverse("admin:chat_room_change", args=[room.pk])
    client = enter(organiser)
    assert client.get(address).status_code == 200
    assert client.get(reverse("admin:chat_change_changelist")).status_code == 200

    wish = {"slow_seconds": "20", "display_rate": "8", "newcomer_minutes": "0", "hide_after": "0", "holds": ""}
    client.post(address, wish)

    room.refresh_from_db()
    assert (room.is_open, room.slow_seconds) == (False, 20)
    assert room.changes.get().by == organiser


@pytest.mark.parametrize("count", [1, 3])
def test_desk_lists_take_the_same_number_of_queries(event, attendee, organiser, say, enter, count):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for session in SessionFactory.create_batch(count, event=event):
        say(attendee, room=services.room_for(event, f"session/{session.pk}"))
    client = enter(organiser)
    for name in ("message", "room"):
        address = reverse(f"admin:chat_{name}_changelist")
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        titles = [query for query in queries if "tracks_session" in query["sql"]]
        assert len(titles) == 1
