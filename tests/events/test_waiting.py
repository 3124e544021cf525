"""The waiting list: in order, moving up by itself, once; and a place that is passed on."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions, selectors, services
from apps.events.models import Event, Registration
from apps.events.services import Wish
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

State = Registration.State


@pytest.fixture
def full(event):
    """One place, taken."""
    Event.objects.filter(pk=event.pk).update(capacity=1)
    event.refresh_from_db()
    RegistrationFactory(event=event)
    return event


def wait(event, *names, **wish):
    for name in names:
        services.register(event, email=f"{name}@example.org", name=name, wish=Wish(**wish))
    return [Registration.objects.get(event=event, user__email=f"{name}@example.org") for name in names]


def states(*registrations):
    return [Registration.objects.get(pk=registration.pk).state for registration in registrations]


def test_who_comes_late_waits_in_turn_and_is_told_where(full):
    ada, ben = wait(full, "ada", "ben")
    assert states(ada, ben) == [State.WAITING, State.WAITING]
    assert [selectors.place_in_queue(one) for one in (ada, ben)] == [1, 2]
    assert permissions.roles_of(ada.user, full) == frozenset()
    assert ["number 1" in mail.text for mail in letters()] == [True, False]


def test_cancellation_lets_the_first_move_up_and_mails_the_link(full):
    ada, ben = wait(full, "ada", "ben")
    services.cancel_registration(Registration.objects.confirmed().get())
    assert states(ada, ben) == [State.CONFIRMED, State.WAITING]
    [mail] = letters(kind="moved_up")
    assert (mail.to, "/join/" in mail.text) == (ada.user.email, True)


def test_who_leaves_the_list_is_passed_by(full):
    ada, ben = wait(full, "ada", "ben")
    services.cancel_registration(ada)
    services.cancel_registration(Registration.objects.confirmed().get())
    assert states(ada, ben) == [State.CANCELLED, State.CONFIRMED]


def test_nobody_overtakes_those_who_wait(full):
    [ada] = wait(full, "ada")
    Event.objects.filter(pk=full.pk).update(capacity=2)
    full.refresh_from_db()
    [ben] = wait(full, "ben")
    assert states(ada, ben) == [State.WAITING, State.WAITING]
    assert services.move_up_everywhere() == 1
    assert states(ada, ben) == [State.CONFIRMED, State.WAITING]


def test_higher_limit_moves_up_as_many(full):
    waiting = wait(full, "ada", "ben", "cleo")
    Event.objects.filter(pk=full.pk).update(capacity=3)
    assert services.move_up(full) == 2
    assert states(*waiting) == [State.CONFIRMED, State.CONFIRMED, State.WAITING]


def test_ticket_that_is_full_holds_up_nobody_with_another(event):
    small, large = TicketKindFactory(event=event, capacity=1), TicketKindFactory(event=event)
    Event.objects.filter(pk=event.pk).update(capacity=2)
    event.refresh_from_db()
    RegistrationFactory(event=event, ticket=small)
    other = RegistrationFactory(event=event, ticket=large)
    [ada] = wait(event, "ada", ticket=small.pk)
    [ben] = wait(event, "ben", ticket=large.pk)
    services.cancel_registration(other)
    assert states(ada, ben) == [State.WAITING, State.CONFIRMED]


def test_nobody_moves_up_into_an_event_that_is_over(full):
    [ada] = wait(full, "ada")
    start = clock.now() - timedelta(days=3)
    Event.objects.filter(pk=full.pk).update(starts_at=start, ends_at=start + timedelta(days=1), capacity=5)
    full.refresh_from_db()
    assert (services.move_up(full), services.move_up_everywhere()) == (0, 0)
    assert states(ada) == [State.WAITING]


@pytest.mark.django_db(transaction=True)
def test_last_places_are_given_in_turn_each_with_one_mail():
    event = EventFactory(capacity=5)

    def come(number):
        services.register(event, email=f"{number}@example.org", name="Somebody")

    at_once(come, range(20))
    assert Registration.objects.confirmed().count() == 5
    waiting = list(Registration.objects.waiting().select_related("user"))
    told = {mail.to: mail.text for mail in letters(kind="waiting")}
    assert [f"number {place} on" in told[one.user.email] for place, one in enumerate(waiting, 1)] == [True] * 15
    assert sorted(OwedMail.objects.values_list("to", flat=True)) == sorted(
        f"{number}@example.org" for number in range(20)
    )


def test_who_is_banned_or_told_no_meanwhile_is_passed_by(full, organiser):
    ada, ben, cleo = wait(full, "ada", "ben", "cleo")
    BanFactory(event=full, user=ada.user)
    services.decline(ben, by=organiser)
    services.cancel_registration(Registration.objects.confirmed().get())
    assert states(ada, ben, cleo) == [State.WAITING, State.DECLINED, State.CONFIRMED]


def test_nobody_moves_up_into_a_draft(full):
    [ada] = wait(full, "ada")
    Event.objects.filter(pk=full.pk).update(state=Event.State.DRAFT, capacity=5)
    assert (services.move_up(full), services.move_up_everywhere()) == (0, 0)
    assert states(ada) == [State.WAITING]


def test_event_with_people_waiting_is_not_taken_back_to_a_draft(full):
    wait(full, "ada")
    Registration.objects.confirmed().delete()
    with pytest.raises(Refused):
        services.unpublish_event(full)


def test_who_waits_for_what_is_full_leaves_places_to_others(event):
    small, large = TicketKindFactory(event=event, capacity=1), TicketKindFactory(event=event)
    Event.objects.filter(pk=event.pk).update(capacity=1)
    event.refresh_from_db()
    RegistrationFactory(event=event, ticket=large)
    first, second = wait(event, "ada", "ben", ticket=small.pk)
    [third] = wait(event, "cleo", ticket=large.pk)
    Event.objects.filter(pk=event.pk).update(capacity=3)
    assert services.move_up(event) == 2
    assert states(first, second, third) == [State.CONFIRMED, State.WAITING, State.CONFIRMED]


def test_one_event_that_fails_holds_up_no_other(full, monkeypatch, caplog):
    [ada] = wait(full, "ada")
    broken = EventFactory(capacity=1)
    RegistrationFactory(event=broken, state=State.WAITING, waiting_since=clock.now())
    Event.objects.update(capacity=9)
    real = selectors.places_left
    monkeypatch.setattr(selectors, "places_left", lambda event: 1 / 0 if event.pk == broken.pk else real(event))
    assert services.move_up_everywhere() == 1
    assert states(ada) == [State.CONFIRMED]
    assert "did not move" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_places_given_back_at_once_move_up_once_each():
    event = EventFactory(capacity=4)
    wait(event, *"abcdefgh")
    at_once(services.cancel_registration, list(Registration.objects.confirmed()))
    confirmed = Registration.objects.confirmed().order_by("pk").values_list("user__name", flat=True)
    assert list(confirmed) == list("efgh")
    assert OwedMail.objects.filter(kind="moved_up").count() == 4


# Passing on ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def mine(event, attendee):
    return Registration.objects.get(event=event, user=attendee)


def offer(registration, email="ben@example.org"):
    Registration.objects.filter(pk=registration.pk).update(offered_at=None)  # the last one was long ago
    registration.refresh_from_db()
    services.offer_place(registration, email=email, name="Ben")
    return selectors.offered_place(selectors.offer_token(registration))


def test_place_is_taken_by_who_reads_the_mail(event, mine, attendee):
    offered = offer(mine)
    mail = OwedMail.objects.get(kind="offer")
    assert (mail.to, "/register/take/" in mail.text) == ("ben@example.org", True)
    assert states(mine) == [State.CONFIRMED]
    taken = services.take_place(offered, name="Ben", answers={})
    assert states(mine, taken) == [State.CANCELLED, State.CONFIRMED]
    assert taken.user.email == "ben@example.org"
    assert permissions.roles_of(attendee, event) == frozenset()
    kinds = OwedMail.objects.order_by("pk").values_list("kind", "to")
    assert list(kinds)[1:] == [("passed_on", attendee.email), ("welcome", "ben@example.org")]


def test_place_of_a_full_event_goes_to_nobody_else(event, mine):
    Event.objects.filter(pk=event.pk).update(capacity=Registration.objects.confirmed().count())
    event.refresh_from_db()
    [ada] = wait(event, "ada")
    offered = offer(Registration.objects.select_related("event", "user").get(pk=mine.pk))
    services.take_place(offered, name="Ben", answers={})
    assert states(ada) == [State.WAITING]


def test_offer_is_over_once_taken_withdrawn_or_renewed(event, mine):
    first = offer(mine)
    token = selectors.offer_token(first)
    offer(mine, "cleo@example.org")
    assert selectors.offered_place(token) is None
    with pytest.raises(Refused) as refused:
        services.take_place(first, name="Ben", answers={})
    assert refused.value.code == "transfer.over"
    services.withdraw_offer(mine)
    mine.refresh_from_db()
    assert selectors.offered_place(token) is None
    second = offer(mine)
    services.take_place(second, name="Ben", answers={})
    with pytest.raises(Refused):
        services.take_place(second, name="Ben", answers={})
    assert Registration.objects.filter(user__email="ben@example.org").count() == 1


def test_offer_takes_no_place_for_who_has_one_or_is_banned(event, mine, speaker):
    services.register_person(event, user=speaker)
    banned = UserFactory(email="banned@example.org")
    BanFactory(event=event, user=banned)
    for email in (speaker.email, banned.email):
        with pytest.raises(Refused) as refused:
            services.take_place(offer(mine, email), name="Ben", answers={})
        assert refused.value.code == "transfer.has_one"
    assert states(mine) == [State.CONFIRMED]


def test_taker_answers_what_is_asked(event, mine):
    question = QuestionFactory(event=event, required=True)
    with pytest.raises(Refused) as refused:
        services.take_place(offer(mine), name="Ben", answers={})
    assert refused.value.field == question.field
    assert states(mine) == [State.CONFIRMED]
    taken = services.take_place(offer(mine), name="Ben", answers={question.field: "Yes"})
    assert [answer.text for answer in taken.answers.all()] == ["Yes"]


def test_taker_who_waited_leaves_the_list(event, mine):
    Event.objects.filter(pk=event.pk).update(capacity=1)
    event.refresh_from_db()
    [ben] = wait(event, "ben")
    services.take_place(offer(mine), name="Ben", answers={})
    assert states(ben) == [State.CONFIRMED]


def test_code_goes_on_with_the_place(event):
    Event.objects.filter(pk=event.pk).update(admission=Event.Admission.CODE)
    event.refresh_from_db()
    code = InvitationCodeFactory(event=event)
    [ada] = wait(event, "ada", code=code.code)
    taken = services.take_place(offer(ada), name="Ben", answers={})
    code.refresh_from_db()
    taken.refresh_from_db()
    assert (code.used, taken.code) == (1, code)
    with pytest.raises(Refused):
        wait(event, "ada", code=code.code)


def test_place_is_not_passed_on_past_a_no_or_a_ban(event, mine, attendee, organiser):
    Event.objects.filter(pk=event.pk).update(admission=Event.Admission.APPROVAL)
    event.refresh_from_db()
    [ben] = wait(event, "ben")
    services.decline(ben, by=organiser)
    with pytest.raises(Refused):
        services.take_place(offer(mine), name="Ben", answers={})
    offered = offer(mine, "cleo@example.org")
    BanFactory(event=event, user=attendee)
    with pytest.raises(Refused):
        services.take_place(offered, name="Cleo", answers={})
    assert states(mine, ben) == [State.CONFIRMED, State.DECLINED]


def test_offers_follow_each_other_slowly(mine):
    services.offer_place(mine, email="ben@example.org")
    services.withdraw_offer(mine)
    mine.refresh_from_db()
    with pytest.raises(Refused) as refused:
        services.offer_place(mine, email="ben@example.org")
    assert refused.value.code == "transfer.too_soon"


def test_pause_holds_for_who_read_the_place_before(mine):
    before = type(mine).objects.get(pk=mine.pk)
    services.offer_place(mine, email="ben@example.org")
    with pytest.raises(Refused) as refused:
        services.offer_place(before, email="cleo@example.org")
    assert refused.value.code == "transfer.too_soon"


def test_own_address_is_no_offer(mine, attendee):
    with pytest.raises(Refused) as refused:
        services.offer_place(mine, email=attendee.email)
    assert refused.value.field == "email"
