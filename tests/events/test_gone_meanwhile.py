"""A ticket or a question that an organiser deletes at the very moment in which somebody registers with it."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Event, InvitationCode, Question, Registration, TicketKind
from apps.events.services import Wish, meeting
from apps.notifications.models import OwedMail
from tests.factories.accounts import UserFactory
from tests.factories.events import QuestionFactory, RegistrationFactory, TicketKindFactory
from tests.polls.test_going import Elsewhere

NADIA = {"email": "nadia@lakeside.example", "name": "Nadia Okello"}


@pytest.fixture
def two(event):
    return TicketKindFactory.create_batch(2, event=event)


@pytest.fixture
def deleting(monkeypatch):
    """What is deleted after the form was read, and before the registration is written."""

    def at_that_moment(row):
        met = meeting.find_by_address

        def meet(*args, **kwargs):
            type(row).objects.filter(pk=row.pk).delete()
            return met(*args, **kwargs)

        monkeypatch.setattr(meeting, "find_by_address", meet)

    return at_that_moment


def refusal(deed, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        deed(*args, **kwargs)
    return refused.value.code, refused.value.field


@pytest.mark.parametrize("way_in", list(Event.Admission))
@pytest.mark.parametrize("capacity", [None, 5])
def test_ticket_that_is_gone_is_told_at_its_field(event, two, deleting, way_in, capacity):
    Event.objects.filter(pk=event.pk).update(admission=way_in, capacity=capacity)
    event.refresh_from_db()
    code = services.make_codes(InvitationCode(event=event, lets_in=False))[0]
    deleting(two[0])

    refused = refusal(services.register, event, **NADIA, wish=Wish(two[0].pk, code.code))

    assert refused == ("registration.ticket", "ticket")
    assert (Registration.objects.count(), OwedMail.objects.count()) == (0, 0)
    assert not User.objects.filter(email=NADIA["email"]).exists()


def test_question_that_is_gone_is_told_at_its_field(event, deleting):
    question = QuestionFactory(event=event)
    deleting(question)

    refused = refusal(services.register, event, **NADIA, wish=Wish(answers={question.field: "Otters"}))

    assert refused == ("registration.answer", question.field)
    assert (Registration.objects.count(), OwedMail.objects.count()) == (0, 0)


def test_form_says_it_beside_the_question(event, visitor, deleting):
    question = QuestionFactory(event=event, label="Which animal?")
    deleting(question)

    page = visitor.post(reverse("events:register", args=[event.slug]), {**NADIA, question.field: "Otters"})

    assert page.context["form"].errors.keys() == {question.field}
    assert "took this question away just now" in page.content.decode()
    assert not Registration.objects.exists()


def test_form_says_it_beside_the_ticket(event, two, visitor, deleting):
    deleting(two[0])

    page = visitor.post(reverse("events:register", args=[event.slug]), {**NADIA, "ticket": two[0].pk})

    assert page.context["form"].errors.keys() == {"ticket"}
    assert not Registration.objects.exists()


def test_desk_says_it_beside_the_ticket_and_keeps_what_was_typed(event, two, organiser, enter, deleting):
    deleting(two[0])
    given = {"event": event.pk, "email": NADIA["email"], "name": NADIA["name"], "ticket": two[0].pk}

    page = enter(organiser).post(reverse("admin:events_registration_add"), given)

    form = page.context["adminform"].form
    assert (form.errors.keys(), form["email"].value()) == ({"ticket"}, NADIA["email"])
    assert not Registration.objects.exists()


def test_ticket_that_is_gone_is_given_to_nobody_at_the_desk(event, two):
    place = RegistrationFactory(event=event, ticket=two[0])
    gone = TicketKind.objects.get(pk=two[1].pk)
    two[1].delete()
    assert refusal(services.change_ticket, place, ticket=gone) == ("registration.ticket", "ticket")


def test_question_that_is_gone_is_not_answered_for_somebody(event, monkeypatch):
    question = QuestionFactory(event=event)
    place = RegistrationFactory(event=event)
    asked = [Question.objects.prefetch_related("choices", "tickets").get(pk=question.pk)]
    monkeypatch.setattr("apps.events.selectors.questions_asked", lambda *_args: asked)
    question.delete()
    for deed in (services.correct_answers, services.answer_again):
        assert refusal(deed, place, {asked[0].field: "Otters"}) == ("registration.answer", asked[0].field)


@pytest.mark.django_db(transaction=True)
def test_who_deletes_a_ticket_waits_for_who_registers_with_it(event, two):
    with transaction.atomic():
        services.register_person(event, user=UserFactory(), wish=Wish(two[0].pk))
        organiser = Elsewhere(lambda: outcome(services.remove_ticket, two[0]))
        assert organiser.is_waiting()
    assert organiser.result() == "ticket.taken"
    assert Registration.objects.get().ticket == two[0]


@pytest.mark.django_db(transaction=True)
def test_who_deletes_a_question_waits_for_who_answers_it(event):
    question = QuestionFactory(event=event)
    with transaction.atomic():
        services.register_person(event, user=UserFactory(), wish=Wish(answers={question.field: "Otters"}))
        organiser = Elsewhere(lambda: outcome(services.remove_question, question))
        assert organiser.is_waiting()
    assert organiser.result() == "question.answered"


def outcome(deed, row):
    try:
        deed(row)
    except Refused as refused:
        return refused.code
    return ""


def test_question_that_is_deleted_twice_is_gone(event):
    question = QuestionFactory(event=event)
    again = Question.objects.get(pk=question.pk)
    services.remove_question(question)
    services.remove_question(again)
    assert not Question.objects.exists()


def test_ticket_that_somebody_has_stays(event, two):
    RegistrationFactory(event=event, ticket=two[0])
    assert outcome(services.remove_ticket, two[0]) == "ticket.taken"


def test_call_says_of_it_what_it_says_of_a_ticket_that_never_was(event, two, organiser, enter, deleting):
    deleting(two[0])
    given, path = {"email": NADIA["email"], "ticket": two[0].pk}, "/api/v1/events/freshet/desk/registrations/"
    answer = enter(organiser).post(path, given, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "registration.ticket")


def test_question_is_held_after_the_tickets_that_it_is_asked_with(event, two):
    """As who deletes a ticket comes by it."""
    question = QuestionFactory(event=event)
    with CaptureQueriesContext(connection) as asked:
        services.save_question(question, changed=set(), tickets=two)
    held = [one["sql"] for one in asked if " FOR " in one["sql"]]
    tickets = next(at for at, sql in enumerate(held) if "events_ticketkind" in sql)
    assert tickets < next(at for at, sql in enumerate(held) if 'FROM "events_question"' in sql)
