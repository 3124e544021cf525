"""Who may register, for which ticket, with which code, and what they are asked."""

from datetime import timedelta

import pytest

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions, selectors, services
from apps.events.models import Event, InvitationCode, Question, Registration
from apps.events.services import Wish, admission
from apps.notifications.models import OwedMail
from tests.factories.accounts import UserFactory
from tests.factories.events import (
    BanFactory,
    EventFactory,
    InvitationCodeFactory,
    QuestionFactory,
    RegistrationFactory,
    TicketKindFactory,
)
from tests.factories.notifications import letters
from tests.threads import at_once

NADIA = {"email": "nadia@lakeside.example", "name": "Nadia Okello"}
State = Registration.State


def ask(event, **wish):
    services.register(event, **NADIA, wish=Wish(**wish))
    return Registration.objects.get(event=event, user__email=NADIA["email"])


def refusal(event, **wish):
    with pytest.raises(Refused) as refused:
        services.register(event, **NADIA, wish=Wish(**wish))
    assert not User.objects.filter(email=NADIA["email"]).exists()
    return refused.value.code, refused.value.field


def change(event, **fields):
    Event.objects.filter(pk=event.pk).update(**fields)
    event.refresh_from_db()


# When and from where ------------------------------------------------------------------------------------------------
def test_registration_opens_and_closes_by_the_clock(event):
    now = clock.now()
    change(event, registration_opens_at=now + timedelta(hours=1))
    assert refusal(event) == ("registration.early", None)
    change(event, registration_opens_at=now - timedelta(hours=2), registration_closes_at=now - timedelta(hours=1))
    assert refusal(event) == ("registration.closed", None)
    change(event, registration_closes_at=now + timedelta(hours=1))
    assert ask(event).state == State.CONFIRMED


@pytest.mark.parametrize(
    ("allowed", "refused", "email", "may"),
    [
        ("", "", "a@anywhere.example", True),
        ("lakeside.example", "", "a@Lakeside.example", True),
        ("lakeside.example", "", "a@mail.lakeside.example", False),
        ("*.lakeside.example", "", "a@mail.lakeside.example", True),
        ("*.lakeside.example", "", "a@lakeside.example", False),
        ("", "throwaway.example\nother.example", "a@other.example", False),
        ("lakeside.example", "lakeside.example", "a@lakeside.example", False),
        ("side.example", "", "a@lakeside.example", False),
        ("münchen.example", "", "a@xn--mnchen-3ya.example", True),
        ("*.xn--mnchen-3ya.example", "", "a@mail.München.example", True),
        ("", "münchen.example", "a@xn--mnchen-3ya.example", False),
    ],
)
def test_domains(allowed, refused, email, may):
    assert permissions.can_register_from(Event(allowed_domains=allowed, refused_domains=refused), email) is may


def test_address_of_another_domain_is_told_at_its_field(event):
    change(event, allowed_domains="weir.example")
    assert refusal(event) == ("registration.domain", "email")


# Tickets ------------------------------------------------------------------------------------------------------------
def test_only_ticket_needs_no_choice_and_several_do(event):
    first = TicketKindFactory(event=event)
    assert ask(event).ticket == first
    second = TicketKindFactory(event=event)
    with pytest.raises(Refused) as refused:
        services.register(event, email="b@example.org", name="B")
    assert refused.value.field == "ticket"
    services.register(event, email="b@example.org", name="B", wish=Wish(ticket=second.pk))
    assert Registration.objects.get(user__email="b@example.org").ticket == second


def test_ticket_of_another_event_or_not_on_offer_is_none(event, other_event):
    now = clock.now()
    TicketKindFactory.create_batch(2, event=event)
    for ticket in (
        TicketKindFactory(event=other_event),
        TicketKindFactory(event=event, is_offered=False),
        TicketKindFactory(event=event, opens_at=now + timedelta(hours=1)),
        TicketKindFactory(event=event, closes_at=now - timedelta(hours=1)),
    ):
        assert refusal(event, ticket=ticket.pk) == ("registration.ticket", "ticket")


def test_ticket_has_its_own_limit(event):
    small, large = TicketKindFactory(event=event, capacity=1), TicketKindFactory(event=event)
    RegistrationFactory(event=event, ticket=small)
    assert ask(event, ticket=small.pk).state == State.WAITING
    services.register(event, email="b@example.org", name="B", wish=Wish(ticket=large.pk))
    assert Registration.objects.get(user__email="b@example.org").state == State.CONFIRMED
    assert [offer.left for offer in selectors.tickets_on_offer(event)] == [0, None]


# Codes --------------------------------------------------------------------------------------------------------------
def test_event_by_code_takes_whoever_has_one_once(event):
    change(event, admission=Event.Admission.CODE)
    code = InvitationCodeFactory(event=event, code="Heron-7")
    assert refusal(event) == ("registration.code_needed", "code")
    assert refusal(event, code="heron-8") == ("registration.code", "code")
    registration = ask(event, code=" HERON-7 ")
    assert (registration.state, registration.code) == (State.CONFIRMED, code)
    with pytest.raises(Refused):
        services.register(event, email="b@example.org", name="B", wish=Wish(code="heron-7"))


@pytest.mark.parametrize("gone", [{"revoked_at": clock.now()}, {"expires_at": clock.now() - timedelta(1)}, {"used": 1}])
def test_code_that_is_over_opens_nothing(event, gone):
    change(event, admission=Event.Admission.CODE)
    code = InvitationCodeFactory(event=event, **gone)
    assert refusal(event, code=code.code) == ("registration.code", "code")


def test_code_of_another_event_opens_nothing(event, other_event):
    assert refusal(event, code=InvitationCodeFactory(event=other_event).code) == ("registration.code", "code")


def test_code_is_given_back_once_to_whoever_is_declined(event, organiser):
    change(event, admission=Event.Admission.APPROVAL)
    code = InvitationCodeFactory(event=event, uses=1, lets_in=False)
    registration = ask(event, code=code.code)
    before = Registration.objects.get(pk=registration.pk)

    services.decline(registration, by=organiser)
    admission.give_code_back(before)

    code.refresh_from_db()
    assert (code.used, Registration.objects.get().code) == (0, None)


def test_give_back_of_a_code_takes_no_use_of_others(event, organiser):
    change(event, admission=Event.Admission.APPROVAL)
    code = InvitationCodeFactory(event=event, uses=5, lets_in=False)
    registration = ask(event, code=code.code)
    stale = Registration.objects.get(pk=registration.pk)
    services.register(event, email="other@example.org", name="Other", wish=Wish(code=code.code))

    services.decline(registration, by=organiser)
    admission.give_code_back(stale)

    code.refresh_from_db()
    assert code.used == 1


def test_question_of_a_ticket_that_is_deleted_is_asked_of_nobody(event):
    gone, stays = TicketKindFactory.create_batch(2, event=event)
    alone, shared, free = QuestionFactory.create_batch(3, event=event)
    alone.tickets.add(gone)
    shared.tickets.add(gone, stays)

    gone.delete()

    assert selectors.questions_asked(event, None) == [free]
    assert selectors.questions_asked(event, stays) == [shared, free]
    assert not Question.objects.get(pk=alone.pk).is_asked


def test_code_is_given_back_with_the_place(event):
    code = InvitationCodeFactory(event=event)
    registration = ask(event, code=code.code)
    services.cancel_registration(registration)
    code.refresh_from_db()
    assert code.used == 0
    assert ask(event, code=code.code).state == State.CONFIRMED


def test_registering_again_uses_no_second_time(event):
    code = InvitationCodeFactory(event=event, uses=2)
    ask(event, code=code.code)
    ask(event, code=code.code)
    code.refresh_from_db()
    assert code.used == 1


def test_code_for_a_ticket_opens_it_where_it_is_not_on_offer(event):
    TicketKindFactory(event=event)
    press = TicketKindFactory(event=event, is_offered=False)
    code = InvitationCodeFactory(event=event, ticket=press)
    assert ask(event, code=code.code).ticket == press


def test_code_lets_in_where_somebody_decides_and_from_anywhere(event):
    change(event, admission=Event.Admission.APPROVAL, allowed_domains="weir.example")
    assert ask(event, code=InvitationCodeFactory(event=event).code).state == State.CONFIRMED


@pytest.mark.django_db(transaction=True)
def test_code_for_five_lets_five_in_at_once():
    event = EventFactory()
    code = InvitationCodeFactory(event=event, uses=5)

    def come(number):
        try:
            services.register(event, email=f"{number}@example.org", name="Somebody", wish=Wish(code=code.code))
        except Refused as refused:
            return refused.code
        return "in"

    assert sorted(at_once(come, range(12))) == ["in"] * 5 + ["registration.code"] * 7
    assert InvitationCode.objects.get().used == Registration.objects.confirmed().count() == 5


def test_many_codes_are_all_different(event):
    pattern = InvitationCode(event=event, uses=3, note="Press")
    made = services.make_codes(pattern, count=200)
    assert len({code.code for code in made}) == 200
    assert {(code.uses, code.note, code.event) for code in made} == {(3, "Press", event)}


def test_word_is_one_code_whatever_its_letters(event):
    services.make_codes(InvitationCode(event=event, code="Press"))
    with pytest.raises(Refused) as refused:
        services.make_codes(InvitationCode(event=event, code="PRESS"))
    assert refused.value.code == "code.taken"
    with pytest.raises(Refused):
        services.make_codes(InvitationCode(event=event, code="Other"), count=2)


# Questions ----------------------------------------------------------------------------------------------------------
def test_answers_are_kept_in_words(event):
    meal = QuestionFactory(event=event, kind=Question.Kind.CHOICE, choices=["Fish", "Beans"], position=1)
    days = QuestionFactory(event=event, kind=Question.Kind.SEVERAL, choices=["Mon", "Tue", "Wed"], position=2)
    why = QuestionFactory(event=event, position=3)
    terms = QuestionFactory(event=event, kind=Question.Kind.CONSENT, label="I agree.", required=True, position=4)
    chosen = list(days.choices.all())
    answers = {
        meal.field: str(meal.choices.last().pk),
        days.field: [chosen[0].pk, chosen[2].pk],
        why.field: "  To learn. ",
        terms.field: True,
        "q999999": "not asked",
    }
    registration = ask(event, answers=answers)
    assert [answer.text for answer in registration.answers.all()] == ["Beans", "Mon\nWed", "To learn.", "I agree."]
    assert registration.answers.first().picked == [meal.choices.last().pk]


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("text", None), ("text", "  "), ("text", 7), ("text", "x" * 301), ("text", "a\x00b"),
        ("text", "\ud800"), ("text", ["a"]),
        ("long", "x" * 4001), ("choice", None), ("choice", "0"), ("choice", "two"), ("choice", {"a": 1}),
        ("several", []), ("several", ["0"]), ("several", ["0"] * 9),
        ("consent", False), ("consent", None), ("consent", "no"),
        ("consent", [1]),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_at_its_question(event, kind, raw):
    question = QuestionFactory(event=event, kind=kind, required=True, choices=["One", "Two"])
    assert refusal(event, answers={question.field: raw}) == ("registration.answer", question.field)


def test_two_choices_are_none_where_one_is_asked(event):
    question = QuestionFactory(event=event, kind="choice", choices=["One", "Two"])
    both = [choice.pk for choice in question.choices.all()]
    assert refusal(event, answers={question.field: both}) == ("registration.answer", question.field)


def test_question_is_asked_with_its_tickets_only(event):
    press, other = TicketKindFactory(event=event), TicketKindFactory(event=event)
    question = QuestionFactory(event=event, required=True)
    question.tickets.add(press)
    assert refusal(event, ticket=press.pk) == ("registration.answer", question.field)
    assert ask(event, ticket=other.pk).answers.count() == 0


def test_question_that_is_asked_no_more_keeps_its_answers(event):
    question = QuestionFactory(event=event)
    registration = ask(event, answers={question.field: "Yes"})
    Question.objects.update(is_asked=False)
    assert [answer.text for answer in registration.answers.all()] == ["Yes"]


def test_changing_answers_leaves_alone_what_is_not_asked(event):
    gone, stays = QuestionFactory(event=event), QuestionFactory(event=event)
    consent = QuestionFactory(event=event, kind="consent", label="I agree to one.")
    registration = ask(event, answers={gone.field: "Old", stays.field: "Same", consent.field: True})
    Question.objects.filter(pk=gone.pk).update(is_asked=False)
    services.save_question(consent, changed={"label"})
    before = {answer.question_id: answer.created_at for answer in registration.answers.all()}
    services.answer_again(registration, {stays.field: "Same", consent.field: False})
    after = {answer.question_id: (answer.text, answer.created_at) for answer in registration.answers.all()}
    assert after == {
        gone.pk: ("Old", before[gone.pk]),
        stays.pk: ("Same", before[stays.pk]),
        consent.pk: ("I agree to one.", before[consent.pk]),
    }
    services.answer_again(registration, {stays.field: "", consent.field: True})
    assert [(answer.text, answer.version) for answer in registration.answers.order_by("question_id")] == [
        ("Old", 1),
        ("I agree to one.", 2),
    ]


def test_new_words_of_a_consent_are_agreed_to_by_nobody(event):
    question = QuestionFactory(event=event, kind="consent", label="I agree to one.")
    registration = ask(event, answers={question.field: True})
    services.save_question(question, changed={"label"})
    assert selectors.answers_given(registration) == {question.field: False}
    services.answer_again(registration, {question.field: True})
    assert selectors.answers_given(registration) == {question.field: True}
    assert registration.answers.get().version == 2


# Deciding -----------------------------------------------------------------------------------------------------------
def test_approval_waits_for_a_yes(event, organiser):
    change(event, admission=Event.Admission.APPROVAL)
    registration = ask(event)
    assert (registration.state, OwedMail.objects.get().kind) == (State.PENDING, "pending")
    assert permissions.roles_of(registration.user, event) == frozenset()
    assert services.approve(registration, by=organiser) == State.CONFIRMED
    assert permissions.roles_of(registration.user, event) == {"attendee"}
    assert list(OwedMail.objects.order_by("pk").values_list("kind", flat=True)) == ["pending", "welcome"]
    with pytest.raises(Refused) as refused:
        services.decline(registration, by=organiser)
    assert refused.value.code == "registration.decided"


def test_no_is_told_with_its_words_and_can_be_taken_back(event, organiser):
    change(event, admission=Event.Admission.APPROVAL)
    registration = ask(event)
    services.decline(registration, by=organiser, reason="Members only, this time.")
    [told] = letters(kind="declined")
    assert "Members only, this time." in told.text
    assert ask(event).state == State.DECLINED
    services.reconsider(registration)
    assert services.approve(registration, by=organiser) == State.CONFIRMED


def test_asking_again_tells_once_a_minute_where_it_stands(event):
    change(event, admission=Event.Admission.APPROVAL)
    for _time in range(3):
        ask(event)
    assert OwedMail.objects.count() == 1
    OwedMail.objects.update(created_at=clock.now() - timedelta(minutes=2))
    services.resend_link(event, email=NADIA["email"])
    assert list(OwedMail.objects.values_list("kind", flat=True)) == ["pending", "pending"]


def test_yes_without_a_free_place_is_the_waiting_list(event, organiser):
    change(event, admission=Event.Admission.APPROVAL, capacity=1)
    registration = ask(event)
    RegistrationFactory(event=event)
    assert services.approve(registration, by=organiser) == State.WAITING


def test_signed_in_person_waits_for_a_yes_too(event):
    change(event, admission=Event.Admission.APPROVAL)
    person = UserFactory()
    assert services.register_person(event, user=person).state == State.PENDING
    assert services.register_person(event, user=person).state == State.PENDING
    assert OwedMail.objects.count() == 1


def test_invitation_keeps_to_the_limit_of_the_ticket_that_is_given(event, organiser):
    small, large = TicketKindFactory(event=event, capacity=1), TicketKindFactory(event=event)
    RegistrationFactory(event=event, ticket=small)
    assert ask(event, ticket=small.pk).state == State.WAITING
    with pytest.raises(Refused):
        services.invite(event, **NADIA, by=organiser)
    invited = services.invite(event, **NADIA, terms=services.Terms(large), by=organiser)
    invited.refresh_from_db()
    assert (invited.state, invited.ticket) == (State.CONFIRMED, large)


def test_banned_person_is_neither_invited_nor_approved(event, organiser):
    change(event, admission=Event.Admission.APPROVAL)
    registration = ask(event)
    BanFactory(event=event, user=registration.user)
    for act in (lambda: services.invite(event, **NADIA), lambda: services.approve(registration, by=organiser)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "registration.person_banned"


def test_invitation_gets_in_who_waits(event, organiser):
    change(event, admission=Event.Admission.APPROVAL)
    ask(event)
    assert services.invite(event, **NADIA, by=organiser).state == State.CONFIRMED
    assert Registration.objects.get().decided_by == organiser
