"""The doors of what belongs to messages: each once happy, once refused."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.chat import live, selectors, services
from apps.chat.models import Attachment, Group, Message
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from apps.live.registry import Call, Who, resolve
from tests.chat.test_files import PDF, picture
from tests.factories.chat import MessageFactory
from tests.factories.media import AssetFactory


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def page(room):
    return lambda name, *args: reverse(f"chat:{name}", args=[room.event.slug, room.pk, *args])


@pytest.fixture
def api(room):
    return lambda name, *args: reverse(f"api:chat-{name}", args=[room.event.slug, room.pk, *args])


def who(person, event):
    return Who(person.pk, event.pk, person.name, permissions.roles_of(person, event), 1)


def as_json(client, method, address, body):
    return getattr(client, method)(address, json.dumps(body), content_type="application/json")


# Pages ----------------------------------------------------------------------------------------------------------


def test_message_has_a_page_with_everything_that_can_be_done(page, attendee, moderator, say, enter):
    said = say(attendee, "Something to look at")

    for person, offers_pin in ((attendee, False), (moderator, True)):
        html = enter(person).get(page("message", said.id)).content.decode()
        assert "Something to look at" in html
        assert ('form="pin"' in html) is offers_pin


def test_message_that_is_not_shown_is_its_authors(room, page, attendee, speaker, enter):
    held = MessageFactory(room=room, seq=None, author=attendee, text="Waits", held="waiting")

    assert enter(attendee).get(page("message", held.pk)).status_code == 200
    assert enter(speaker).get(page("message", held.pk)).status_code == 404


def test_form_changes_ones_own_words(page, attendee, speaker, say, enter):
    said = say(attendee, "Befor")

    refused = enter(speaker).post(page("edit", said.id), {"text": "Mine now"})
    done = enter(attendee).post(page("edit", said.id), {"text": "Before"})

    assert (refused.status_code, done.status_code) == (403, 302)
    assert Message.objects.get().text == "Before"


def test_form_gives_a_reaction_and_takes_it_back(room, page, attendee, say, enter):
    said = say(attendee)
    client = enter(attendee)

    client.post(page("mark"), {"mark": f"{said.id} heart"})
    assert selectors.marks_of([said.id]) == {str(said.id): {"heart": 1}}
    client.post(page("mark"), {"mark": f"{said.id} heart"})
    assert selectors.marks_of([said.id]) == {}
    assert client.post(page("mark"), {"mark": "x"}).status_code == 404


def test_form_pins_for_moderators_only(room, page, attendee, moderator, say, enter):
    said = say(attendee)

    assert enter(attendee).post(page("pin"), {"message": said.id}).status_code in (302, 403)
    room.refresh_from_db()
    assert room.pinned_id is None
    enter(moderator).post(page("pin"), {"message": said.id})
    room.refresh_from_db()
    assert room.pinned_id == said.id


def test_form_sends_a_file(page, attendee, enter):
    file = SimpleUploadedFile("field.png", picture().read())

    answer = enter(attendee).post(page("send"), {"text": "", "file": file, "alt": "A field"})

    assert answer.status_code == 302
    assert Message.objects.get().extras["files"][0]["alt"] == "A field"


def test_form_with_a_file_that_is_none_keeps_the_words(page, attendee, enter):
    file = SimpleUploadedFile("field.png", b"<svg/>", content_type="image/png")

    answer = enter(attendee).post(page("send"), {"text": "Not to be lost", "file": file})

    assert answer.status_code == 422
    assert "Not to be lost</textarea>" in answer.content.decode()
    assert not Message.objects.exists()


def test_file_is_served_to_the_room_and_runs_nothing(room, page, attendee, outsider, say, enter):
    row = services.attach(room, user=attendee, roles=frozenset({"attendee"}), name="plan.pdf", file=io.BytesIO(PDF))
    say(attendee, "The plan", files=(services.Wanted(row.key),))

    answer = enter(attendee).get(page("file", row.key))

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert enter(outsider).get(page("file", row.key)).status_code in (302, 404)
    assert enter(attendee).get(page("file", "not-a-key")).status_code == 404


def test_search_page_finds(page, attendee, say, enter):
    say(attendee, "The salamander returns")
    client = enter(attendee)

    assert "The salamander returns" in client.get(page("search"), {"q": "salam"}).content.decode()
    assert "Nothing was said" in client.get(page("search"), {"q": "zeppelin"}).content.decode()


def test_replay_page_is_there_with_a_recording_only(event, session, attendee, enter, say):
    room = services.room_for(event, f"session/{session.pk}")
    address = reverse("chat:replay", args=[event.slug, room.pk])

    assert enter(attendee).get(address).status_code == 404


def test_export_is_whole_harmless_and_for_staff(room, page, attendee, moderator, say, enter):
    say(attendee, "=HYPERLINK(1)")
    MessageFactory(room=room, seq=None, author=attendee, text="Waits", held="waiting", created_at=clock.now())

    def fetch(kind):
        address = reverse("chat:export", kwargs={"event": room.event.slug, "room": room.pk, "kind": kind})
        assert enter(attendee).get(address).status_code in (302, 403)
        return b"".join(enter(moderator).get(address).streaming_content).decode()

    rows = list(csv.DictReader(io.StringIO(fetch("csv").lstrip("\ufeff"))))
    assert [row["text"] for row in rows] == ["'=HYPERLINK(1)", "Waits"]
    assert [row["text"] for row in json.loads(fetch("json"))] == ["=HYPERLINK(1)", "Waits"]


def test_empty_export_is_still_json(room, page, moderator, enter):
    address = reverse("chat:export", kwargs={"event": room.event.slug, "room": room.pk, "kind": "json"})

    assert json.loads(b"".join(enter(moderator).get(address).streaming_content)) == []


def test_groups_by_forms(event, attendee, speaker, enter):
    client = enter(attendee)
    at = lambda name, *args: reverse(f"chat:{name}", args=[event.slug, *args])  # noqa: E731

    client.post(at("create-group"), {"name": "Gauge readers"})
    group = Group.objects.get()
    assert "Amara Lindqvist" in client.get(at("group", group.pk), {"q": "ama"}).content.decode()
    client.post(at("invite", group.pk), {"people": [speaker.pk]})
    assert "Gauge readers" in enter(speaker).get(at("places")).content.decode()
    enter(speaker).post(at("answer", group.pk), {"answer": "yes"})

    assert selectors.is_member(group.pk, speaker.pk)
    enter(speaker).post(at("leave", group.pk))
    assert not selectors.is_member(group.pk, speaker.pk)
    assert enter(speaker).get(at("group", group.pk)).status_code == 404


def test_group_without_a_name_is_refused_kindly(event, attendee, enter):
    answer = enter(attendee).post(reverse("chat:create-group", args=[event.slug]), {"name": " "})

    assert answer.status_code == 400
    assert "Give the group a name" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_rooms_takes_the_same_number_of_queries(
    event, attendee, say, enter, django_assert_max_num_queries, count
):
    for number in range(count):
        room = services.room_for(event, f"session/{number + 1}")
        say(attendee, room=room)
        services.mark_read([services.HasRead(event.pk, room.pk, attendee.pk, frozenset({"attendee"}), 1)])
    client = enter(attendee)
    address = reverse("chat:places", args=[event.slug])
    client.get(address)

    with django_assert_max_num_queries(18):
        assert client.get(address).status_code == 200


def test_list_marks_a_room_as_read(room, page, attendee, speaker, say, enter):
    say(speaker)

    enter(attendee).post(page("read"))

    assert selectors.read_to(room, attendee.pk) == 1


# API ------------------------------------------------------------------------------------------------------------


def test_api_attaches_and_sends(api, attendee, enter):
    client = enter(attendee)

    taken = client.post(api("files"), {"file": SimpleUploadedFile("field.png", picture().read())})
    sent = as_json(
        client, "post", api("messages"), {"text": "", "files": [{"key": taken.json()["key"], "alt": "A field"}]}
    )

    assert (taken.status_code, sent.status_code) == (201, 201)
    assert sent.json()["files"][0]["alt"] == "A field"
    assert Attachment.objects.get().message_id == sent.json()["id"]


def test_api_refuses_what_is_no_picture(api, attendee, enter):
    answer = enter(attendee).post(api("files"), {"file": SimpleUploadedFile("a.png", b"MZ")})

    assert (answer.status_code, answer.json()["code"]) == (422, "picture.unreadable")


def test_api_changes_marks_and_pins(api, attendee, moderator, say, enter):
    said = say(attendee, "Befor")
    client = enter(attendee)

    edited = as_json(client, "patch", api("message", said.id), {"text": "Before"})
    marked = as_json(client, "post", api("marks", said.id), {"kind": "idea"})
    pinned = as_json(enter(moderator), "put", api("pinned"), {"message": said.id})
    unpinned = as_json(client, "put", api("pinned"), {"message": said.id})

    assert edited.json()["text"] == "Before"
    assert marked.json() == {"id": said.id, "counts": {"idea": 1}}
    assert pinned.json()["message"]["text"] == "Before"
    assert unpinned.status_code == 403


def test_api_reads_pages_with_what_the_reader_gave(api, attendee, say, enter):
    said = [say(attendee, str(number)) for number in range(5)]
    client = enter(attendee)
    as_json(client, "post", api("marks", said[2].id), {"kind": "wow"})

    answer = client.get(api("messages"), {"around": said[2].seq, "limit": 3}).json()

    assert [message["text"] for message in answer["messages"]] == ["1", "2", "3"]
    assert (answer["earlier"], answer["later"]) == (True, True)
    assert answer["marks"] == {str(said[2].id): {"wow": 1}}
    assert answer["mine"] == {str(said[2].id): ["wow"]}


def test_api_searches_names_people_and_notes_reading(api, event, attendee, speaker, say, enter):
    said = say(speaker, "The salamander returns")
    client = enter(attendee)

    assert [m["id"] for m in client.get(api("search"), {"q": "sal"}).json()["messages"]] == [said.id]
    assert [p["name"] for p in client.get(api("people"), {"q": "lindq"}).json()["people"]] == ["Amara Lindqvist"]
    assert as_json(client, "post", api("read"), {"seq": 1}).json() == {"read": 1}
    places = client.get(reverse("api:chat-places", args=[event.slug])).json()
    assert [place["unread"] for place in places["results"]] == [0]
    assert client.get(api("search")).status_code == 400


def test_api_has_no_clock_without_a_recording(api, attendee, enter):
    answer = enter(attendee).get(api("clock"), {"begin": 0, "end": 60})

    assert (answer.status_code, answer.json()["code"]) == (404, "chat.no_recording")
    assert enter(attendee).get(api("clock"), {"begin": 0, "end": 10**6}).status_code == 400


# Socket ---------------------------------------------------------------------------------------------------------


def test_topics_let_in_whom_they_concern(room, event, attendee, speaker, outsider, other_event):
    for name, person, stranger in (
        (f"chat/{room.pk}/marks", attendee, who(outsider, other_event)),
        (f"chat/{room.pk}/trace", attendee, who(outsider, other_event)),
        (f"person/{attendee.pk}/mentions", attendee, who(speaker, event)),
    ):
        match = resolve(name)
        match.topic.guard(who(person, event), **match.params)
        with pytest.raises(Refused, match=r"chat\.unknown"):
            match.topic.guard(stranger, **match.params)


def test_traces_are_for_moderators(room, attendee, moderator, event):
    topic = resolve(f"chat/{room.pk}/trace").topic

    assert not who(attendee, event).may(topic.access)
    assert who(moderator, event).may(topic.access)


def test_snapshots_are_what_is_told(room, event, attendee, speaker, say):
    said = say(speaker, "Hello @Nadia Okello")
    roles = permissions.roles_of(attendee, event)
    services.mark_messages([services.Marking(event.pk, room.pk, attendee.pk, roles, said.id, "heart", True)])

    marks, named = resolve(f"chat/{room.pk}/marks"), resolve(f"person/{attendee.pk}/mentions")

    assert marks.topic.snapshot(event.pk, **marks.params) == {str(said.id): {"heart": 1}}
    assert named.topic.snapshot(event.pk, **named.params).count == 1


def test_commands_answer_each(room, event, attendee, speaker, moderator, say):
    said = say(attendee, "Befor")
    of = lambda person: who(person, event)  # noqa: E731

    edits = live.Edit().run(
        [
            Call(of(speaker), live.Edit.Body(room=room.pk, message=said.id, text="Mine")),
            Call(of(attendee), live.Edit.Body(room=room.pk, message=said.id, text="Before")),
        ]
    )
    [pinned] = live.Pin().run([Call(of(moderator), live.Pin.Body(room=room.pk, message=said.id))])
    [marked] = live.Mark().run([Call(of(speaker), live.Mark.Body(room=room.pk, message=said.id, kind="heart"))])
    [read, unknown] = live.Read().run(
        [Call(of(speaker), live.Read.Body(room=room.pk, seq=1)), Call(of(speaker), live.Read.Body(room=10**9, seq=1))]
    )

    assert (edits[0].code, edits[1].text) == ("chat.not_yours", "Before")
    assert pinned.message.id == said.id
    assert marked.counts == {"heart": 1}
    assert (isinstance(read, Refused), unknown.code) == (False, "chat.unknown")


@pytest.mark.parametrize(("offset", "at"), [(0, "1:01"), (-90, "2:31"), (30, "0:31")])
def test_film_of_a_session_has_its_clock(offset, at, event, session, attendee, say, enter):
    session.recording_offset = offset
    session.video = AssetFactory(event=event)
    session.starts_at, session.ends_at = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
    session.save()
    room = services.room_for(event, f"session/{session.pk}")
    MessageFactory(room=room, text="After one minute", created_at=session.starts_at + timedelta(seconds=61))
    client = enter(attendee)

    html = client.get(reverse("chat:replay", args=[event.slug, room.pk])).content.decode()
    answer = client.get(reverse("api:chat-clock", args=[event.slug, room.pk]), {"begin": 0, "end": 160}).json()

    assert "After one minute" in html
    assert f">{at}<" in html
    assert answer["start"].startswith(f"{session.starts_at + timedelta(seconds=offset):%Y-%m-%dT%H:%M:%S}")
    assert [message["text"] for message in answer["messages"]] == ["After one minute"]


def test_pages_of_a_replay_lose_nothing_of_a_lively_quarter(event, session, attendee, enter):
    session.video = AssetFactory(event=event)
    session.starts_at, session.ends_at = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
    session.save()
    room = services.room_for(event, f"session/{session.pk}")
    for number in range(450):
        MessageFactory(
            room=room, author=attendee, text=f"Word{number}.", created_at=session.starts_at + timedelta(seconds=number)
        )
    MessageFactory(room=room, text="Much later", created_at=session.starts_at + timedelta(minutes=50))
    client, read, pages = enter(attendee), [], 0
    address = href = reverse("chat:replay", args=[event.slug, room.pk])

    while href:
        html = client.get(href).content.decode()
        read += re.findall(r"Word\d+|Much later", html)
        later = re.search(r'href="(\?from=[^"]+)">Later', html)
        href = address + later.group(1).replace("&amp;", "&") if later else None
        pages += 1

    assert read == [*(f"Word{number}" for number in range(450)), "Much later"]
    assert pages == 6
