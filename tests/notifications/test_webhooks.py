"""Webhooks are written with the fact, signed, sent once by one worker, and again when somebody asks."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.db import transaction

from apps.core import clock
from apps.core.errors import Refused
from apps.events.services import (
    approve,
    cancel_registration,
    decline,
    end_event,
    publish_event,
    reconsider,
    register_person,
)
from apps.notifications import selectors, services
from apps.notifications.adapters import webhooks
from apps.notifications.models import Attempt, Delivery
from apps.notifications.registry import facts
from apps.notifications.services.delivering import KEPT
from apps.notifications.services.telling import VERSION
from apps.polls.services import close_poll
from apps.tracks.services import touch_agenda
from tests.factories import polls
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.notifications import DeliveryFactory, EndpointFactory, ReceiverFactory


def again(row):
    return type(row).objects.get(pk=row.pk)


def signature(secret, headers, body):
    """As the specification says it, without our code."""
    key = base64.b64decode(secret.split("_", 1)[1])
    said = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


# What is told


def test_fact_is_owed_to_who_wants_it(event, endpoint):
    EndpointFactory(organisation=event.organisation, kinds=["poll.closed"])
    EndpointFactory(organisation=event.organisation, is_on=False, kinds=["registration.created"])
    EndpointFactory(organisation=event.organisation, event=EventFactory(), kinds=["registration.created"])
    EndpointFactory(kinds=["registration.created"])
    person = UserFactory(name="Nadia Okello")

    register_person(event, user=person)

    owed = Delivery.objects.get()
    said = json.loads(owed.body)
    assert (owed.endpoint, owed.kind) == (endpoint, "registration.created")
    assert (said["type"], said["version"]) == ("registration.created", VERSION)
    assert said["data"]["event"] == {"id": event.pk, "slug": event.slug}
    assert said["data"]["email"] == person.email
    assert "Nadia" not in owed.body
    assert said["timestamp"].endswith("Z")


def test_endpoint_of_one_event_is_told_of_it(event):
    mine = EndpointFactory(organisation=event.organisation, event=event, kinds=["event.ended"])
    EventFactory(organisation=event.organisation)  # nothing is owed twice where there are others

    end_event(event)

    assert Delivery.objects.get().endpoint == mine


def test_one_message_has_one_id_everywhere(event, endpoint):
    EndpointFactory(organisation=event.organisation, kinds=endpoint.kinds)

    end_event(event)

    assert len(Delivery.objects.values_list("message_id", flat=True)) == 2
    assert len({*Delivery.objects.values_list("message_id", flat=True)}) == 1


def test_what_is_rolled_back_is_not_told(event, endpoint):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        end_event(event)
        raise ZeroDivisionError

    assert not Delivery.objects.exists()


def test_states_and_places_are_told(endpoint, event):
    event.state = "draft"
    event.save(update_fields=["state"])
    publish_event(event)
    place = register_person(event, user=UserFactory())
    cancel_registration(place)
    end_event(event)

    kinds = [*Delivery.objects.order_by("pk").exclude(kind="agenda.changed").values_list("kind", flat=True)]
    assert kinds == ["event.published", "registration.created", "registration.cancelled", "event.ended"]


def test_wishes_are_told_as_they_stand(endpoint, event, organiser):
    RegistrationFactory(event=event)
    event.admission, event.capacity = "approval", 1
    event.save(update_fields=["admission", "capacity"])
    asked, waits = (register_person(event, user=UserFactory()) for _number in range(2))
    decline(asked, by=organiser, reason="Only members this time")
    reconsider(asked)
    approve(waits, by=organiser)

    places = Delivery.objects.filter(kind__startswith="registration.").order_by("pk")
    told = [json.loads(delivery.body) for delivery in places]
    assert [(one["type"].partition(".")[2], one["data"]["registration"]) for one in told] == [
        ("requested", asked.pk),
        ("requested", waits.pk),
        ("declined", asked.pk),
        ("requested", asked.pk),
        ("waitlisted", waits.pk),
    ]
    assert "Only members" not in "".join(delivery.body for delivery in Delivery.objects.all())


def test_poll_that_closes_is_told(event, endpoint):
    poll = polls.PollFactory(event=event, state="open")

    close_poll(poll)

    said = json.loads(Delivery.objects.get(kind="poll.closed").body)
    assert said["data"]["poll"] == poll.pk


def test_changes_that_follow_each_other_are_told_once(event, endpoint):
    for _time in range(3):
        touch_agenda(event_id=event.pk)
    assert Delivery.objects.filter(kind="agenda.changed").count() == 1

    Delivery.objects.update(attempts=1)
    touch_agenda(event_id=event.pk)

    assert Delivery.objects.filter(kind="agenda.changed").count() == 2


# How it is sent


def test_call_is_signed(delivery, hook):
    assert services.deliver(delivery.pk)

    [(path, headers, body)] = hook.heard
    assert (path, body.decode()) == ("/hook?of=us", delivery.body)
    assert headers["webhook-id"] == delivery.message_id
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    [secret] = selectors.secrets_of(delivery.endpoint)
    assert secret.startswith("whsec_")
    assert headers["webhook-signature"] == signature(secret, headers, body)
    assert again(delivery).state == "done"
    assert (Attempt.objects.get().status, Attempt.objects.get().error) == (204, "")


def test_secret_is_sealed_in_the_database(endpoint):
    assert "whsec_" not in endpoint.secret
    assert len(base64.b64decode(selectors.secrets_of(endpoint)[0].removeprefix("whsec_"))) == 32


def test_both_secrets_sign_for_a_day(delivery, hook):
    endpoint = delivery.endpoint
    [old] = selectors.secrets_of(endpoint)
    new = services.rotate_secret(endpoint)
    services.deliver(delivery.pk)

    [(_path, headers, body)] = hook.heard
    assert headers["webhook-signature"].split() == [signature(new, headers, body), signature(old, headers, body)]
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert selectors.secrets_of(again(endpoint)) == [new]


def test_secret_is_shown_once(endpoint):
    assert services.take_secret(endpoint) == selectors.secrets_of(endpoint)[0]

    with pytest.raises(Refused) as refused:
        services.take_secret(endpoint)
    assert refused.value.code == "webhook.secret_shown"


def test_signature_of_ours_holds_and_others_do_not(endpoint):
    secrets = selectors.secrets_of(endpoint)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": "1000"}
    headers["webhook-signature"] = signature(secrets[0], headers, b"{}")

    assert webhooks.holds(headers, b"{}", secrets, now=1000)
    assert not webhooks.holds(headers, b"{ }", secrets, now=1000)
    assert not webhooks.holds(headers, b"{}", secrets, now=1301)
    assert not webhooks.holds({**headers, "webhook-id": "msg_2"}, b"{}", secrets, now=1000)
    assert not webhooks.holds(headers, b"{}", ["whsec_" + base64.b64encode(b"x" * 32).decode()], now=1000)


def test_nothing_leaves_unsigned(delivery, hook, settings):
    settings.SECRET_KEY = "another one"
    settings.SECRET_KEY_FALLBACKS = []

    assert not services.deliver(delivery.pk)
    assert hook.heard == []
    assert "SECRET_KEY" in Attempt.objects.get().error


def test_key_of_before_still_opens(delivery, hook, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"

    assert services.deliver(delivery.pk)


# Again


def test_replay_has_the_same_id(delivery, hook):
    services.deliver(delivery.pk)
    assert services.replay(delivery)
    assert not services.replay(delivery)  # it waits already
    services.deliver(delivery.pk)

    assert [headers["webhook-id"] for _path, headers, _body in hook.heard] == [delivery.message_id] * 2
    assert Attempt.objects.count() == 2


def test_replay_of_what_failed_since(endpoint):
    now = clock.now()
    old = DeliveryFactory(endpoint=endpoint, state="failed", created_at=now - timedelta(days=3))
    new = DeliveryFactory(endpoint=endpoint, state="failed", created_at=now)
    done = DeliveryFactory(endpoint=endpoint, state="done", created_at=now)
    other = DeliveryFactory(state="failed", created_at=now)

    assert services.replay_failed(endpoint, since=now - timedelta(days=1)) == 1

    assert [again(row).state for row in (old, new, done, other)] == ["failed", "owed", "done", "failed"]


def test_log_is_kept_for_a_month(delivery, hook):
    services.deliver(delivery.pk)
    with clock.at(clock.now() + KEPT - timedelta(minutes=1)):
        services.give_up_old()
    assert Attempt.objects.exists()

    with clock.at(clock.now() + KEPT + timedelta(minutes=1)):
        services.give_up_old()

    assert not Delivery.objects.exists()
    assert not Attempt.objects.exists()


def test_test_goes_to_a_receiver_and_harms_nothing(endpoint, hook, settings):
    settings.SITE_URL = hook.url.partition("/hook")[0]
    settings.WEBHOOK_LOOPBACK = False
    receiver = ReceiverFactory(endpoint=endpoint)
    delivery = services.send_test(endpoint, to=receiver)
    hook.status = 500

    assert not services.deliver(delivery.pk)

    assert [path for path, _headers, _body in hook.heard] == [receiver.path]
    assert again(delivery).state == "failed"  # a test is not tried again
    assert again(endpoint).failing_since is None


def test_every_kind_is_documented():
    told = (settings_dir() / "docs" / "webhooks.md").read_text()

    for fact in facts.FACTS.values():
        assert f"`{fact.kind}`" in told, fact.kind
        row = next(line for line in told.splitlines() if f"`{fact.kind}`" in line)
        for field in fact.Data.__struct_fields__:
            assert f"`{field}`" in row, (fact.kind, field)
        assert fact.Data.__doc__, fact.kind


def settings_dir():
    from django.conf import settings

    return settings.BASE_DIR
