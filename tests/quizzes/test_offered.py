"""The doors to trainings: the lobby, the session's page, the list of quizzes, and "next for you"."""

import pytest
from django.urls import reverse

from apps.events import permissions
from apps.events.registry import next_for_you
from apps.quizzes import selectors, services
from apps.quizzes.models import Attempt, Quiz
from tests.factories.quizzes import QuestionFactory, QuizFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory, SpeakerFactory, StarFactory


@pytest.fixture
def training(event):
    made = QuizFactory(event=event, mode=Quiz.Mode.ALONE, is_published=True, title="Read the gauge", most_attempts=2)
    QuestionFactory(bank=made.bank)
    return made


@pytest.fixture
def try_it(training, attendee):
    def attempt(said=None):
        begun = services.begin(training, user=attendee)
        if said:
            services.answer_task(begun, position=1, said=said)
        return services.hand_in(begun)

    return attempt


@pytest.fixture
def offered(event, attendee):
    """How far the attendee is with each, in words."""

    def words():
        found = selectors.open_trainings(event, attendee, permissions.roles_of(attendee, event))
        return [(one.words, one.left_words) for one in selectors.offered(found, most=9)]

    return words


@pytest.fixture
def waits(event, attendee):
    def titles():
        entries = next_for_you.of(event, attendee, permissions.roles_of(attendee, event))
        return [(entry.title, str(entry.action)) for entry in entries if "training" in str(entry.why)]

    return titles


def test_training_says_how_far_one_is(training, attendee, speaker, offered, try_it):
    services.hand_in(services.begin(training, user=speaker))
    assert offered() == [("Not begun yet", "2 attempts left")]

    services.begin(training, user=attendee)
    assert offered() == [("Begun, and not handed in yet", "")]

    try_it("1")
    assert offered() == [("Not passed yet", "1 attempt left")]
    try_it("1")
    assert offered() == [("Not passed; no attempt left", "")]

    Attempt.objects.filter(number=2, user=attendee).update(passed=True, percent=80)
    assert offered() == [("Passed with 80 percent", "")]


def test_training_waits_until_it_is_passed(training, attendee, waits, try_it):
    assert waits() == [("Read the gauge", "Open")]
    services.begin(training, user=attendee)
    assert waits() == [("Read the gauge", "Go on")]

    try_it("2")

    assert waits() == []


def test_training_of_a_session_waits_for_those_who_star_it(event, training, attendee, waits):
    session = SessionFactory(event=event)
    Quiz.objects.filter(pk=training.pk).update(session=session)
    assert waits() == []

    StarFactory(session=session, user=attendee)

    assert waits() == [("Read the gauge", "Open")]


def test_training_stands_in_the_lobby_and_in_the_list(event, training, attendee, enter):
    client = enter(attendee)
    for name in ("venue:lobby", "quizzes:list"):
        html = client.get(reverse(name, args=[event.slug])).content.decode()
        floor = html[html.index('id="trainings"') :]
        assert training.get_absolute_url() in floor
        assert "Not begun yet" in floor


def test_training_stands_on_the_page_of_its_session_alone(event, training, attendee, enter):
    session, other = SessionFactory(event=event), SessionFactory(event=event)
    Quiz.objects.filter(pk=training.pk).update(session=session)
    client = enter(attendee)

    assert training.get_absolute_url() in client.get(session.get_absolute_url()).content.decode()
    assert training.get_absolute_url() not in client.get(other.get_absolute_url()).content.decode()


def test_what_is_not_open_to_somebody_is_not_offered(event, training, offered):
    session = SessionFactory(event=event, sign_up=True)
    Quiz.objects.filter(pk=training.pk).update(session=session)
    assert offered() == []

    Quiz.objects.filter(pk=training.pk).update(session=None, is_published=False)
    assert offered() == []


def test_lobby_costs_the_same_for_one_training_and_for_three(
    event, training, attendee, enter, django_assert_max_num_queries
):
    client = enter(attendee)
    address = reverse("venue:lobby", args=[event.slug])
    client.get(address)
    counts = []
    for _round in range(2):
        with django_assert_max_num_queries(60) as counted:
            client.get(address)
        counts.append(len(counted))
        QuizFactory.create_batch(2, event=event, bank=training.bank, mode=Quiz.Mode.ALONE, is_published=True)

    assert counts[0] == counts[1]


def test_speaker_finds_the_door_to_begin_the_quiz_of_their_session(event, session_quiz, speaker, attendee, enter):
    address = session_quiz.session.get_absolute_url()

    def tab(person):
        html = enter(person).get(address).content.decode()
        return "data-quiz-tab hidden" not in html, "Run the quiz" in html

    assert tab(attendee) == tab(speaker) == (False, False)

    SessionSpeakerFactory(session=session_quiz.session, speaker=SpeakerFactory(event=event, user=speaker))

    assert tab(speaker) == (True, True)


@pytest.fixture
def session_quiz(event):
    return QuizFactory(event=event, session=SessionFactory(event=event))


def test_attempts_of_others_are_not_read(event, training, attendee):
    found = selectors.open_trainings(event, attendee, permissions.roles_of(attendee, event))

    join = str(found.query).split('"quizzes_attempt"')[1].split("WHERE")[0]
    assert f'."user_id" = {attendee.pk}' in join
