"""A training that shows the right answers of a bank which a game is still to ask: those who set them up are told."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from apps.quizzes import selectors, services
from tests.factories.quizzes import QuestionFactory, QuizFactory
from tests.factories.tracks import SessionFactory


@pytest.fixture
def bank(event):
    bank = QuizFactory(event=event, mode="alone", is_published=True, title="At home").bank
    QuestionFactory(bank=bank)
    return bank


@pytest.fixture
def training(bank):
    return bank.quizzes.get()


@pytest.fixture
def evening(event, bank):
    begins = datetime(2026, 6, 3, 18, 30, tzinfo=UTC)
    session = SessionFactory(event=event, starts_at=begins, ends_at=begins.replace(hour=20))
    return QuizFactory(event=event, bank=bank, session=session, title="Pub quiz")


def hand_in(training, person):
    attempt = services.begin(training, user=person)
    services.hand_in(attempt)
    attempt.refresh_from_db()
    return attempt


def test_game_is_told_of_the_training_and_who_knows_since_when(event, training, evening, attendee, speaker):
    event.time_zone = "Africa/Nairobi"
    event.save()
    evening.event.refresh_from_db()
    [warning] = selectors.warnings(evening)
    assert "“At home”" in warning and "Nobody has yet." in warning

    first = hand_in(training, attendee)
    hand_in(training, speaker)
    first.finished_at = datetime(2026, 5, 1, 21, 10, tzinfo=UTC)
    first.save()

    [warning] = selectors.warnings(evening)
    assert "2 people have seen them, the first on 2 May 2026, 00:10." in warning


def test_training_is_told_of_the_games_to_come_with_their_dates(training, evening):
    [warning] = selectors.warnings(training)
    assert "“Pub quiz”" in warning and "3 June 2026" in warning

    services.end(services.open_lobby(evening))

    assert selectors.warnings(training) == []


@pytest.mark.parametrize("quiet", [{"reviews": False}, {"is_published": False}])
def test_training_that_shows_no_answers_is_no_matter(training, evening, quiet):
    assert selectors.warnings(evening)

    type(training).objects.filter(pk=training.pk).update(**quiet)

    assert selectors.warnings(evening) == []


def test_it_is_said_on_the_control_page_and_at_the_desk_and_nothing_is_forbidden(
    training, evening, moderator, organiser, enter
):
    [warning] = selectors.warnings(evening)
    host, desk = enter(moderator), enter(organiser)
    control = [reverse(f"quizzes:{name}", args=[evening.event.slug, evening.pk]) for name in ("host", "open")]

    assert warning in host.get(control[0]).content.decode()
    form = desk.get(reverse("admin:quizzes_quiz_change", args=[evening.pk]))
    assert warning in form.content.decode()
    data = form.context["adminform"].form.initial | {"title_0": "Pub quiz", "session": evening.session_id}
    saved = desk.post(
        reverse("admin:quizzes_quiz_change", args=[evening.pk]),
        {name: value for name, value in data.items() if value is not None and name != "title"},
        follow=True,
    )
    assert [message.message for message in saved.context["messages"] if message.level_tag == "warning"] == [warning]
    assert host.post(control[1]).status_code == 302
