"""Who answers for a webhook, and in which zone its desk shows times."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.notifications import services
from apps.notifications.models import Delivery, Endpoint, OwedMail
from apps.tracks.services.versions import touch_agenda
from tests.factories.events import EventRoleFactory, MembershipFactory
from tests.factories.notifications import DeliveryFactory, EndpointFactory


@pytest.fixture
def kept(endpoint, organiser):
    """A webhook of the whole organisation that a manager made."""
    manager = MembershipFactory(organisation=endpoint.organisation).user
    Endpoint.objects.filter(pk=endpoint.pk).update(keeper=manager)
    endpoint.refresh_from_db()
    return endpoint


def lose_role(endpoint):
    endpoint.organisation.memberships.filter(user=endpoint.keeper).delete()


def lose_account(endpoint):
    endpoint.keeper.delete()


def lose_access(endpoint):
    User.objects.filter(pk=endpoint.keeper_id).update(is_active=False)


@pytest.mark.parametrize("lose", [lose_role, lose_account, lose_access])
def test_webhook_ends_with_the_role_of_who_answers_for_it(event, kept, hook, lose):
    owed = DeliveryFactory(endpoint=kept)
    lose(kept)

    touch_agenda(event_id=event.pk)
    delivered = services.deliver(owed.pk)
    off = services.switch_left_off()

    kept.refresh_from_db()
    assert (delivered, hook.heard, [*kept.deliveries.all()]) == (False, [], [owed])
    assert (off, kept.is_on, kept.why_off) == (1, False, "left")


def test_webhook_stays_while_somebody_answers_for_it(event, kept):
    assert services.switch_left_off() == 0
    touch_agenda(event_id=event.pk)
    assert Delivery.objects.get().endpoint == kept


def test_guest_answers_for_the_webhook_of_their_own_event_alone(event, hook):
    guest = EventRoleFactory(event=event, role="organiser").user
    own = EndpointFactory(organisation=event.organisation, event=event, keeper=guest)
    whole = EndpointFactory(organisation=event.organisation, keeper=guest)

    services.switch_left_off()

    assert [Endpoint.objects.get(pk=one.pk).is_on for one in (own, whole)] == [True, False]


def test_members_are_told_once_that_nobody_answers_for_a_webhook(kept, organiser):
    lose_role(kept)

    services.switch_left_off()
    services.switch_left_off()

    assert [mail.to for mail in OwedMail.objects.filter(kind="webhook_off")] == [organiser.email]


def test_whoever_switches_a_webhook_on_answers_for_it(kept, organiser):
    lose_role(kept)
    services.switch_left_off()

    services.switch(kept, is_on=True, by_id=organiser.pk)

    kept.refresh_from_db()
    assert (kept.is_on, kept.why_off, kept.keeper) == (True, "", organiser)
    assert services.switch_left_off() == 0


@pytest.mark.parametrize(("field", "value"), [("url", "https://elsewhere.example/hook"), ("kinds", ["poll.closed"])])
def test_whoever_leads_a_webhook_elsewhere_answers_for_it(kept, organiser, field, value):
    manager = kept.keeper
    kept.name = "Ours"
    services.change_endpoint(kept, changed={"name"}, by=organiser)
    assert Endpoint.objects.get(pk=kept.pk).keeper == manager

    setattr(kept, field, value)
    services.change_endpoint(kept, changed={field}, by=organiser)

    assert Endpoint.objects.get(pk=kept.pk).keeper == organiser


def test_whoever_leads_a_webhook_elsewhere_at_the_desk_answers_for_it(kept, organiser, enter):
    manager, path = kept.keeper, reverse("admin:notifications_endpoint_change", args=[kept.pk])
    desk, same = enter(organiser), {"name": "Ours", "url": kept.url, "kinds": kept.kinds, "is_on": "on"}

    desk.post(path, same)
    assert (Endpoint.objects.get(pk=kept.pk).name, Endpoint.objects.get(pk=kept.pk).keeper) == ("Ours", manager)

    desk.post(path, {**same, "url": "https://elsewhere.example/hook"})
    assert Endpoint.objects.get(pk=kept.pk).keeper == organiser


# Times


def test_what_belongs_to_no_event_is_shown_in_its_readers_zone(event, organiser, enter):
    """And not in that of the event that they worked on before."""
    type(event).objects.filter(pk=event.pk).update(time_zone="Asia/Kathmandu")
    User.objects.filter(pk=organiser.pk).update(time_zone="Africa/Nairobi")
    whole = EndpointFactory(
        organisation=event.organisation, is_on=False, failing_since=datetime(2026, 3, 1, 9, tzinfo=UTC)
    )
    of_event = EndpointFactory(
        organisation=event.organisation, event=event, is_on=False, failing_since=whole.failing_since
    )
    client = enter(organiser)
    client.get(reverse("admin:events_event_desk", args=[event.pk]))

    pages = [
        client.get(reverse("admin:notifications_endpoint_change", args=[one.pk])).content.decode()
        for one in (whole, of_event)
    ]

    assert ["12:00" in page or "noon" in page for page in pages] == [True, False]
    assert ["Nairobi time" in page for page in pages] == [True, False]
    assert ["2:45" in page or "14:45" in page for page in pages] == [False, True]
