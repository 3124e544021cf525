"""What the mails and webhooks of an organiser's events need of them."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core import clock
from apps.core.words import Number
from apps.events.models import Event, Membership
from apps.events.registry.work import BROKEN, Need
from apps.notifications.models import Endpoint, OwedMail

MOST = 100
LATELY = timedelta(days=14)
FAILS_FOR = timedelta(hours=1)


def needs(events: dict[int, Event], user: User) -> Iterable[Need]:
    """Webhooks that take nothing, and mails that could not be sent lately."""
    failing = Q(is_on=True, failing_since__lt=clock.now() - FAILS_FOR)
    ended = Q(is_on=False, why_off__in=(Endpoint.Off.GONE, Endpoint.Off.FAILING, Endpoint.Off.LEFT))
    # Not by a join: that would find a webhook once for each member.
    organisations = Membership.objects.filter(user=user).values("organisation_id")
    of_mine = Q(event__in=events) | Q(event=None, organisation__in=organisations)
    for endpoint in Endpoint.objects.filter(failing | ended, of_mine).only("name", "is_on", "event_id")[:MOST]:
        said = _("The webhook “%(name)s” fails.") if endpoint.is_on else _("The webhook “%(name)s” was switched off.")
        url = reverse("admin:notifications_endpoint_change", args=[endpoint.pk])
        yield Need(BROKEN, said % {"name": endpoint.name}, url, endpoint.event_id)
    failed = OwedMail.objects.filter(
        event__in=events, state=OwedMail.State.FAILED, created_at__gt=clock.now() - LATELY
    ).order_by()
    address = reverse("admin:notifications_owedmail_changelist")
    for event_id, count in failed.values_list("event").annotate(count=Count("pk")):
        text = ngettext("%(count)s mail could not be sent.", "%(count)s mails could not be sent.", count)
        url = f"{address}?event__id__exact={event_id}&state__exact=failed"
        yield Need(BROKEN, text % {"count": Number(count)}, url, event_id)
