"""What the organisers' desk is told of files."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core.words import Number
from apps.events.models import Event
from apps.events.registry.work import BROKEN, Need, Part, Task
from apps.media.models import Asset

if TYPE_CHECKING:
    pass


# What the organisers' desk shows ------------------------------------------------------------------------------------
def needs(events: dict[int, Event], user: User) -> Iterable[Need]:
    """Files that could not be prepared."""
    failed = Asset.objects.filter(event__in=events, state=Asset.State.FAILED).order_by()
    address = reverse("admin:media_asset_changelist")
    for event_id, count in failed.values_list("event").annotate(count=Count("pk")):
        text = ngettext("%(count)s file could not be prepared.", "%(count)s files could not be prepared.", count)
        url = f"{address}?event__id__exact={event_id}&state__exact=failed"
        yield Need(BROKEN, text % {"count": Number(count)}, url, event_id)


def tasks(event: Event) -> Iterable[Task]:
    address = reverse("admin:media_asset_changelist") + f"?event__id__exact={event.pk}"
    yield Task(Part.CONTENT, _("Films, pictures or documents are here"), event.assets.exists(), address, True)
