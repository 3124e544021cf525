"""Changing, pinning, reacting, naming, attaching, reading."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from apps.chat import permissions as chat_permissions
from apps.chat import selectors, services
from apps.chat.models import Attachment, Mark, Mention, Message, Wording
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from tests.factories.chat import MessageFactory
from tests.factories.events import RegistrationFactory


def actor(person, event):
    return services.Actor(event.pk, person.pk, permissions.roles_of(person, event))


def edit(room, message, person, text):
    return services.edit_message(actor(person, room.event), room_id=room.pk, message_id=message.id, text=text)


def refused_with(code):
    return pytest.raises(Refused, match=code.replace(".", r"\."))


# Changing -------------------------------------------------------------------------------------------------------


def test_author_changes_their_words_and_everybody_is_told(room, attendee, say, told):
    said = say(attendee, "The gage stands high")

    with told.after():
        edited = edit(room, said, attendee, " The gauge stands high ")

    assert edited.text == "The gauge stands high"
    [entry] = told.entries(f"chat/{room.pk}")
    assert (entry["type"], entry["id"], entry["text"]) == ("edited", said.id, "The gauge stands high")
    assert selectors.room_snapshot(room).messages[0].edited is not None
    assert Wording.objects.get().text == "The gage stands high"


def test_same_words_are_no_change(room, attendee, say, told):
    said = say(attendee, "As it was")

    with told.after():
        edit(room, said, attendee, "As it was")

    assert told.logs == []
    assert not Wording.objects.exists()


def test_nobody_changes_the_words_of_others(room, attendee, moderator, say):
    said = say(attendee, "Mine")

    with refused_with("chat.not_yours"):
        edit(room, said, moderator, "Not yours")

    assert Message.objects.get().text == "Mine"


def test_words_can_be_changed_for_a_quarter_of_an_hour(room, attendee, say, monkeypatch):
    said = say(attendee, "Early")
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + services.EDIT_FOR - timedelta(seconds=5))
    edit(room, said, attendee, "In time")
    monkeypatch.setattr(clock, "now", lambda: start + services.EDIT_FOR + timedelta(seconds=5))

    with refused_with("chat.too_late"):
        edit(room, said, attendee, "Too late")


def test_removed_message_is_not_changed(room, attendee, say):
    said = say(attendee, "Gone")
    roles = frozenset({"attendee"})
    services.remove_message(
        event_id=room.event_id, room_id=room.pk, message_id=said.id, user_id=attendee.pk, roles=roles
    )

    with refused_with("chat.message_gone"):
        edit(room, said, attendee, "Back again")


def test_rules_of_the_room_hold_for_changes_too(room, attendee, say):
    said = say(attendee, "No address")
    room.links_allowed = False
    room.save()

    with refused_with("chat.no_links"):
        edit(room, said, attendee, "See https://example.org/")


def test_traces_say_what_was_there_before(room, attendee, moderator, say):
    said = say(attendee, "First words")
    edit(room, said, attendee, "Second words")
    services.remove_message(
        event_id=room.event_id,
        room_id=room.pk,
        message_id=said.id,
        user_id=moderator.pk,
        roles=permissions.roles_of(moderator, room.event),
    )

    [trace] = selectors.traces(room.event_id, room.pk)

    assert (trace.id, trace.was, trace.by, trace.removed) == (
        said.id,
        ["First words", "Second words"],
        str(moderator),
        "moderator",
    )


# Pinning --------------------------------------------------------------------------------------------------------


def test_moderator_pins_and_takes_down(room, attendee, moderator, say, told):
    said = say(attendee, "The slides are on page 9")
    who = actor(moderator, room.event)

    with told.after():
        services.pin_message(who, room_id=room.pk, message_id=said.id)
    room.refresh_from_db()

    assert told.entries(f"chat/{room.pk}")[0]["message"]["id"] == said.id
    assert selectors.room_snapshot(room).pinned.text == "The slides are on page 9"
    services.pin_message(who, room_id=room.pk, message_id=said.id)
    room.refresh_from_db()
    assert selectors.room_snapshot(room).pinned is None


def test_attendee_does_not_pin(room, attendee, say):
    said = say(attendee)

    with refused_with("chat.not_moderator"):
        services.pin_message(actor(attendee, room.event), room_id=room.pk, message_id=said.id)


def test_message_of_another_room_is_not_pinned(event, room, attendee, moderator, say):
    elsewhere = say(attendee, room=services.room_for(event, "session/9"))

    with refused_with("chat.message_unknown"):
        services.pin_message(actor(moderator, event), room_id=room.pk, message_id=elsewhere.id)


# Reactions to messages -------------------------------------------------------------------------------------------


def marking(room, message, person, kind="heart", on=True):
    roles = permissions.roles_of(person, room.event)
    return services.Marking(room.event_id, room.pk, person.pk, roles, message.id, kind, on)


def test_each_person_counts_once_of_each_kind(room, attendee, speaker, say, told):
    said = say(speaker)

    with told.after():
        answers = services.mark_messages(
            [
                marking(room, said, attendee),
                marking(room, said, attendee),
                marking(room, said, speaker),
                marking(room, said, attendee, "idea"),
            ]
        )

    assert answers[-1].counts == {"heart": 2, "idea": 1}
    assert selectors.marks(room.event_id, room.pk) == {str(said.id): {"heart": 2, "idea": 1}}
    assert selectors.own_marks([said.id], attendee.pk) == {str(said.id): ["heart", "idea"]}
    assert told.states == [(room.event_id, f"chat/{room.pk}/marks")]


def test_reaction_is_taken_back(room, attendee, speaker, say):
    said = say(speaker)
    services.mark_messages([marking(room, said, attendee)])

    [answer] = services.mark_messages([marking(room, said, attendee, on=False)])

    assert answer.counts == {}
    assert not Mark.objects.exists()
    assert selectors.marks(room.event_id, room.pk) == {str(said.id): {}}


def test_reactions_of_strangers_and_of_the_banned_are_refused(room, event, attendee, outsider, moderator, say):
    said = say(moderator)
    services.ban_from_chat(actor(moderator, event), person_id=attendee.pk)

    answers = services.mark_messages(
        [marking(room, said, outsider), marking(room, said, attendee), marking(room, said, moderator, "boo")]
    )

    assert [answer.code for answer in answers] == ["chat.unknown", "chat.banned", "chat.reaction_unknown"]
    assert not Mark.objects.exists()


# Naming people --------------------------------------------------------------------------------------------------


def test_who_is_named_is_told(room, attendee, speaker, say, told):
    with told.after():
        said = say(speaker, "Ask @nadia okello, she has the map.")

    assert [(named.id, named.name) for named in said.mentions] == [(attendee.pk, "Nadia Okello")]
    assert (room.event_id, f"person/{attendee.pk}/mentions") in told.states
    mentions = selectors.mentions(room.event_id, attendee.pk)
    assert (mentions.count, mentions.newest[0].message) == (1, said.id)


def test_name_must_be_whole_and_of_this_event(room, attendee, outsider, speaker, say):
    answer = say(speaker, f"@Nadia @{outsider.name} someone@Nadia Okellosson")

    assert answer.mentions == []
    assert not Mention.objects.exists()


def test_one_does_not_tell_oneself(attendee, say):
    say(attendee, "I am @Nadia Okello")

    assert not Mention.objects.exists()


def test_change_that_names_somebody_tells_them_once(room, attendee, speaker, say):
    said = say(speaker, "Hello @Nadia Okello")
    edit(room, said, speaker, "Hello again @Nadia Okello")

    assert Mention.objects.count() == 1


def test_held_message_tells_whom_it_names_only_once_it_is_let_through(event, room, attendee, moderator, say):
    room.holds = "all"
    room.save()
    other = RegistrationFactory(event=event, user__name="Piet Vermeer").user
    held = say(other, "Hello @Nadia Okello")
    assert not Mention.objects.exists()

    services.decide(actor(moderator, event), messages=[held.id], approve=True)

    assert selectors.mentions(event.pk, attendee.pk).count == 1


# Attaching ------------------------------------------------------------------------------------------------------


def picture(kind="PNG", size=(900, 600)):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind)
    return io.BytesIO(file.getvalue())


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


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
        (b"%PDF-1.4\ncut off", "chat.file_unreadable"),
        (PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript>>"), "chat.file_active"),
        (b"x" * (10 * 1024 * 1024 + 1), "chat.file_size"),
    ],
)
def test_file_is_judged_by_what_it_holds(room, attendee, content, code):
    with refused_with(code):
        attach(room, attendee, io.BytesIO(content), name="harmless.png")

    assert not Attachment.objects.exists()


def test_file_of_another_person_or_room_is_not_sent(event, room, attendee, speaker, say):
    theirs = attach(room, speaker, picture())
    elsewhere = attach(services.room_for(event, "session/9"), attendee, picture())

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


# Reading --------------------------------------------------------------------------------------------------------


def has_read(room, person, seq):
    return services.HasRead(room.event_id, room.pk, person.pk, permissions.roles_of(person, room.event), seq)


def test_reading_goes_forward_only_and_no_further_than_the_room(room, attendee, speaker, say):
    for _ in range(3):
        say(speaker)

    services.mark_read([has_read(room, attendee, 2)])
    services.mark_read([has_read(room, attendee, 1)])
    assert selectors.read_to(room, attendee.pk) == 2

    services.mark_read([has_read(room, attendee, 10**9)])
    assert selectors.read_to(room, attendee.pk) == 3


def test_unread_counts_what_others_said_since(room, attendee, speaker, say):
    say(speaker)
    services.mark_read([has_read(room, attendee, 1)])
    say(speaker)
    say(attendee)
    gone = say(speaker)
    services.remove_message(
        event_id=room.event_id,
        room_id=room.pk,
        message_id=gone.id,
        user_id=speaker.pk,
        roles=frozenset({"speaker"}),
    )

    assert selectors.unread_in([room.pk], attendee.pk) == {room.pk: 1}


def test_counting_stops_at_a_hundred(room, attendee):
    for number in range(1, 121):
        MessageFactory(room=room, seq=number)
    services.mark_read([has_read(room, attendee, 0)])

    assert selectors.unread_in([room.pk], attendee.pk) == {room.pk: 100}


def test_reading_lets_go_of_mentions(room, attendee, speaker, say, told):
    said = say(speaker, "Hello @Nadia Okello")

    with told.after():
        services.mark_read([has_read(room, attendee, said.seq)])

    assert selectors.mentions(room.event_id, attendee.pk).count == 0
    assert (room.event_id, f"person/{attendee.pk}/mentions") in told.states


def test_stranger_reads_nothing(room, outsider, say, attendee):
    say(attendee)

    [refused] = services.mark_read([has_read(room, outsider, 1)])

    assert refused.code == "chat.unknown"
