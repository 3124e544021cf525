"""Reactions to messages."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.chat import live, selectors, services
from apps.chat.models import Mark
from apps.events import permissions
from apps.live.registry import Shed
from tests.chat.asking import actor
from tests.factories.events import RegistrationFactory


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


def test_many_reactions_cost_as_many_questions_as_one(room, event, say, moderator, django_assert_num_queries):
    said = say(moderator)
    people = [RegistrationFactory(event=event).user for _ in range(6)]
    one, many = [marking(room, said, people[0])], [marking(room, said, person, "wow") for person in people[1:]]
    with CaptureQueriesContext(connection) as asked:
        services.mark_messages(one)
    with django_assert_num_queries(len(asked)):
        services.mark_messages(many)

    assert selectors.marks(room.event_id, room.pk) == {str(said.id): {"heart": 1, "wow": 5}}


def test_last_word_of_a_batch_counts(room, attendee, say, speaker):
    said = say(speaker)

    services.mark_messages([marking(room, said, attendee), marking(room, said, attendee, on=False)])

    assert not Mark.objects.exists()


def test_reactions_to_messages_rest_with_those_to_the_stage():
    assert live.Mark.shed is live.React.shed is Shed.REACTIONS
