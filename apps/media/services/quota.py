"""How much may be brought to an event, by one person and by all together; asked before the first byte."""

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Event
from apps.media.models import Asset, Upload

GIB = 1024**3


def check(event: Event, *, by: User, size: int) -> None:
    """Raises `Refused` where this size is more than is left. What is on its way counts as if it were here; what
    transcoding makes does not count. Organisers have the whole of the event's."""
    assets, uploads = event.assets.all(), event.uploads.filter(state=Upload.State.OPEN)
    of_event = settings.UPLOAD_MOST_BYTES_EVENT
    if _bytes(assets, uploads) + size > of_event:
        raise _full(
            "media.event_full",
            _("The files of this event may take %(most)s GB together, and this one is more than is left."),
            of_event,
        )
    if permissions.ORGANISER in permissions.roles_of(by, event):
        return
    of_person = settings.UPLOAD_MOST_BYTES_PERSON
    if _bytes(assets.filter(uploaded_by=by), uploads.filter(by=by)) + size > of_person:
        raise _full(
            "media.person_full",
            _("Your files may take %(most)s GB in this event, and this one is more than is left. Ask the organisers."),
            of_person,
        )


def _bytes(assets: QuerySet[Asset], uploads: QuerySet[Upload]) -> int:
    return sum(rows.order_by().aggregate(all=Sum("size"))["all"] or 0 for rows in (assets, uploads))


def _full(code: str, words: str, most: int) -> Refused:
    return Refused(code, words, values={"most": f"{most / GIB:.3g}"}, field="file", status=422)
