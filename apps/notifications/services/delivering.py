"""Calling webhooks: one worker takes what is due, tries it ten times over three days, and keeps what was answered."""

import logging
import re
import secrets
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from kombu.exceptions import OperationalError

from apps.core import clock
from apps.core.errors import Refused
from apps.notifications import selectors
from apps.notifications.adapters import webhooks
from apps.notifications.models import Attempt, Delivery, Endpoint
from apps.notifications.models.hooks import DeliveryQuerySet
from apps.notifications.services.keeping import keep
from apps.notifications.services.mails import owe_mail

logger = logging.getLogger(__name__)

DELIVER = "notifications.deliver"
LEASE = timedelta(seconds=60)
"""How long one worker has a delivery for itself; longer than a call may take."""
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Before the second attempt, the third, and so on; after the last it has failed. The first is made at once."""
JITTER = 0.1
BRIEFLY = timedelta(minutes=1)
REST = timedelta(minutes=5)
"""Of an endpoint that keeps a worker waiting: what else is owed to it waits so long, and others have the worker."""
SLOW_MS = 5000
MOST_REQUEUED = 500
MOST_LEFT = 100
SOON = timedelta(seconds=30)
FAILING = timedelta(days=5)
KEPT = timedelta(days=30)
A_SWEEP = 5000
MOST_REPLAYED = 1000
BUSY = (429, 503)
GONE = 410
OWN = re.compile(r"/hooks/[\w-]{20,40}/")

State = Delivery.State


def enqueue(pk: int, *, seconds: float = 0) -> None:
    """Asks a worker for it. A broker that is away loses nothing: beat asks again for what is still owed."""
    try:
        current_app.send_task(DELIVER, args=[pk], retry=False, countdown=seconds or None)
    except (OperationalError, OSError):
        logger.warning("The broker cannot be reached; delivery %s waits for beat.", pk)


def requeue_deliveries() -> int:
    """Asks again for what is due: what was to be tried again, and what was left by a worker that died."""
    due = selectors.deliveries_due(limit=MOST_REQUEUED)
    for pk in due:
        enqueue(pk)
    return len(due)


def switch_left_off() -> int:
    """The webhooks for which nobody answers any more: they are told nothing from the moment on that it is so, and are
    off as soon as the round comes by, with the reason."""
    left = selectors.endpoints_left(limit=MOST_LEFT)
    for endpoint in left:
        with transaction.atomic():
            _switch_off(endpoint, Endpoint.Off.LEFT)
    return len(left)


def deliver(pk: int) -> bool:
    """Tries one delivery if it is due and nobody else is at it. Whether it was delivered now."""
    now = clock.now()
    if not Delivery.objects.due(now).filter(pk=pk).update(due_at=now + LEASE, attempts=F("attempts") + 1):
        return False
    delivery = Delivery.objects.select_related("endpoint__organisation").get(pk=pk)
    endpoint = delivery.endpoint
    answer = _call(delivery, endpoint, stamp=int(now.timestamp()))
    with transaction.atomic():
        Attempt.objects.create(
            delivery=delivery,
            at=now,
            status=answer.status,
            ms=answer.ms,
            excerpt=answer.excerpt,
            error=answer.error,
        )
        if answer.status is not None and 200 <= answer.status < 300:
            _delivered(delivery)
        else:
            _failed(delivery, answer, now=clock.now())
        if answer.ms >= SLOW_MS:
            rested = clock.now() + REST
            rests_less = Q(rests_until=None) | Q(rests_until__lt=rested)
            Endpoint.objects.filter(rests_less, pk=endpoint.pk).update(rests_until=rested)
    return answer.status is not None and 200 <= answer.status < 300


def _call(delivery: Delivery, endpoint: Endpoint, *, stamp: int) -> webhooks.Answer:
    signing = selectors.secrets_of(endpoint)
    if not signing:  # never unsigned
        why = gettext_noop("The secret cannot be opened: SECRET_KEY is another one. Make a new secret.")
        return webhooks.Answer(None, 0, error=why)
    url = delivery.url or endpoint.url
    return webhooks.call(
        url,
        body=delivery.body,
        headers={
            "Content-Type": "application/json",
            "User-Agent": "Plenary-Webhooks/1",
            "webhook-id": delivery.message_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": webhooks.sign(delivery.message_id, stamp, delivery.body, signing),
        },
        reach=_reach(url),
    )


def _reach(url: str) -> str:
    """A receiver of this platform may stand on the same machine, or behind the same wall."""
    if _is_ours(url):
        return webhooks.ANY
    return webhooks.LOOPBACK if settings.WEBHOOK_LOOPBACK else webhooks.PUBLIC


def _is_ours(url: str) -> bool:
    return url.startswith(settings.SITE_URL) and OWN.fullmatch(url.removeprefix(settings.SITE_URL)) is not None


def _taken(delivery: Delivery) -> DeliveryQuerySet:
    """The delivery as we took it: where our lease ran out and another took it since, it is theirs to say."""
    return Delivery.objects.filter(pk=delivery.pk, state=State.OWED, attempts=delivery.attempts)


def _delivered(delivery: Delivery) -> None:
    _taken(delivery).update(state=State.DELIVERED)
    if not delivery.url:
        failing = Q(failing_since__isnull=False) | Q(rests_until__isnull=False)
        Endpoint.objects.filter(failing, pk=delivery.endpoint_id).update(failing_since=None, rests_until=None)


def _failed(delivery: Delivery, answer: webhooks.Answer, *, now: datetime) -> None:
    done = delivery.attempts > len(PAUSES) or answer.status == GONE or bool(delivery.url)
    if done:
        _taken(delivery).update(state=State.FAILED)
    else:
        pause = PAUSES[delivery.attempts - 1]
        pause += pause * JITTER * (secrets.randbelow(1001) / 1000)
        if answer.status in BUSY and answer.retry_after is not None:
            pause = max(pause, timedelta(seconds=answer.retry_after))
        _taken(delivery).update(due_at=now + pause)
        if pause <= SOON:
            transaction.on_commit(lambda: enqueue(delivery.pk, seconds=pause.total_seconds()))
    if delivery.url:
        return
    endpoint = Endpoint.objects.filter(pk=delivery.endpoint_id, is_on=True)
    endpoint.filter(failing_since=None).update(failing_since=now)
    if answer.status == GONE:
        _switch_off(delivery.endpoint, Endpoint.Off.GONE)
    elif endpoint.filter(failing_since__lte=now - FAILING).exists():
        _switch_off(delivery.endpoint, Endpoint.Off.FAILING)
    elif answer.status is None or answer.status in BUSY:
        rest = timedelta(seconds=answer.retry_after or 0) if answer.status in BUSY else timedelta()
        pause = PAUSES[min(delivery.attempts, len(PAUSES)) - 1]
        endpoint.update(rests_until=now + max(rest, min(pause, BRIEFLY)))


def _switch_off(endpoint: Endpoint, why: str) -> None:
    """Told once, to those whose organisation it is."""
    if not Endpoint.objects.filter(pk=endpoint.pk, is_on=True).update(is_on=False, why_off=why):
        return
    url = settings.SITE_URL + reverse("admin:notifications_endpoint_change", args=[endpoint.pk])
    for person in selectors.mailed_about(endpoint.organisation):
        with translation.override(person.language or settings.LANGUAGE_CODE):
            words = {
                Endpoint.Off.GONE: _("The address of the webhook “%(name)s” says that it is gone for good."),
                Endpoint.Off.FAILING: _("The address of the webhook “%(name)s” has taken nothing for days."),
                Endpoint.Off.LEFT: _("Whoever answered for the webhook “%(name)s” has no role in it any more."),
            }
            paragraphs = [
                words[Endpoint.Off(why)] % {"name": endpoint.name},
                _(
                    "So it is off, and is told of nothing until somebody switches it on again. "
                    "What still waited for it is kept for a month."
                ),
            ]
            owe_mail(
                event=endpoint.event,
                user=person,
                kind="webhook_off",
                to=person.email,
                subject=_("The webhook “%(name)s” is off") % {"name": endpoint.name},
                template="notifications/mail/webhook",
                context={"paragraphs": paragraphs, "text": "\n\n".join([*paragraphs, url]), "url": url},
            )


def replay(delivery: Delivery) -> bool:
    """Sends one again that has come to an end, delivered or not: with the id it had, so that its receiver can tell."""
    ended = Delivery.objects.filter(pk=delivery.pk).exclude(state=State.OWED)
    if not ended.update(state=State.OWED, attempts=0, due_at=clock.now()):
        return False
    transaction.on_commit(lambda: enqueue(delivery.pk))
    return True


def send_again(delivery: Delivery) -> None:
    """The same for one by itself. Raises Refused where it is still on its way."""
    if not replay(delivery):
        raise Refused("webhook.owed", _("It is still on its way. Wait until it has come to an end."))
    keep(delivery.endpoint, str(_("Sent again")), message=delivery.message_id, kind=delivery.kind)


@transaction.atomic
def replay_failed(endpoint: Endpoint, *, since: datetime) -> int:
    """Everything that failed since then, the oldest first, a thousand at once; how many."""
    failed = endpoint.deliveries.filter(state=State.FAILED, created_at__gte=since, url="")
    chosen = list(failed.order_by("created_at").values_list("pk", flat=True)[:MOST_REPLAYED])
    now = clock.now()
    again = Delivery.objects.filter(pk__in=chosen, state=State.FAILED)
    count = again.update(state=State.OWED, attempts=0, due_at=now)
    for pk in chosen[:MOST_REQUEUED]:
        transaction.on_commit(lambda pk=pk: enqueue(pk))  # type: ignore[misc]
    keep(endpoint, str(_("Sent again what failed")), since=since.isoformat(), rows=count)
    return count


def give_up_old() -> int:
    """Forgets what is older than a month, whatever became of it, with its attempts; so much in one go."""
    old = Delivery.objects.filter(created_at__lt=clock.now() - KEPT).order_by("created_at")
    gone, _by_model = Delivery.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:A_SWEEP])).delete()
    return gone
