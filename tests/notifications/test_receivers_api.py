"""Test receivers of webhooks by call: made, tried, what arrived, deleted."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.notifications.models import Delivery, Receiver, ReceiverCall
from tests.factories.notifications import EndpointFactory, ReceiverCallFactory, ReceiverFactory


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.fixture
def endpoint(event):
    return EndpointFactory(organisation=event.organisation)


@pytest.fixture
def receivers(event, endpoint):
    return f"/api/v1/organisations/{event.organisation.slug}/webhooks/{endpoint.pk}/receivers/"


def test_receiver_is_made_and_takes_what_it_is_sent(client, receivers, settings, visitor):
    made = client.post(receivers).json()
    address = made["url"].removeprefix(settings.SITE_URL)
    assert visitor.post(address, b'{"type":"webhook.test"}', content_type="application/json").status_code == 204

    [call] = client.get(f"{receivers}{made['id']}/calls/").json()["results"]
    assert (call["body"], call["holds"]) == ('{"type":"webhook.test"}', False)
    assert client.get(f"{receivers}{made['id']}/").json()["calls"] == 1


def test_sixth_receiver_is_refused(client, receivers, endpoint):
    ReceiverFactory.create_batch(5, endpoint=endpoint)
    refused = client.post(receivers)
    assert (refused.status_code, refused.json()["code"]) == (409, "receiver.most")


def test_test_goes_to_the_receiver_while_it_stands(client, receivers, endpoint):
    receiver = ReceiverFactory(endpoint=endpoint)
    assert client.post(f"{receivers}{receiver.pk}/test/").status_code == 204
    assert Delivery.objects.get().url.endswith(receiver.path)
    Receiver.objects.update(ends_at=clock.now() - timedelta(minutes=1))
    assert client.post(f"{receivers}{receiver.pk}/test/").json()["code"] == "receiver.ended"


def test_receiver_is_deleted_with_what_arrived(client, receivers, endpoint):
    receiver = ReceiverCallFactory(receiver__endpoint=endpoint).receiver
    assert client.delete(f"{receivers}{receiver.pk}/").status_code == 204
    assert not ReceiverCall.objects.exists()


def test_receiver_of_another_webhook_is_not_there(client, receivers, event, other_event):
    for foreign in (
        ReceiverFactory(endpoint__organisation=event.organisation),
        ReceiverFactory(endpoint__organisation=other_event.organisation),
    ):
        for path in (f"{receivers}{foreign.pk}/", f"{receivers}{foreign.pk}/calls/"):
            assert client.get(path).status_code == 404
        assert client.delete(f"{receivers}{foreign.pk}/").status_code == 404
    assert Receiver.objects.count() == 2


def test_receivers_are_for_members(moderator, receivers, enter):
    assert enter(moderator).post(receivers).status_code == 404
