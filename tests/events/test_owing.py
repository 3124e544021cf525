"""Who has not answered what must be answered is asked again: whoever was invited, and after new words of a consent."""

import pytest
from django.urls import reverse

from apps.events import selectors, services
from apps.events.models import Registration
from tests.factories.events import AnswerFactory, QuestionFactory, RegistrationFactory, TicketKindFactory

BANNER = "A few questions for you"


@pytest.fixture
def terms(event):
    return QuestionFactory(event=event, kind="consent", label="We film.", required=True)


@pytest.fixture
def place(event, attendee):
    return Registration.objects.get(event=event, user=attendee)


def owing(event):
    return {*selectors.owing(event)}


def test_who_was_invited_owes_what_must_be_answered(event, terms, organiser):
    QuestionFactory(event=event, label="May we know your size?")
    invited = services.invite(event, email="ada@example.org", by=organiser)
    assert owing(event) == {invited}
    services.answer_again(invited, {terms.field: True})
    assert owing(event) == set()


def test_new_words_of_a_consent_are_asked_again(event, terms, place):
    AnswerFactory(registration=place, question=terms, text="We film.", version=1)
    assert owing(event) == set()
    terms.label = "May we film, and keep it?"
    services.keep_question(terms, changed=["label"])
    assert owing(event) == {place}
    services.answer_again(place, {terms.field: True})
    assert owing(event) == set()


def test_answer_in_words_stands_whatever_the_version(event, place):
    eats = QuestionFactory(event=event, required=True, version=2)
    AnswerFactory(registration=place, question=eats, text="Anything", version=1)
    assert owing(event) == set()


def test_only_what_is_asked_of_them_is_owed(event, place):
    day, week = TicketKindFactory(event=event), TicketKindFactory(event=event)
    QuestionFactory(event=event, required=True, is_asked=False)
    QuestionFactory(event=event, required=True, kind="choice")  # offers nothing
    QuestionFactory(event=event, required=True).tickets.add(week)
    QuestionFactory(required=True)  # of another event
    Registration.objects.filter(pk=place.pk).update(ticket=day)
    assert owing(event) == set()
    Registration.objects.filter(pk=place.pk).update(ticket=week)
    assert owing(event) == {place}


def test_who_has_no_place_owes_nothing(event, terms):
    for state in ("pending", "cancelled", "declined"):
        RegistrationFactory(event=event, state=state)
    assert owing(event) == set()


@pytest.mark.parametrize("page", ["venue:lobby", "events:me"])
def test_pages_ask_until_it_is_answered(event, terms, attendee, place, enter, page):
    client = enter(attendee)
    address = reverse(page, args=[event.slug])
    shown = client.get(address).content.decode()
    assert BANNER in shown
    assert reverse("events:answers", args=[event.slug]) in shown
    client.post(reverse("events:answers", args=[event.slug]), {terms.field: "on"})
    assert BANNER not in client.get(address).content.decode()


def test_pages_ask_nobody_who_has_no_place(event, terms, organiser, enter):
    assert BANNER not in enter(organiser).get(reverse("venue:lobby", args=[event.slug])).content.decode()


def test_desk_and_programs_find_who_has_not_answered(event, terms, place, organiser, enter):
    done = RegistrationFactory(event=event)
    AnswerFactory(registration=done, question=terms, text="We film.")
    RegistrationFactory(event=event, state="cancelled")
    client = enter(organiser)
    for said, is_answered, found in (("no", "false", place), ("yes", "true", done)):
        listed = client.get(reverse("admin:events_registration_changelist"), {"answered": said})
        assert [row.pk for row in listed.context["cl"].result_list] == [found.pk]
        told = client.get("/api/v1/events/freshet/desk/registrations/", {"answered": is_answered}).json()
        assert [row["id"] for row in told["results"]] == [found.pk]


def test_announcement_reaches_who_has_not_answered_by_mail_alone(event, terms, place):
    done = RegistrationFactory(event=event)
    AnswerFactory(registration=done, question=terms, text="We film.")
    segment = selectors.segment(event, "unanswered", is_counted=True)
    assert (segment.count, segment.on_screen) == (1, False)
    assert [*selectors.wants_mail(event, "unanswered")] == [place.user]
