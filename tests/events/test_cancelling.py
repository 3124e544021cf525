"""Whoever loses a place hears of it, and whoever gives one back has it in their mailbox."""

import pytest
from django.urls import reverse

from apps.accounts import services as accounts
from apps.core import clock
from apps.events import selectors, services
from apps.events.models import Registration
from apps.notifications.models import OwedMail
from tests.factories.events import RegistrationFactory
from tests.factories.notifications import letters

JSON = "application/json"
WORD = "The hall is smaller than we thought."


@pytest.fixture
def place(event, attendee):
    return Registration.objects.select_related("event", "user").get(event=event, user=attendee)


def told():
    return [(mail.kind, mail.to) for mail in OwedMail.objects.order_by("pk")]


def test_organisers_cancel_with_a_word(place):
    assert services.cancel_place(place, reason=f"  {WORD} ")
    [mail] = letters()
    assert (mail.kind, mail.to, mail.subject) == (
        "place_cancelled", place.user.email, "Your place at Freshet 2026 is cancelled",
    )  # fmt: skip
    assert WORD in mail.text
    assert selectors.status_token(place) in mail.text
    place.refresh_from_db()
    assert (place.state, place.reason) == ("cancelled", WORD)


def test_without_a_word_the_mail_says_whom_to_ask(place):
    services.cancel_place(place)
    assert "please write to the organisers" in letters()[0].text


def test_wish_that_is_cancelled_is_told_as_a_wish(event):
    wish = RegistrationFactory(event=event, state="waiting", waiting_since=clock.now())
    services.cancel_place(wish, reason=WORD)
    [mail] = letters()
    assert mail.subject == "Your registration for Freshet 2026"
    assert "off the list" in mail.text


def test_twice_is_told_once(place):
    again = Registration.objects.select_related("event", "user").get(pk=place.pk)
    services.cancel_place(place)
    assert not services.cancel_place(again)
    assert not services.give_place_back(place)
    assert told() == [("place_cancelled", place.user.email)]


def test_own_cancellation_is_confirmed(place, attendee, enter, event):
    enter(attendee).post(reverse("events:cancel", args=[event.slug]))
    [mail] = letters()
    assert (mail.kind, mail.to) == ("place_given_back", attendee.email)
    assert "look where you are signed in" in mail.text


def test_own_wish_that_is_taken_back_is_confirmed(event, visitor):
    wish = RegistrationFactory(event=event, state="pending")
    visitor.post(reverse("events:wish", args=[event.slug, selectors.status_token(wish)]))
    assert told() == [("place_given_back", wish.user.email)]


def test_account_that_is_deleted_is_told_nothing(place, attendee):
    accounts.delete_account(attendee)
    assert told() == []


def test_desk_asks_for_a_word_and_mails_it(event, place, organiser, enter):
    desk = enter(organiser)
    address = reverse("admin:events_registration_changelist")
    chosen = {"action": "cancel_places", "_selected_action": [place.pk]}
    asked = desk.post(address, chosen).content.decode()
    assert 'name="reason"' in asked
    assert told() == []
    desk.post(address, chosen | {"confirmed": "1", "reason": WORD})
    assert WORD in letters()[0].text


def test_program_cancels_with_a_word(event, place, organiser, enter):
    path = f"/api/v1/events/freshet/desk/registrations/{place.pk}/decision/"
    answer = enter(organiser).post(path, {"do": "cancel", "reason": WORD}, content_type=JSON)
    assert (answer.json()["state"], answer.json()["reason"]) == ("cancelled", WORD)
    assert told() == [("place_cancelled", place.user.email)]


def test_page_of_the_wish_has_the_word(event, place, visitor):
    services.cancel_place(place, reason=WORD)
    page = visitor.get(reverse("events:wish", args=[event.slug, selectors.status_token(place)]))
    assert WORD in page.content.decode()
