"""Webhooks at the desk: made, tried, sent again; each organiser their own. And the receivers to try them on."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse

from apps.audit.models import Entry
from apps.core import clock
from apps.events.models import EventRole
from apps.notifications import selectors, services
from apps.notifications.adapters import webhooks
from apps.notifications.models import Delivery, Endpoint, Receiver, ReceiverCall
from apps.notifications.services.receiving import MOST_STANDING
from tests.factories.events import EventFactory, EventRoleFactory
from tests.factories.notifications import DeliveryFactory, EndpointFactory, ReceiverFactory

ADD = "admin:notifications_endpoint_add"
TRY = "admin:notifications_endpoint_try"


@pytest.fixture
def endpoint(event):
    return EndpointFactory(organisation=event.organisation, event=event, name="CRM")


@pytest.fixture
def receiver(endpoint):
    return ReceiverFactory(endpoint=endpoint)


def form(**fields):
    return {"name": "CRM", "url": "https://crm.example/hook", "kinds": ["poll.closed"], "is_on": "on", **fields}


def signed(receiver, body=b"{}"):
    stamp = int(clock.now().timestamp())
    signature = webhooks.sign("msg_1", stamp, body.decode(), selectors.secrets_of(receiver.endpoint))
    return {"webhook-id": "msg_1", "webhook-timestamp": str(stamp), "webhook-signature": signature}


def post(receiver, body=b"{}", **headers):
    return Client(enforce_csrf_checks=True).post(
        receiver.path, body, content_type="application/json", headers=headers or signed(receiver, body)
    )


def test_organiser_makes_a_webhook(event, organiser, enter):
    response = enter(organiser).post(reverse(ADD), form(event=event.pk))

    made = Endpoint.objects.get()
    assert response.headers["Location"] == reverse(TRY, args=[made.pk])
    assert (made.organisation, made.event, made.kinds) == (event.organisation, event, ["poll.closed"])
    assert len(selectors.secrets_of(made)) == 1
    entry = Entry.objects.get(model="notifications.endpoint")
    assert entry.after["secret"] == "•••"
    assert made.secret not in str(entry.after)


def test_member_makes_one_of_all_events(event, organiser, enter):
    enter(organiser).post(reverse(ADD), form(organisation=event.organisation_id))

    assert Endpoint.objects.get().event is None


@pytest.mark.parametrize(
    "wrong", [{"url": "https://crm.example:22/"}, {"kinds": ["poll.eaten"]}, {"kinds": []}, {"event": ""}]
)
def test_what_makes_no_sense_is_refused(event, organiser, enter, wrong):
    response = enter(organiser).post(reverse(ADD), form(event=event.pk) | wrong)

    assert response.status_code == 200
    assert not Endpoint.objects.exists()


def test_guest_cannot_reach_beyond_the_event(event, enter):
    guest = EventRoleFactory(event=event, role=EventRole.Role.ORGANISER, user__is_staff=True).user
    sister = EventFactory(organisation=event.organisation)
    whole = EndpointFactory(organisation=event.organisation, name="Whole")
    other = EndpointFactory(organisation=event.organisation, event=sister, name="Sister")
    client = enter(guest)

    for wrong in ({"organisation": event.organisation_id}, {"event": sister.pk}):
        assert client.post(reverse(ADD), form(**wrong)).status_code == 200
    assert Endpoint.objects.count() == 2
    for endpoint in (whole, other):
        assert client.post(reverse(TRY, args=[endpoint.pk]), {"do": "rotate"}).status_code == 404


def test_secret_is_shown_once(endpoint, organiser, enter):
    client = enter(organiser)
    first = client.post(reverse(TRY, args=[endpoint.pk]), {"do": "show"})
    second = client.post(reverse(TRY, args=[endpoint.pk]), {"do": "show"}, follow=True)

    [secret] = selectors.secrets_of(endpoint)
    assert secret in first.content.decode()
    assert "no-store" in first.headers["Cache-Control"]
    assert "whsec_" not in second.content.decode()
    assert "shown already" in second.content.decode()


def test_new_secret_is_shown(endpoint, organiser, enter):
    [old] = selectors.secrets_of(endpoint)

    html = enter(organiser).post(reverse(TRY, args=[endpoint.pk]), {"do": "rotate"}).content.decode()

    new, still = selectors.secrets_of(Endpoint.objects.get())
    assert new in html
    assert still == old


def test_pages_never_hold_the_secret(endpoint, organiser, enter):
    client = enter(organiser)
    for url in (TRY, "admin:notifications_endpoint_change", "admin:notifications_endpoint_history"):
        html = client.get(reverse(url, args=[endpoint.pk])).content.decode()
        assert "whsec_" not in html
        assert endpoint.secret not in html


def test_test_is_owed(endpoint, organiser, enter):
    enter(organiser).post(reverse(TRY, args=[endpoint.pk]), {"do": "test"})

    assert (Delivery.objects.get().kind, Delivery.objects.get().url) == ("webhook.test", "")


def test_test_goes_to_a_receiver(endpoint, receiver, organiser, enter):
    client = enter(organiser)
    foreign = ReceiverFactory()
    for chosen in (foreign.pk, "x", receiver.pk):
        client.post(reverse(TRY, args=[endpoint.pk]), {"do": "to_receiver", "receiver": chosen})

    assert Delivery.objects.get().url.endswith(receiver.path)


def test_chosen_ones_are_sent_again(endpoint, organiser, enter):
    mine, foreign = DeliveryFactory(endpoint=endpoint, state="failed"), DeliveryFactory(state="failed")
    body = {"action": "send_again", ACTION_CHECKBOX_NAME: [mine.pk, foreign.pk], "confirmed": "1"}

    enter(organiser).post(reverse("admin:notifications_delivery_changelist"), body)

    assert [Delivery.objects.get(pk=row.pk).state for row in (mine, foreign)] == ["owed", "failed"]


def test_sending_again_is_kept_where_its_members_see_it(event, organiser, enter):
    """Also of a webhook of all events, which belongs to none of them."""
    chosen = DeliveryFactory(endpoint=EndpointFactory(organisation=event.organisation), state="failed")
    body = {"action": "send_again", ACTION_CHECKBOX_NAME: [chosen.pk], "confirmed": "1"}

    enter(organiser).post(reverse("admin:notifications_delivery_changelist"), body)

    entry = Entry.objects.get()
    assert (entry.event_id, entry.organisation_id, entry.after["rows"]) == (None, event.organisation_id, 1)


def test_all_that_failed_are_sent_again(endpoint, organiser, enter):
    DeliveryFactory(endpoint=endpoint, state="failed")
    since = clock.now() - timedelta(hours=1)
    said = {"do": "replay", "since_0": f"{since:%Y-%m-%d}", "since_1": f"{since:%H:%M:%S}"}

    enter(organiser).post(reverse(TRY, args=[endpoint.pk]), said)

    assert Delivery.objects.get().state == "owed"
    assert Entry.objects.get(kind="done").after["rows"] == 1


def test_switching_on_again_starts_afresh(endpoint, organiser, enter):
    Endpoint.objects.update(is_on=False, why_off="failing", failing_since=clock.now())

    enter(organiser).post(reverse("admin:notifications_endpoint_change", args=[endpoint.pk]), form())

    now = Endpoint.objects.get()
    assert (now.is_on, now.why_off, now.failing_since) == (True, "", None)


# Receivers


def test_receiver_shows_what_arrives(receiver, organiser, enter):
    assert post(receiver, b'{"type": "webhook.test"}').status_code == 204
    assert post(receiver, **{"webhook-id": "msg_2", "cookie": "s=1", "authorization": "Bearer x"}).status_code == 204

    html = enter(organiser).get(reverse("admin:notifications_receiver_change", args=[receiver.pk])).content.decode()
    assert "The signature holds." in html
    assert "The signature does not hold." in html
    assert re.search(r"webhook-id: msg_2", html)
    assert "webhook.test" in html
    assert "Bearer" not in html
    assert [call.holds for call in ReceiverCall.objects.order_by("pk")] == [True, False]


def test_receiver_takes_a_hundred_calls_of_some_size(receiver):
    assert post(receiver, b"x" * (64 * 1024 + 1)).status_code == 413
    assert not ReceiverCall.objects.exists()
    Receiver.objects.update(calls=99)

    assert post(receiver).status_code == 204
    assert post(receiver).status_code == 410
    assert ReceiverCall.objects.count() == 1


def test_receiver_ends(receiver):
    Receiver.objects.update(ends_at=clock.now() - timedelta(seconds=1))

    assert post(receiver).status_code == 404
    assert Client().post("/hooks/none-of-ours/").status_code == 404
    assert Client().get(receiver.path).status_code == 405
    services.sweep_receivers()
    assert Receiver.objects.exists()
    Receiver.objects.update(ends_at=clock.now() - timedelta(days=1, seconds=1))
    services.sweep_receivers()
    assert not Receiver.objects.exists()


def test_receivers_are_few(endpoint, organiser, enter):
    client = enter(organiser)
    for _time in range(MOST_STANDING + 1):
        client.post(reverse(TRY, args=[endpoint.pk]), {"do": "receiver"})

    assert Receiver.objects.count() == MOST_STANDING


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", ["endpoint", "delivery"])
def test_lists_take_the_same_number_of_queries(event, organiser, enter, count, name, django_assert_max_num_queries):
    for _number in range(count):
        DeliveryFactory(endpoint=EndpointFactory(organisation=event.organisation, event=event))
    client = enter(organiser)
    client.get(reverse(f"admin:notifications_{name}_changelist"))

    with django_assert_max_num_queries(12 if name == "endpoint" else 13):
        client.get(reverse(f"admin:notifications_{name}_changelist"))
