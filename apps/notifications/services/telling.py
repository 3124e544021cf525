"""Telling webhooks of facts: written with the fact, in its transaction, and sent by a worker after it."""

from datetime import UTC
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock, ids
from apps.events.models import Event
from apps.notifications import selectors
from apps.notifications.models import Delivery, Endpoint, Receiver
from apps.notifications.registry import facts
from apps.notifications.services.delivering import enqueue
from apps.notifications.services.keeping import keep

VERSION = 1


def tell(event_id: int, data: msgspec.Struct, *, once: bool = False) -> int:
    """Owes a fact to every endpoint that wants to hear of it; how many do.

    `data` is of one of `facts.FACTS`. With `once` an endpoint that has the same kind of this event still to get is not
    told again: for what only says that something changed.
    """
    fact = facts.of(data)
    endpoints = list(selectors.endpoints_for(event_id, fact.kind))
    if not endpoints:
        return 0
    event = Event.objects.only("id", "slug").get(pk=event_id)
    body = written(fact.kind, {"event": facts.of_event(event), **msgspec.to_builtins(data)})
    if once:
        waiting = Delivery.objects.filter(endpoint__in=endpoints, kind=fact.kind, state=Delivery.State.OWED, attempts=0)
        same = f'"event":{msgspec.json.encode(facts.of_event(event)).decode()}'
        told = {*waiting.filter(body__contains=same).values_list("endpoint_id", flat=True)}
        endpoints = [endpoint for endpoint in endpoints if endpoint.pk not in told]
    _owe(endpoints, kind=fact.kind, body=body)
    return len(endpoints)


def send_test(endpoint: Endpoint, *, to: Receiver | None = None) -> Delivery:
    """A word to try it with, to its own address or to a receiver of ours."""
    data = {"text": "This is a test.", "webhook": endpoint.name}
    url = f"{settings.SITE_URL}{to.path}" if to is not None else ""
    with transaction.atomic():
        keep(endpoint, str(_("Sent a test")), to=str(_("A test receiver")) if to is not None else endpoint.url)
        return _owe([endpoint], kind=facts.TEST, body=written(facts.TEST, data), url=url)[0]


def written(kind: str, data: dict[str, Any]) -> str:
    """The body, byte for byte as it is signed and sent."""
    stamp = clock.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return msgspec.json.encode({"type": kind, "version": VERSION, "timestamp": stamp, "data": data}).decode()


def _owe(endpoints: list[Endpoint], *, kind: str, body: str, url: str = "") -> list[Delivery]:
    message_id = f"msg_{ids.new_guid().hex}"
    owed = Delivery.objects.bulk_create(
        Delivery(endpoint=endpoint, message_id=message_id, kind=kind, body=body, url=url) for endpoint in endpoints
    )
    for delivery in owed:
        transaction.on_commit(lambda pk=delivery.pk: enqueue(pk))  # type: ignore[misc]
    return owed
