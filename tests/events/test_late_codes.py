"""A code that comes after the wish: it counts all the same, once, and its person keeps what they said."""

import re

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.models import Event, Registration
from apps.events.services import Wish
from apps.notifications.models import OwedMail
from apps.notifications.services import send_owed_mail
from tests.factories.accounts import UserFactory
from tests.factories.events import InvitationCodeFactory, QuestionFactory, RegistrationFactory, TicketKindFactory

NADIA = {"email": "nadia@lakeside.example", "name": "Nadia Okello"}
State = Registration.State


@pytest.fixture
def asked(event):
    """Of an event that looks at each registration."""
    Event.objects.filter(pk=event.pk).update(admission=Event.Admission.APPROVAL)
    event.refresh_from_db()
    return event


def ask(event, **wish):
    services.register(event, **NADIA, wish=Wish(**wish))
    return Registration.objects.get(event=event, user__email=NADIA["email"])


def kinds():
    return list(OwedMail.objects.order_by("pk").values_list("kind", flat=True))


def bring(registration, code):
    return services.bring_code(registration, Wish(code=code.code))


def test_whoever_types_the_address_of_a_wish_changes_nothing_of_it(asked):
    question = QuestionFactory(event=asked)
    first, second = TicketKindFactory.create_batch(2, event=asked)
    code = InvitationCodeFactory(event=asked)
    before = ask(asked, ticket=first.pk, answers={question.field: "Otters"})

    after = ask(asked, ticket=second.pk, code=code.code, answers={question.field: "Spiders"})

    code.refresh_from_db()
    assert (after.state, after.ticket, after.code, code.used) == (State.PENDING, first, None, 0)
    assert after.answers.get().text == "Otters"
    assert (before.created_at, kinds()) == (after.created_at, ["pending", "code_brought"])


def test_person_with_a_place_changes_no_wish_of_another_either(asked):
    code = InvitationCodeFactory(event=asked)
    ask(asked)
    by = RegistrationFactory(event=asked).user
    services.register(asked, **NADIA, wish=Wish(code=code.code), by=by)
    assert Registration.objects.get(event=asked, user__email=NADIA["email"]).state == State.PENDING


def test_mail_to_the_typed_address_leads_to_where_the_code_is_used(asked, visitor, mailoutbox):
    code = InvitationCodeFactory(event=asked)
    registration = ask(asked)
    ask(asked, code=code.code)
    assert send_owed_mail(OwedMail.objects.get(kind="code_brought").pk)
    page = re.search(r"https?://[^/]+(/\S+)", mailoutbox[-1].body).group(1)

    shown = visitor.get(page)
    assert f'value="{code.code}"' in shown.content.decode()
    registration.refresh_from_db()
    assert registration.state == State.PENDING

    visitor.post(page.partition("?")[0], {"code": code.code})
    registration.refresh_from_db()
    code.refresh_from_db()
    assert (registration.state, code.used) == (State.CONFIRMED, 1)


def test_typed_address_is_mailed_of_codes_once_a_minute(asked):
    code = InvitationCodeFactory(event=asked, uses=None)
    ask(asked)
    ask(asked, code=code.code)
    ask(asked, code=code.code)
    assert kinds() == ["pending", "code_brought"]


def test_who_waits_for_a_yes_gets_in_with_a_code_that_comes_later(asked):
    question = QuestionFactory(event=asked)
    code = InvitationCodeFactory(event=asked)
    registration = ask(asked, answers={question.field: "One"})

    bring(registration, code)

    code.refresh_from_db()
    registration.refresh_from_db()
    assert (registration.state, registration.code, code.used) == (State.CONFIRMED, code, 1)
    assert registration.answers.get().text == "One"
    assert kinds() == ["pending", "welcome"]


def test_code_that_asks_all_the_same_changes_nothing_and_is_not_used(asked):
    code = InvitationCodeFactory(event=asked, lets_in=False)
    ask(asked)
    assert ask(asked, code=code.code).state == State.PENDING
    code.refresh_from_db()
    assert code.used == 0


def test_code_of_a_ticket_takes_somebody_off_the_queue(event):
    Event.objects.filter(pk=event.pk).update(capacity=2)
    event.refresh_from_db()
    small, press = TicketKindFactory(event=event, capacity=1), TicketKindFactory(event=event, is_offered=False)
    RegistrationFactory(event=event, ticket=small)
    waiting = ask(event, ticket=small.pk)
    assert waiting.state == State.WAITING

    again = bring(waiting, InvitationCodeFactory(event=event, ticket=press))

    assert (again.state, again.ticket) == (State.CONFIRMED, press)


def test_code_frees_no_place_and_keeps_the_turn(event):
    Event.objects.filter(pk=event.pk).update(capacity=1)
    event.refresh_from_db()
    RegistrationFactory(event=event)
    waiting = ask(event)
    since = waiting.waiting_since
    code = InvitationCodeFactory(event=event)
    again = bring(waiting, code)
    assert (again.state, again.waiting_since, again.code) == (State.WAITING, since, code)


def test_signed_in_person_brings_a_code_and_keeps_ticket_and_answers(asked):
    question = QuestionFactory(event=asked, required=True)
    first, _second = TicketKindFactory.create_batch(2, event=asked)
    person = UserFactory()
    services.register_person(asked, user=person, wish=Wish(first.pk, "", {question.field: "Otters"}))
    with pytest.raises(Refused) as refused:
        services.register_person(asked, user=person, wish=Wish(code="GUESSED"))
    assert refused.value.code == "registration.code"

    registration = services.register_person(asked, user=person, wish=Wish(code=InvitationCodeFactory(event=asked).code))

    assert (registration.state, registration.ticket) == (State.CONFIRMED, first)
    assert registration.answers.get().text == "Otters"


def test_former_code_is_given_back(asked):
    former, later = InvitationCodeFactory(event=asked, lets_in=False), InvitationCodeFactory(event=asked)
    bring(ask(asked, code=former.code), later)
    for code in (former, later):
        code.refresh_from_db()
    assert (former.used, later.used) == (0, 1)


def test_page_of_a_wish_takes_the_code(asked, visitor, settings):
    code = InvitationCodeFactory(event=asked)
    registration = ask(asked)
    page = reverse("events:wish", args=[asked.slug, selectors.status_token(registration)])
    assert b"I have an invitation code" in visitor.get(page).content
    wrong = visitor.post(page, {"code": "GUESSED"})
    assert (wrong.status_code, b"This code opens nothing" in wrong.content) == (422, True)
    assert visitor.post(page, {"code": code.code}, follow=True).status_code == 200
    registration.refresh_from_db()
    assert registration.state == State.CONFIRMED
    assert b"I have an invitation code" not in visitor.get(page).content


def test_code_form_is_shown_to_who_is_signed_in(asked, enter, nobody):
    InvitationCodeFactory(event=asked)
    services.register_person(asked, user=nobody)
    assert b"I have an invitation code" in enter(nobody).get(reverse("events:register", args=[asked.slug])).content


def test_code_that_was_used_says_nothing_new(event):
    Event.objects.filter(pk=event.pk).update(capacity=1)
    event.refresh_from_db()
    RegistrationFactory(event=event)
    code, person = InvitationCodeFactory(event=event), UserFactory()
    for _time in range(2):
        assert services.register_person(event, user=person, wish=Wish(code=code.code.lower())).state == State.WAITING
    code.refresh_from_db()
    assert code.used == 1
