"""Receivers to try a webhook on: made for a day, for so many calls, each kept as it came and shown with its verdict."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.notifications import selectors
from apps.notifications.adapters import webhooks
from apps.notifications.models import Delivery, Endpoint, Receiver, ReceiverCall
from apps.notifications.models.hooks import MOST_CALL_BYTES, MOST_CALLS
from apps.notifications.services.telling import send_test

STAYS = timedelta(days=1)
MOST_STANDING = 5
MOST_HEADERS = 40
MOST_HEADER = 500
NOT_KEPT = frozenset({"cookie", "authorization", "proxy-authorization"})


@transaction.atomic
def make_receiver(endpoint: Endpoint) -> Receiver:
    Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    if endpoint.receivers.filter(ends_at__gt=clock.now()).count() >= MOST_STANDING:
        raise Refused("receiver.most", _("Five test receivers stand already. Use one of them; they end after a day."))
    return Receiver.objects.create(endpoint=endpoint, ends_at=clock.now() + STAYS)


@transaction.atomic
def receive(receiver: Receiver, *, headers: Mapping[str, str], body: bytes) -> ReceiverCall:
    """Keeps a call. Raises Refused where it is too large, or the receiver has had its share."""
    if len(body) > MOST_CALL_BYTES:
        raise Refused("receiver.too_large", _("A test receiver takes 64 KB at most."), status=413)
    now = clock.now()
    open_still = Receiver.objects.filter(pk=receiver.pk, calls__lt=MOST_CALLS, ends_at__gt=now)
    if not open_still.update(calls=F("calls") + 1):
        raise Refused("receiver.over", _("This test receiver takes no more calls."), status=410)
    named = {name.lower(): value for name, value in headers.items()}
    kept = [(name[:100], value[:MOST_HEADER]) for name, value in named.items() if name not in NOT_KEPT]
    return ReceiverCall.objects.create(
        receiver=receiver,
        at=now,
        headers=dict(kept[:MOST_HEADERS]),
        body=body.decode(errors="replace").replace("\x00", "\ufffd"),
        holds=webhooks.holds(named, body, selectors.secrets_of(receiver.endpoint), now=now.timestamp()),
    )


def try_receiver(receiver: Receiver) -> Delivery:
    """Sends the webhook's test there. Raises Refused where it has ended."""
    if receiver.ends_at <= clock.now():
        raise Refused("receiver.ended", _("This test receiver has ended. Make another one."))
    return send_test(receiver.endpoint, to=receiver)


def remove_receiver(receiver: Receiver) -> None:
    """Ends it now, with what it was told."""
    receiver.delete()


def sweep_receivers() -> int:
    """Those that ended a day ago go, with what they were told."""
    over = Receiver.objects.filter(ends_at__lt=clock.now() - STAYS)
    gone, _by_model = Receiver.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:500])).delete()
    return gone
