"""Who may go into a session, at every door: with a seat, with a ticket that opens it, or neither."""

from django.urls import reverse

from apps.events import permissions
from apps.events.models import Registration
from apps.live.registry import Who
from apps.polls import kinds
from apps.polls import services as polls
from apps.questions.models import Question
from apps.quizzes import services as quizzes
from apps.tracks import selectors, services
from tests.factories.accounts import UserFactory
from tests.factories.events import EventRoleFactory, RegistrationFactory, TicketKindFactory
from tests.factories.exhibitors import BoothFactory
from tests.factories.media import AssetFactory
from tests.factories.tracks import SeatFactory, SessionFactory, SessionSpeakerFactory
from tests.tracks.entering.doors import STAFF, api_calls, as_who, may_hear, topics_of


def test_topics_of_a_session_are_closed_until_one_may_go_in(shut, event, attendee):
    who = as_who(attendee, event)
    audience = Who(None, event.pk, "", who.roles, 0)
    polls.run_poll(shut.poll, "reveal")
    assert [name for name in topics_of(shut) if may_hear(who, name) or may_hear(audience, name)] == []

    shut.open()

    assert [name for name in topics_of(shut) if not may_hear(who, name)] == []


def test_audience_is_let_in_by_its_ticket_and_never_by_a_seat(shut, event, attendee):
    audience = Who(None, event.pk, "", permissions.roles_of(attendee, event), 0)
    shut.open()

    assert may_hear(audience, f"session/{shut.session.pk}/stage") is (shut.code == "session.ticket")


def test_page_shows_its_public_part(shut, attendee, enter):
    client = enter(attendee)
    page = client.get(shut.session.get_absolute_url()).content.decode()
    assert "<chat-room" not in page
    assert ("Take a seat" if shut.code == "session.seat" else "Your ticket does not open this session") in page

    shut.open()

    assert "<chat-room" in client.get(shut.session.get_absolute_url()).content.decode()


def test_api_refuses_with_its_code_until_one_may_go_in(shut, event, attendee, enter):
    client = enter(attendee)
    for verb, address, words in api_calls(shut, event):
        answer = getattr(client, verb)(address, **words)
        assert (address, answer.status_code, answer.json()["code"]) == (address, 403, shut.code)

    shut.open()

    for verb, address, words in api_calls(shut, event):
        assert (address, getattr(client, verb)(address, **words).status_code // 100) == (address, 2)


def test_conversation_is_as_if_it_were_not(shut, event, attendee, enter):
    address = reverse("api:chat-messages", args=[event.slug, shut.room.pk])
    client = enter(attendee)
    say = {"data": {"text": "Good morning"}, "content_type": "application/json"}
    assert [client.get(address).status_code, client.post(address, **say).status_code] == [404, 404]

    shut.open()

    assert [client.get(address).status_code, client.post(address, **say).status_code] == [200, 201]


def test_forms_are_refused(shut, event, attendee, enter):
    client = enter(attendee)
    option = shut.poll.options.first().pk
    answers = [
        client.get(reverse("polls:poll", args=[event.slug, shut.poll.pk])),
        client.post(reverse("polls:vote", args=[event.slug, shut.poll.pk]), {"option": option}),
        client.get(reverse("questions:list", args=[event.slug, shut.session.slug])),
        client.post(reverse("questions:ask", args=[event.slug, shut.session.slug]), {"text": "Who pays for it?"}),
        client.post(reverse("questions:vote", args=[event.slug, shut.question]), {"on": "1"}),
        client.get(reverse("quizzes:quiz", args=[event.slug, shut.quiz.pk])),
    ]

    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert all("Who reads it?" not in answer.content.decode() for answer in answers)


def test_commands_are_refused_each_for_itself(shut, event, attendee, moderator):
    """Others in the same batch are taken."""
    option = shut.poll.options.first().pk
    roles = permissions.roles_of(attendee, event)

    def votes():
        said = kinds.Said(option=option)
        return polls.cast_votes(
            [
                polls.Vote(event.pk, shut.poll.pk, attendee.pk, said, roles=roles),
                polls.Vote(event.pk, shut.poll.pk, moderator.pk, said, roles=STAFF),
            ]
        )

    refusal, taken = votes()
    assert (refusal.code, taken.counted) == (shut.code, True)

    shut.open()

    assert [answer.counted for answer in votes()] == [True, True]


def test_quiz_commands_are_refused(shut, event, attendee):
    roles = permissions.roles_of(attendee, event)
    [joined] = quizzes.join([quizzes.Joining(event.pk, shut.game.pk, attendee.pk, "Nadia", roles)])
    [answered] = quizzes.give_answers([quizzes.Given(event.pk, shut.game.pk, attendee.pk, 1, [1], roles)])

    assert [joined.code, answered.code] == [shut.code, shut.code]


def test_film_of_the_session_is_for_those_who_may_go_in(shut, event, attendee, moderator, enter):
    film = AssetFactory(event=event)
    shut.session.video = film
    shut.session.save()
    address = reverse("media:download", args=[event.slug, film.key])
    client = enter(attendee)
    assert [client.get(address).status_code, enter(moderator).get(address).status_code] == [403, 302]

    shut.open()

    assert client.get(address).status_code == 302


def test_speakers_of_the_session_and_staff_go_in(shut, event, moderator, organiser):
    speaker = EventRoleFactory(event=event).user
    other = EventRoleFactory(event=event).user
    SessionSpeakerFactory(session=shut.session, speaker__user=speaker)
    ticket = Registration.objects.exclude(ticket=None).values_list("ticket", flat=True).first()
    for person in (speaker, other):
        RegistrationFactory(event=event, user=person, ticket_id=ticket)

    let_in = {
        person.pk: selectors.why_shut(
            event.pk, shut.session.pk, user_id=person.pk, roles=permissions.roles_of(person, event)
        )
        is None
        for person in (speaker, moderator, organiser, other)
    }
    assert let_in == {speaker.pk: True, moderator.pk: True, organiser.pk: True, other.pk: False}


def test_waiting_for_a_seat_opens_nothing(event, attendee):
    session = SessionFactory(event=event, sign_up=True, capacity=1)
    SeatFactory(session=session)
    services.take_seat(session, user=attendee, roles=frozenset({"attendee"}))

    assert not may_hear(as_who(attendee, event), f"session/{session.pk}/stage")


def test_question_is_not_shown_to_who_takes_back_another_s(shut, event, attendee, enter):
    answer = enter(attendee).post(reverse("questions:withdraw", args=[event.slug, shut.question]))

    assert answer.status_code == 403
    assert "Who reads it?" not in answer.content.decode()


def test_own_question_is_taken_back_from_outside(shut, event, attendee, enter):
    Question.objects.filter(pk=shut.question).update(author=attendee)

    answer = enter(attendee).post(reverse("questions:withdraw", args=[event.slug, shut.question]))

    assert answer.status_code == 302
    assert Question.objects.get(pk=shut.question).state == Question.State.WITHDRAWN


def test_film_of_two_rooms_opens_with_either(shut, event, attendee, enter):
    """At a booth that their ticket opens, and in a session that it does not; and the other way round."""
    film = AssetFactory(event=event)
    shut.session.video = film
    shut.session.save()
    address = reverse("media:download", args=[event.slug, film.key])
    client = enter(attendee)
    assert client.get(address).status_code == 403

    BoothFactory(event=event, film=film)
    assert client.get(address).status_code == 302

    TicketKindFactory._meta.model.objects.update(opens_expo=False)
    assert client.get(address).status_code == 403

    shut.open()
    assert client.get(address).status_code == 302


def test_only_speakers_are_looked_up_among_speakers(event):
    session = SessionFactory(event=event, sign_up=True)
    speaker, listed = UserFactory.create_batch(2)
    for person in (speaker, listed):
        SessionSpeakerFactory(session=session, speaker__user=person)
    people = {speaker.pk: frozenset({"speaker"}), listed.pk: frozenset({"attendee"})}

    assert selectors.shut_out(event.pk, session.pk, people).keys() == {listed.pk}
