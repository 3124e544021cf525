"""Whether a place may be passed on at all, and by which rules it is taken: those of the day on which it is."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.models import Event, Registration
from apps.notifications.models import OwedMail
from tests.factories.events import RegistrationFactory, TicketKindFactory
from tests.factories.notifications import letters

State = Registration.State


@pytest.fixture
def mine(event, attendee):
    return Registration.objects.get(event=event, user=attendee)


def change(event, **fields):
    Event.objects.filter(pk=event.pk).update(**fields)
    event.refresh_from_db()


def offer(registration):
    services.offer_place(registration, email="ben@example.org", name="Ben")
    return selectors.offered_place(selectors.offer_token(registration))


def refusal(deed, *args, **named):
    with pytest.raises(Refused) as refused:
        deed(*args, **named)
    return refused.value.code


def take(offered):
    return services.take_place(offered, name="Ben", answers={})


DAYS = {"starts_at": clock.now() - timedelta(days=3), "ends_at": clock.now() - timedelta(days=1)}
SHUT = [
    ({"passes_on": False}, "transfer.closed"),
    ({"state": Event.State.ENDED}, "registration.over"),
    ({"state": Event.State.DRAFT}, "registration.over"),
    (DAYS, "registration.over"),
]


@pytest.mark.parametrize(("fields", "code"), SHUT)
def test_place_is_neither_offered_nor_taken_where_it_may_not_be(event, mine, fields, code):
    offered = offer(mine)
    change(event, **fields)
    Registration.objects.update(offered_at=None)
    assert refusal(services.offer_place, Registration.objects.get(), email="cleo@example.org") == code
    Registration.objects.update(offered_at=offered.offered_at)
    assert refusal(take, offered) == code
    mine.refresh_from_db()
    assert mine.state == State.CONFIRMED


def test_domain_that_is_refused_meanwhile_takes_no_place(event, mine):
    offered = offer(mine)
    change(event, refused_domains="example.org")
    assert refusal(take, offered) == "registration.domain"


def test_taker_asks_where_somebody_says_yes_and_who_waits_moves_up(event, mine, organiser):
    ticket = TicketKindFactory(event=event, admission=Event.Admission.APPROVAL)
    Registration.objects.update(ticket=ticket)
    change(event, capacity=1)
    waiting = RegistrationFactory(event=event, ticket=ticket, state=State.WAITING, waiting_since=clock.now())

    taken = take(offer(Registration.objects.get(pk=mine.pk)))

    found = {one.pk: one.state for one in Registration.objects.all()}
    assert found == {mine.pk: State.CANCELLED, taken.pk: State.PENDING, waiting.pk: State.CONFIRMED}
    assert sorted(OwedMail.objects.values_list("kind", flat=True)) == ["moved_up", "offer", "passed_on", "pending"]
    assert services.approve(taken, by=organiser) == State.WAITING


def test_giver_is_told_why_the_mail_came(event, mine):
    take(offer(mine))
    [mail] = letters(kind="passed_on")
    assert "because you had a place at this event" in mail.html
    assert "somebody typed your address" not in mail.html


def test_pages_say_whether_places_are_passed_on(event, attendee, enter, visitor, mine):
    offered = offer(mine)
    taking = reverse("events:take", args=[event.slug, selectors.offer_token(offered)])
    client, page = enter(attendee), reverse("events:offer", args=[event.slug])
    assert page in client.get(reverse("events:me", args=[event.slug])).content.decode()
    change(event, passes_on=False)
    assert page not in client.get(reverse("events:me", args=[event.slug])).content.decode()
    for answer in (client.get(page), visitor.get(taking)):
        assert (answer.status_code, b"are not passed on" in answer.content) == (409, True)


def test_call_that_sets_the_event_says_so_too(event, organiser, enter):
    desk = enter(organiser)
    path = "/api/v1/events/freshet/desk/settings/"
    desk.patch(path, {"passes_on": False}, content_type="application/json")
    assert desk.get(path).json()["passes_on"] is False
