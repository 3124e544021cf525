"""Reads of webhooks."""

from django.db.models import F, Q, QuerySet

from apps.accounts.models import User
from apps.core import clock, sealing
from apps.events.models import Event, Organisation
from apps.notifications.models import Delivery, Endpoint, Receiver

PURPOSE = "webhooks"
MOST_MAILED = 20


def endpoints_for(event_id: int, kind: str) -> QuerySet[Endpoint]:
    """Those that are told of this kind of fact of this event."""
    organisation = Event.objects.filter(pk=event_id).values("organisation")
    told = Q(event_id=event_id) | Q(event_id=None, organisation__in=organisation)
    return Endpoint.objects.kept().filter(told, is_on=True, kinds__contains=[kind])


def endpoints_left(*, limit: int) -> list[Endpoint]:
    """Those that are on, and for which nobody answers any more."""
    kept = Endpoint.objects.kept().order_by().values("pk")
    left = Endpoint.objects.filter(is_on=True).exclude(pk__in=kept)
    return list(left.select_related("organisation", "event")[:limit])


def deliveries_due(*, limit: int) -> list[int]:
    return list(Delivery.objects.due(clock.now()).order_by("due_at").values_list("pk", flat=True)[:limit])


def secrets_of(endpoint: Endpoint) -> list[str]:
    """The secrets that sign now: the newest first, and for a day the one before it."""
    sealed = [endpoint.secret]
    if endpoint.old_secret_until is not None and endpoint.old_secret_until > clock.now():
        sealed.append(endpoint.old_secret)
    return [secret for one in sealed if (secret := sealing.unseal(one, purpose=PURPOSE))]


def receiver_by_token(token: str) -> Receiver | None:
    """A receiver that still takes calls."""
    found = Receiver.objects.select_related("endpoint").filter(token=token, ends_at__gt=clock.now())
    return found.first()


def receivers_of(endpoint: Endpoint) -> QuerySet[Receiver]:
    """Those that were not swept yet, ended or not."""
    return endpoint.receivers.select_related("endpoint")


def mailed_about(organisation: Organisation) -> list[User]:
    """Whom it concerns that a webhook was switched off."""
    members = organisation.memberships.filter(user__is_active=True).order_by(F("role").desc(), "pk")
    return [membership.user for membership in members.select_related("user")[:MOST_MAILED]]
