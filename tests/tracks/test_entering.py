"""Who may go into a session, at every door: with a seat, with a ticket that opens it, or neither."""

import time
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.chat import services as chats
from apps.core.access import TICKET
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Registration
from apps.live.registry import Who, resolve
from apps.polls import kinds
from apps.polls import services as polls
from apps.questions import services as questions
from apps.questions.models import Question
from apps.quizzes import services as quizzes
from apps.tracks import selectors, services
from apps.tracks.selectors import entering
from tests.factories.accounts import UserFactory
from tests.factories.events import EventRoleFactory, RegistrationFactory, TicketKindFactory
from tests.factories.exhibitors import BoothFactory
from tests.factories.media import AssetFactory
from tests.factories.quizzes import QuestionFactory, QuizFactory
from tests.factories.tracks import OpeningFactory, SeatFactory, SessionFactory, SessionSpeakerFactory, TrackFactory


@pytest.fixture(params=["seat", "ticket"])
def shut(request, event, attendee):
    """A running session that the attendee cannot go into, with everything in it; `open()` lets them in."""
    session = SessionFactory(event=event, sign_up=request.param == "seat")
    ticket = TicketKindFactory(event=event, opens_programme=request.param == "seat")
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)
    poll = polls.open_poll(polls.create_poll(event=event, session=session, question="Who pays?", options=["A", "B"]))
    [asked] = questions.ask_questions(
        [questions.Asking(event.pk, session.pk, RegistrationFactory(event=event).user.pk, STAFF, "Who reads it?")]
    )
    quiz = QuizFactory(event=event, session=session)
    QuestionFactory(bank=quiz.bank)

    def let_in():
        if request.param == "seat":
            SeatFactory(session=session, user=attendee)
        else:
            OpeningFactory(ticket=ticket, session=session)
        selectors.forget_gates()

    return SimpleNamespace(
        session=session,
        poll=poll,
        question=asked.question.id,
        quiz=quiz,
        game=quizzes.open_lobby(quiz),
        room=chats.room_for(event, f"session/{session.pk}"),
        code=f"session.{request.param}",
        open=let_in,
    )


STAFF = frozenset({"moderator"})


def topics_of(shut):
    session, room, poll, game = shut.session.pk, shut.room.pk, shut.poll.pk, shut.game.pk
    of_session = ("stage", "people", "polls", "questions", "questions/standing", "questions/stage")
    return [
        *(f"session/{session}/{name}" for name in of_session),
        *(f"chat/{room}{name}" for name in ("", "/pace", "/marks")),
        f"reactions/{room}",
        f"poll/{poll}/turnout",
        f"poll/{poll}/results",
        f"quiz/{game}/stage",
        f"quiz/{game}/hall",
    ]


def may_hear(who, name):
    match = resolve(name)
    try:
        match.topic.guard(who, **match.params)
    except Refused:
        return False
    return True


def as_who(person, event):
    return Who(person.pk, event.pk, "", permissions.roles_of(person, event), 7)


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


def api_calls(shut, event):
    on = {"content_type": "application/json"}
    option = shut.poll.options.first().pk
    return [
        ("get", reverse("api:poll", args=[event.slug, shut.poll.pk]), {}),
        ("put", reverse("api:poll-answer", args=[event.slug, shut.poll.pk]), {"data": {"option": option}, **on}),
        ("get", reverse("api:questions", args=[event.slug, shut.session.slug]), {}),
        ("post", reverse("api:questions", args=[event.slug, shut.session.slug]), {"data": {"text": "Why?"}, **on}),
        ("put", reverse("api:question-vote", args=[event.slug, shut.question]), on),
        ("put", reverse("api:question-follow", args=[event.slug, shut.question]), on),
        ("get", reverse("api:quiz", args=[event.slug, shut.quiz.pk]), {}),
        ("put", reverse("api:quiz-seat", args=[event.slug, shut.quiz.pk]), {"data": {"name": "Nadia"}, **on}),
    ]


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


def test_yes_is_kept_for_an_epoch_only(event, attendee):
    """Whoever gives their seat back has another epoch, and is asked for anew at once."""
    session = SessionFactory(event=event, sign_up=True)
    seat = SeatFactory(session=session, user=attendee)
    name = f"session/{session.pk}/stage"
    assert may_hear(as_who(attendee, event), name)

    services.give_seat_back(session, user=attendee)

    assert seat.session.seats.taken().count() == 0
    later = Who(attendee.pk, event.pk, "", frozenset({"attendee"}), 8)
    assert not may_hear(later, name)


def test_session_without_sign_up_costs_nothing_once_it_is_known(event, django_assert_num_queries):
    session = SessionFactory(event=event)
    people = {user.pk: frozenset({"attendee"}) for user in UserFactory.create_batch(3)}
    selectors.shut_out(event.pk, session.pk, people)

    with django_assert_num_queries(0):
        assert selectors.shut_out(event.pk, session.pk, people) == {}


def test_many_people_are_asked_for_together(event, django_assert_num_queries):
    session = SessionFactory(event=event, sign_up=True)
    seats = SeatFactory.create_batch(3, session=session)
    late = UserFactory()
    people = {user.pk: frozenset({"attendee"}) for user in (late, *(seat.user for seat in seats))}
    selectors.gate_of(event.pk, session.pk)

    with django_assert_num_queries(1):
        assert selectors.shut_out(event.pk, session.pk, people).keys() == {late.pk}


def of_seats(asked):
    return len([one for one in asked if 'FROM "tracks_seat"' in one["sql"]])


def test_conversation_asks_for_all_who_write_together(event):
    session = SessionFactory(event=event, sign_up=True)
    room = chats.room_for(event, f"session/{session.pk}")
    people = [*(seat.user for seat in SeatFactory.create_batch(3, session=session)), UserFactory()]
    sayings = [chats.Saying(event.pk, room.pk, one.pk, frozenset({"attendee"}), "Good morning") for one in people]

    with CaptureQueriesContext(connection) as asked:
        said = chats.send_messages(sayings)

    assert [getattr(one, "code", None) for one in said] == [None, None, None, "chat.unknown"]
    assert of_seats(asked) == 1


def test_page_asks_once_for_all_topics_of_its_conversation(event, attendee):
    session = SessionFactory(event=event, sign_up=True)
    SeatFactory(session=session, user=attendee)
    room = chats.room_for(event, f"session/{session.pk}").pk
    who = as_who(attendee, event)

    with CaptureQueriesContext(connection) as asked:
        names = [f"chat/{room}", f"chat/{room}/pace", f"chat/{room}/marks", f"reactions/{room}"]
        assert all(may_hear(who, name) for name in names)

    assert of_seats(asked) == 1


def test_gate_is_read_anew_after_a_moment(event, monkeypatch):
    session = SessionFactory(event=event)
    assert not selectors.gate_of(event.pk, session.pk).needs_seat
    type(session).objects.update(sign_up=True)
    assert not selectors.gate_of(event.pk, session.pk).needs_seat

    later = time.monotonic() + 3
    monkeypatch.setattr("apps.tracks.selectors.entering.time.monotonic", lambda: later)

    assert selectors.gate_of(event.pk, session.pk).needs_seat


def test_ticket_opens_what_it_names(event, attendee):
    track = TrackFactory(event=event)
    in_track, named, other = (SessionFactory(event=event, track=track), *SessionFactory.create_batch(2, event=event))
    ticket = TicketKindFactory(event=event, opens_programme=False)
    OpeningFactory(ticket=ticket, track=track)
    OpeningFactory(ticket=ticket, session=named)
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)
    roles = permissions.roles_of(attendee, event)

    shut = {
        one.pk: selectors.why_shut(event.pk, one.pk, user_id=attendee.pk, roles=roles) is not None
        for one in (in_track, named, other)
    }

    assert shut == {in_track.pk: False, named.pk: False, other.pk: True}
    assert selectors.shut_by_ticket(event, roles, attendee) == {other.pk}


def test_ticket_that_opens_everything_leaves_no_mark(event, attendee):
    Registration.objects.filter(event=event, user=attendee).update(ticket=TicketKindFactory(event=event))

    assert permissions.roles_of(attendee, event) == {"attendee"}


def test_marks_of_a_ticket_are_no_roles(event, attendee):
    ticket = TicketKindFactory(event=event, opens_programme=False, opens_expo=False)
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)
    roles = permissions.roles_of(attendee, event)

    assert roles == {"attendee", f"{TICKET}{ticket.pk}", "without/expo"}
    assert not as_who(attendee, event).has_role
    event.state = "draft"
    assert not permissions.can_see(event, roles)


def test_seat_needs_a_ticket_that_opens_the_session(event, attendee):
    session = SessionFactory(event=event, sign_up=True)
    ticket = TicketKindFactory(event=event, opens_programme=False)
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)

    with pytest.raises(Refused) as refused:
        services.take_seat(session, user=attendee, roles=permissions.roles_of(attendee, event))

    assert refused.value.code == "session.ticket"


def test_gate_that_was_being_read_while_it_changed_is_not_kept(event, monkeypatch):
    session = SessionFactory(event=event)
    read = entering._read_gate

    def meanwhile(*words):
        found = read(*words)
        type(session).objects.update(sign_up=True)
        selectors.forget_gates(event.pk)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(entering, "_read_gate", meanwhile)
        assert not selectors.gate_of(event.pk, session.pk).needs_seat

    assert selectors.gate_of(event.pk, session.pk).needs_seat


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
