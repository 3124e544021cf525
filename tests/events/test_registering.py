"""Getting a place, giving it back, and the links that open the event."""

from datetime import timedelta

import pytest

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.models import Event, JoinLink, Registration
from apps.notifications.models import OwedMail
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, EventRoleFactory, JoinLinkFactory, RegistrationFactory
from tests.factories.notifications import letters
from tests.threads import at_once

NADIA = {"email": "nadia@lakeside.example", "name": "Nadia Okello"}


def test_registering_makes_a_person_a_place_and_an_owed_mail(event):
    services.register(event, **NADIA, company="Lakeside Water")
    registration = Registration.objects.get()
    assert (registration.event, registration.user.name) == (event, "Nadia Okello")
    assert registration.user.has_usable_password() is False
    assert OwedMail.objects.get().to == NADIA["email"]


def test_address_is_one_person_however_it_is_typed(event):
    services.register(event, email="Nadia@Lakeside.example", name="Nadia")
    services.register(event, **NADIA)
    assert list(User.objects.values_list("email", flat=True)) == [NADIA["email"]]
    assert Registration.objects.count() == 1


def test_registering_does_not_rewrite_a_known_profile(event):
    known = UserFactory(email=NADIA["email"], name="Dr Okello", company="")
    services.register(event, **NADIA, company="Somebody else")
    known.refresh_from_db()
    assert (known.name, known.company) == ("Dr Okello", "")


def test_registering_twice_at_once_sends_one_mail(event):
    services.register(event, **NADIA)
    services.register(event, **NADIA)
    assert OwedMail.objects.count() == 1


def test_registering_again_later_sends_the_link_again(event):
    services.register(event, **NADIA)
    JoinLink.objects.update(created_at=clock.now() - timedelta(minutes=2))
    services.register(event, **NADIA)
    assert list(OwedMail.objects.order_by("pk").values_list("kind", flat=True)) == ["welcome", "link"]


def test_cancelled_place_is_taken_up_again(event):
    services.register(event, **NADIA)
    services.cancel_registration(Registration.objects.get())
    services.register(event, **NADIA)
    assert Registration.objects.get().state == Registration.State.CONFIRMED
    assert OwedMail.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": Event.State.DRAFT}, "registration.closed"),
        ({"state": Event.State.ENDED}, "registration.closed"),
        (
            {"starts_at": clock.now() - timedelta(days=3), "ends_at": clock.now() - timedelta(days=1)},
            "registration.over",
        ),
    ],
)
def test_registration_is_closed(db, change, code):
    with pytest.raises(Refused) as refused:
        services.register(EventFactory(**change), **NADIA)
    assert refused.value.code == code
    assert User.objects.count() == 0


def test_full_event_takes_nobody_and_forgets_them(event):
    Event.objects.update(capacity=1, waiting_list=False)
    event.refresh_from_db()
    RegistrationFactory(event=event)
    with pytest.raises(Refused) as refused:
        services.register(event, **NADIA)
    assert refused.value.code == "registration.full"
    assert not User.objects.filter(email=NADIA["email"]).exists()


def test_full_event_says_so_to_those_with_a_place_too(event):
    """Otherwise the answer would tell who has one."""
    Event.objects.update(capacity=1, waiting_list=False)
    event.refresh_from_db()
    RegistrationFactory(event=event, user__email=NADIA["email"])
    with pytest.raises(Refused):
        services.register(event, **NADIA)


@pytest.mark.django_db(transaction=True)
def test_last_places_are_given_once():
    event = EventFactory(capacity=3, waiting_list=False)

    def ask(number):
        try:
            services.register(event, email=f"{number}@example.org", name="Somebody")
        except Refused as refused:
            return refused.code
        return "in"

    assert sorted(at_once(ask, range(6))) == ["in"] * 3 + ["registration.full"] * 3
    assert selectors.confirmed_count(event) == 3


def test_signed_in_person_registers_once(event, nobody):
    first = services.register_person(event, user=nobody)
    assert services.register_person(event, user=nobody) == first
    assert OwedMail.objects.count() == 1


def test_organiser_invites_into_a_draft(db):
    draft = EventFactory(state=Event.State.DRAFT)
    registration = services.invite(draft, **NADIA)
    assert registration.state == Registration.State.CONFIRMED
    assert services.invite(draft, **NADIA) == registration


def test_invitation_respects_the_number_of_places(event):
    Event.objects.update(capacity=1)
    event.refresh_from_db()
    RegistrationFactory(event=event)
    with pytest.raises(Refused):
        services.invite(event, **NADIA)


def test_link_is_sent_again_to_nobody_without_a_place(event, attendee):
    """Everybody gets one mail, so that neither page nor time tells who has a place."""
    for email in ("somebody@example.org", "somebody@example.org", attendee.email, attendee.email):
        services.resend_link(event, email=email)
    missed, link = letters()
    assert (missed.to, missed.kind, "/join/" in missed.text) == ("somebody@example.org", "no_place", False)
    assert (link.to, link.kind, "/join/" in link.text) == (attendee.email, "link", True)


def test_cancelling_frees_the_place_and_ends_the_links(event):
    link = JoinLinkFactory(registration__event=event)
    services.cancel_registration(link.registration)
    link.refresh_from_db()
    assert (selectors.confirmed_count(event), link.revoked_at is None) == (0, False)
    assert selectors.is_valid(link) is False


def test_cancelling_ends_open_pages(event, attendee):
    before = event.live_epoch
    services.cancel_registration(Registration.objects.get())
    event.refresh_from_db()
    assert event.live_epoch == before + 1


def test_link_leads_in_as_often_as_it_is_used(event):
    link = JoinLinkFactory(registration__event=event)
    services.join_by_link(link)
    services.join_by_link(link)
    link.refresh_from_db()
    assert link.used_at is not None
    assert link.registration.joined_at is not None


@pytest.mark.parametrize(
    "change", [{"expires_at": clock.now() - timedelta(days=1)}, {"revoked_at": clock.now() - timedelta(days=1)}]
)
def test_ended_link_leads_nowhere(event, change):
    link = JoinLinkFactory(registration__event=event, **change)
    with pytest.raises(Refused) as refused:
        services.join_by_link(link)
    assert refused.value.code == "link.ended"


def test_link_of_somebody_who_became_staff_asks_for_the_normal_way(event):
    link = JoinLinkFactory(registration__event=event)
    EventRoleFactory(event=event, user=link.registration.user, role="moderator")
    with pytest.raises(Refused) as refused:
        services.join_by_link(link)
    assert refused.value.code == "link.staff"


def test_link_is_named_by_a_signature(event):
    link = JoinLinkFactory(registration__event=event)
    token = selectors.join_token(link)
    assert selectors.join_link(token) == link
    assert selectors.join_link(f"{link.pk}.{'A' * 43}") is None
    assert selectors.join_link(str(link.pk)) is None
