"""Pictures and PDFs that go with messages."""

import io
import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from apps.chat import doors, selectors, services
from apps.chat import permissions as chat_permissions
from apps.chat.models import Attachment, Message
from apps.chat.services import attaching
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Event
from apps.live.registry import Rate
from apps.tracks import services as tracks
from apps.venue.demo import drawing
from tests.chat.asking import refused_with
from tests.factories.chat import MessageFactory, RoomFactory
from tests.factories.events import RegistrationFactory
from tests.factories.tracks import SessionFactory
from tests.threads import at_once


def picture(kind="PNG", size=(900, 600)):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind)
    return io.BytesIO(file.getvalue())


PDF = drawing.pdf("Plan", "Ostra", ["The gauge stands at 2.10 m."])


def attach(room, person, file, name="field.png"):
    roles = permissions.roles_of(person, room.event)
    return services.attach(room, user=person, roles=roles, name=name, file=file)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_picture_is_written_anew_and_goes_with_the_message(room, attendee, say, told):
    row = attach(room, attendee, picture("JPEG"), name="../../etc/field.jpg")

    said = say(attendee, "", files=(services.Wanted(row.key, "A flooded field"),))

    [file] = said.files
    assert (file.key, file.kind, file.name, file.alt) == (row.key, "image", "field.jpg", "A flooded field")
    assert (file.width, file.height) == (720, 480)
    with row.file.open() as file, Image.open(file) as stored:
        assert stored.format == "WEBP"
    assert Attachment.objects.get().message_id == said.id


def test_pdf_is_taken_as_it_is(room, attendee):
    row = attach(room, attendee, io.BytesIO(PDF), name="plan.pdf")

    assert (row.kind, row.name, row.size) == ("pdf", "plan.pdf", len(PDF))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "picture.unreadable"),
        (b"<!doctype html><script>alert(1)</script>", "picture.unreadable"),
        (b"", "picture.unreadable"),
        (b"%PDF-1.4\ncut off", "document.unreadable"),
        (PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript>>"), "document.active"),
        (b"x" * (10 * 1024 * 1024 + 1), "chat.file_size"),
    ],
)
def test_file_is_judged_by_what_it_holds(room, attendee, content, code):
    with refused_with(code):
        attach(room, attendee, io.BytesIO(content), name="harmless.png")

    assert not Attachment.objects.exists()


def test_file_of_another_person_or_room_is_not_sent(event, room, attendee, speaker, say):
    theirs = attach(room, speaker, picture())
    elsewhere = attach(services.room_for(event, f"session/{SessionFactory(event=event).pk}"), attendee, picture())

    for row in (theirs, elsewhere):
        assert say(attendee, "Look", files=(services.Wanted(row.key),)).code == "chat.file_gone"
    assert not Message.objects.exists()


def test_file_goes_with_one_message_only(room, attendee, say):
    row = attach(room, attendee, picture())
    say(attendee, "Once", files=(services.Wanted(row.key),))

    assert say(attendee, "Twice", files=(services.Wanted(row.key),)).code == "chat.file_gone"


def test_files_without_a_message_are_let_go(room, attendee, monkeypatch):
    row = attach(room, attendee, picture())
    start = clock.now()
    assert services.sweep() == 0
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(hours=25))

    assert services.sweep() == 1

    assert not Attachment.objects.exists()
    assert not row.file.storage.exists(row.file.name)


def test_removed_file_is_for_moderators(room, attendee, speaker, say):
    row = attach(room, attendee, picture())
    said = say(attendee, "Look", files=(services.Wanted(row.key),))
    everybody, staff = frozenset({"attendee"}), frozenset({"moderator"})
    assert chat_permissions.can_open(selectors.find_file(room, row.key), speaker.pk, everybody)

    services.remove_message(
        event_id=room.event_id, room_id=room.pk, message_id=said.id, user_id=attendee.pk, roles=everybody
    )

    assert selectors.room_snapshot(room).messages[0].files == []
    assert not chat_permissions.can_open(selectors.find_file(room, row.key), speaker.pk, everybody)
    assert chat_permissions.can_open(selectors.find_file(room, row.key), speaker.pk, staff)


def opened(client, address):
    answer = client.get(address)
    if answer.streaming:
        assert b"".join(answer)
    return answer.status_code


def test_file_of_a_deleted_sessions_conversation_is_for_who_runs_the_event(event, attendee, organiser, enter):
    session = SessionFactory(event=event)
    hall = RoomFactory(event=event, owner=f"session/{session.pk}")
    message = MessageFactory(room=hall, author=attendee)
    row = attach(hall, attendee, picture())
    Attachment.objects.filter(pk=row.pk).update(message=message)
    address = reverse("chat:file", args=[event.slug, hall.pk, row.key])
    assert opened(enter(attendee), address) == 200

    tracks.remove(rows=[session])

    assert (opened(enter(attendee), address), opened(enter(organiser), address)) == (404, 200)


def test_files_of_an_archived_event_stay_with_those_who_took_part(event, room, attendee, visitor, enter, say):
    row = attach(room, attendee, picture())
    say(attendee, "Look", files=(services.Wanted(row.key),))
    address = reverse("chat:file", args=[event.slug, room.pk, row.key])
    Event.objects.update(state=Event.State.ARCHIVED)

    assert opened(enter(attendee), address) == 200
    assert opened(visitor, address) in (302, 404)


def upload():
    return SimpleUploadedFile("plan.pdf", PDF)


@pytest.mark.django_db(transaction=True)
def test_several_files_at_once_do_not_pass_the_bound(monkeypatch, tmp_path):
    monkeypatch.setattr(attaching, "MOST_UNSENT", 2)
    room = RoomFactory()
    person = RegistrationFactory(event=room.event).user
    meet = threading.Barrier(4)
    save = attaching.default_storage.save

    def saved(name, content):
        meet.wait(60)  # each of them was counted before any is there
        return save(name, content)

    monkeypatch.setattr(attaching.default_storage, "save", saved)

    def one(_number):
        try:
            return attach(room, person, io.BytesIO(PDF)).key
        except Refused as refusal:
            return refusal.code

    answers = at_once(one, range(4), most=4)

    assert answers.count("chat.too_many_files") == 2
    assert Attachment.objects.count() == 2
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2


def test_files_by_form_are_as_slow_as_over_rest(room, attendee, enter, monkeypatch):
    monkeypatch.setitem(doors.RATES, "chat.attach", Rate(per_second=0.01, burst=2))
    page = reverse("chat:send", args=[room.event.slug, room.pk])
    client = enter(attendee)
    for _ in range(2):
        assert client.post(page, {"text": "A plan", "file": upload()}).status_code == 302

    refused_one = client.post(page, {"text": "One more", "file": upload()})
    by_rest = client.post(reverse("api:chat-files", args=[room.event.slug, room.pk]), {"file": upload()})

    assert (refused_one.status_code, by_rest.status_code) == (429, 429)
    assert "One more" in refused_one.text
    assert Attachment.objects.count() == 2
