"""Reactions to messages."""

from apps.chat import selectors, services
from apps.chat.models import Mark
from apps.events import permissions
from tests.chat.asking import actor


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
