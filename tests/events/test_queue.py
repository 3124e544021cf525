"""The row of those who wait: who stands in it, who is ahead, and that nobody passes it by when a limit goes."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.models import Event, Registration, TicketKind
from apps.events.services import Wish, places
from tests.factories.accounts import UserFactory
from tests.factories.events import BanFactory, EventFactory, RegistrationFactory, TicketKindFactory
from tests.polls.test_going import Elsewhere

State = Registration.State


@pytest.fixture
def full(event):
    """One place, taken."""
    return limit(event, 1)


def limit(event, capacity):
    Event.objects.filter(pk=event.pk).update(capacity=capacity)
    event.refresh_from_db()
    if capacity and not Registration.objects.confirmed().filter(event=event).exists():
        RegistrationFactory(event=event)
    return event


def ask(event, name, **wish):
    services.register(event, email=f"{name}@example.org", name=name, wish=Wish(**wish))
    return Registration.objects.get(event=event, user__email=f"{name}@example.org")


def number(registration):
    return selectors.place_in_queue(registration)


def test_number_counts_everybody_ahead_where_tickets_share_the_event_s_limit(full):
    day, week = TicketKindFactory(event=full), TicketKindFactory(event=full)
    ada, ben, cleo = ask(full, "ada", ticket=day.pk), ask(full, "ben", ticket=week.pk), ask(full, "cleo", ticket=day.pk)
    assert [number(one) for one in (ada, ben, cleo)] == [1, 2, 3]


def test_number_leaves_out_tickets_that_are_sold_out_by_themselves(event):
    small, large = TicketKindFactory(event=event, capacity=1), TicketKindFactory(event=event)
    limit(event, 1)
    Registration.objects.update(ticket=small)
    ada, ben, cleo = (
        ask(event, "ada", ticket=small.pk), ask(event, "ben", ticket=large.pk), ask(event, "cleo", ticket=small.pk),
    )  # fmt: skip
    assert [number(one) for one in (ada, ben, cleo)] == [1, 1, 3]


def test_banned_and_closed_accounts_neither_count_nor_move_up(full):
    banned, closed, ada = ask(full, "banned"), ask(full, "closed"), ask(full, "ada")
    BanFactory(event=full, user=banned.user)
    type(closed.user).objects.filter(pk=closed.user_id).update(is_active=False)
    assert number(ada) == 1
    services.cancel_registration(Registration.objects.confirmed().get())
    states = [Registration.objects.get(pk=one.pk).state for one in (banned, closed, ada)]
    assert states == [State.WAITING, State.WAITING, State.CONFIRMED]


def test_who_may_not_move_up_stands_in_nobody_s_way(full):
    banned = ask(full, "banned")
    BanFactory(event=full, user=banned.user)
    limit(full, 2)
    assert ask(full, "ada").state == State.CONFIRMED


def test_newcomer_waits_while_many_move_up_after_a_limit_is_gone(full, monkeypatch):
    monkeypatch.setattr(places, "MOST_MOVED", 1)
    ask(full, "ada"), ask(full, "ben")
    limit(full, None)
    services.move_up(full)
    assert ask(full, "cleo").state == State.WAITING
    assert [services.move_up_everywhere() for _time in range(3)] == [1, 1, 0]
    assert ask(full, "dana").state == State.CONFIRMED


def test_newcomer_with_another_ticket_does_not_pass_who_waits_for_the_event(full):
    day, week = TicketKindFactory(event=full), TicketKindFactory(event=full)
    ask(full, "ada", ticket=day.pk)
    limit(full, 2)
    assert ask(full, "ben", ticket=week.pk).state == State.WAITING


# What was read before the event was held ----------------------------------------------------------------------------
@pytest.mark.parametrize(("capacity", "admission"), [(None, "open"), (5, "open"), (None, "approval")])
@pytest.mark.parametrize(
    ("meanwhile", "code"),
    [
        ({"state": Event.State.ENDED}, "registration.closed"),
        ({"state": Event.State.DRAFT}, "registration.closed"),
        ({"ends_at": clock.now()}, "registration.over"),
    ],
)
def test_event_that_is_over_since_it_was_read_takes_nobody(event, capacity, admission, meanwhile, code):
    Event.objects.update(admission=admission)
    limit(event, capacity)
    Event.objects.filter(pk=event.pk).update(**meanwhile)
    with pytest.raises(Refused) as refused:
        services.register(event, email="ada@example.org", name="Ada")
    assert refused.value.code == code
    assert not Registration.objects.filter(user__email="ada@example.org").exists()


def test_limit_that_was_set_since_the_event_was_read_is_kept(event):
    RegistrationFactory(event=event)
    Event.objects.filter(pk=event.pk).update(capacity=1)
    assert ask(event, "ada").state == State.WAITING


def test_limit_of_a_ticket_that_was_set_since_it_was_read_is_kept(event):
    ticket = TicketKindFactory(event=event)
    RegistrationFactory(event=event, ticket=ticket)
    stale = TicketKind.objects.get(pk=ticket.pk)
    TicketKind.objects.update(capacity=1)
    assert places.state_for(event, stale) == State.WAITING


def test_organisers_say_yes_after_the_end_and_not_in_the_archive(event, organiser):
    late, too_late = RegistrationFactory.create_batch(2, event=event, state=State.PENDING)
    Event.objects.update(state=Event.State.ENDED)
    assert services.approve(late, by=organiser) == State.CONFIRMED
    Event.objects.update(state=Event.State.ARCHIVED)
    with pytest.raises(Refused) as refused:
        services.approve(too_late, by=organiser)
    assert refused.value.code == "event.archived"


@pytest.mark.parametrize("admission", [Event.Admission.OPEN, Event.Admission.APPROVAL])
@pytest.mark.django_db(transaction=True)
def test_event_is_a_draft_again_or_has_somebody_never_both(admission):
    """Whoever registers shares the event's row with others, and not with who takes it back."""
    event, person = EventFactory(admission=admission), UserFactory()
    with transaction.atomic():
        services.register_person(event, user=person)
        organiser = Elsewhere(lambda: refusal_of(services.unpublish_event, event))
        assert organiser.is_waiting()
    organiser.join(60)
    event.refresh_from_db()
    assert (organiser.found, event.state) == ("event.has_people", Event.State.PUBLISHED)


def refusal_of(deed, event):
    try:
        deed(event)
    except Refused as refused:
        return refused.code
    return ""


# What the pages say of it -------------------------------------------------------------------------------------------
def test_event_whose_dates_are_over_takes_nobody_by_any_door(event, visitor):
    event.embed_origins = "https://www.example.org"
    event.starts_at, event.ends_at = clock.now() - timedelta(days=3), clock.now() - timedelta(days=1)
    event.save()
    pages = [visitor.get(reverse(f"events:{name}", args=[event.slug])) for name in ("register", "embed_register")]
    assert [b'name="email"' in page.content for page in pages] == [False, False]
    assert visitor.get("/api/v1/events/freshet/tickets/").json()["takes_registrations"] is False
    assert b"InStock" not in visitor.get(event.get_absolute_url()).content


def test_who_waits_sees_their_number_after_registration_has_closed(full, enter):
    ada = ask(full, "ada")
    Event.objects.update(registration_closes_at=clock.now() - timedelta(hours=1))
    page = enter(ada.user).get(reverse("events:register", args=[full.slug])).content
    assert (b"You are number 1 on the waiting list" in page, b"Take me off the waiting list" in page) == (True, True)
