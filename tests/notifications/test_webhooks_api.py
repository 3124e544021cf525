"""Webhooks by call, for the members of an organisation."""

from datetime import timedelta

import pytest

from apps.audit.models import Entry
from apps.core import clock
from apps.core.models import KeptAnswer
from apps.notifications.adapters import webhooks
from apps.notifications.models import Attempt, Delivery, Endpoint
from apps.notifications.models import hooks as hooks_model
from tests.factories.notifications import DeliveryFactory, EndpointFactory

JSON = "application/json"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.fixture
def hooks(event):
    return f"/api/v1/organisations/{event.organisation.slug}/webhooks/"


GIVEN = {"name": "CRM", "url": "https://crm.example.org/hook", "kinds": ["poll.closed"], "event": "freshet"}


def test_webhook_is_made_changed_and_deleted(client, hooks):
    made = client.post(hooks, GIVEN, content_type=JSON)
    assert (made.status_code, made.json()["event"], "secret" in made.json()) == (201, "freshet", False)
    path = f"{hooks}{made.json()['id']}/"
    changed = client.patch(path, {"is_on": False, "event": None}, content_type=JSON).json()
    assert (changed["is_on"], changed["event"]) == (False, "freshet")
    assert client.delete(path).status_code == 204
    assert not Endpoint.objects.exists()


def test_secret_is_shown_once_and_kept_nowhere(client, hooks, event):
    endpoint = EndpointFactory(organisation=event.organisation)
    path, key = f"{hooks}{endpoint.pk}/secret/", {"Idempotency-Key": "one"}
    first = client.post(path, {}, content_type=JSON, headers=key)
    assert (first.status_code, first.json()["secret"][:6]) == (200, "whsec_")
    assert client.post(path, {}, content_type=JSON, headers=key).json()["code"] == "webhook.secret_shown"
    renewed = client.post(path, {"renew": True}, content_type=JSON).json()["secret"]
    assert renewed != first.json()["secret"]
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [({"url": "ftp://x"}, "url"), ({"kinds": ["no.such"]}, "kinds.0"), ({"event": "undertow"}, "event")],
)
def test_webhook_that_cannot_be_is_refused_by_field(client, hooks, other_event, said, field):
    refused = client.post(hooks, {**GIVEN, **said}, content_type=JSON)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
    assert not Endpoint.objects.exists()


def test_organisation_has_so_many_webhooks_at_most(client, hooks, event):
    EndpointFactory.create_batch(20, organisation=event.organisation)
    assert client.post(hooks, GIVEN, content_type=JSON).json()["code"] == "webhook.too_many"


def test_webhook_of_another_organisation_is_not_found(client, hooks, other_event):
    endpoint = EndpointFactory(organisation=other_event.organisation)
    assert client.delete(f"{hooks}{endpoint.pk}/").status_code == 404
    assert client.post(f"{hooks}{endpoint.pk}/secret/", {}, content_type=JSON).status_code == 404
    assert Endpoint.objects.exists()


def test_webhooks_are_for_members(event, moderator, enter, hooks):
    assert enter(moderator).get(hooks).status_code == 404


def test_deliveries_are_read_and_sent_again(client, hooks, event):
    endpoint = EndpointFactory(organisation=event.organisation)
    failed = DeliveryFactory(endpoint=endpoint, kind="poll.closed", body="{}", state="failed", attempts=9)
    Attempt.objects.create(delivery=failed, status=500, excerpt="Oops")
    path = f"{hooks}{endpoint.pk}/deliveries/"
    assert [row["id"] for row in client.get(path, {"state": "failed"}).json()["results"]] == [failed.pk]
    assert client.get(f"{path}{failed.pk}/").json()["log"][0]["status"] == 500
    assert client.post(f"{path}{failed.pk}/").json()["state"] == "owed"
    assert client.post(f"{path}{failed.pk}/").json()["code"] == "webhook.owed"
    Delivery.objects.update(state="failed")
    since = {"since": (clock.now() - timedelta(days=1)).isoformat()}
    assert client.post(f"{hooks}{endpoint.pk}/again/", since, content_type=JSON).json() == {"again": 1}


def test_test_is_sent(client, hooks, event):
    endpoint = EndpointFactory(organisation=event.organisation)
    assert client.post(f"{hooks}{endpoint.pk}/test/").status_code == 204
    assert Delivery.objects.get().kind == "webhook.test"


def test_what_is_sent_again_or_tried_is_on_record(client, hooks, event):
    endpoint = EndpointFactory(organisation=event.organisation)
    delivery = DeliveryFactory(endpoint=endpoint, state="failed")

    client.post(f"{hooks}{endpoint.pk}/deliveries/{delivery.pk}/")
    client.post(f"{hooks}{endpoint.pk}/test/")

    said = Entry.objects.filter(kind="done").order_by("pk").values_list("words", "organisation_id", "door")
    assert list(said) == [
        ("Sent again", event.organisation_id, "api"),
        ("Sent a test", event.organisation_id, "api"),
    ]


def test_why_there_was_no_answer_is_said_in_the_readers_language(client, hooks, event, monkeypatch):
    delivery = DeliveryFactory(endpoint__organisation=event.organisation, state="failed")
    delivery.log.create(error=webhooks._said(TimeoutError()))
    page = f"{hooks}{delivery.endpoint_id}/deliveries/{delivery.pk}/"

    monkeypatch.setattr(hooks_model, "gettext", {"There was no answer in time.": "Keine Antwort in der Zeit."}.get)

    assert client.get(page).json()["log"][0]["error"] == "Keine Antwort in der Zeit."
