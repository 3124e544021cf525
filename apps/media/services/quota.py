"""How much may be brought to an event, by one person and by all together; asked before the first byte."""

from django.conf import settings
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Event
from apps.media import selectors
from apps.media.models import Asset, AssetVersion, Upload

GIB = 1024**3


def check(event: Event, *, by: User, size: int) -> None:
    """Raises `Refused` where this size is more than is left (`selectors.room` says what counts). Organisers have the
    whole of the event's."""
    room = selectors.room(event)
    if room["taken"] + size > room["most"]:
        words = _("The files of this event may take %(most)s GB together, and this one is more than is left.")
        if room["trash"]:
            words = _(
                "The files of this event may take %(most)s GB together, and this one is more than is left. "
                "%(trash)s GB lie in the trash and count: delete them for good."
            )
        raise _full("media.event_full", words, room["most"], trash=room["trash"])
    if permissions.ORGANISER in permissions.roles_of(by, event):
        return
    of_person = settings.UPLOAD_MOST_BYTES_PERSON
    assets, uploads = Asset.every.filter(event=event), event.uploads.filter(state=Upload.State.OPEN)
    versions = AssetVersion.objects.filter(asset__event=event)
    mine = (assets.filter(uploaded_by=by), uploads.filter(by=by), versions.filter(brought_by=by))
    if selectors.bytes_of(*mine) + size > of_person:
        raise _full(
            "media.person_full",
            _("Your files may take %(most)s GB in this event, and this one is more than is left. Ask the organisers."),
            of_person,
        )


def _full(code: str, words: str, most: int, *, trash: int = 0) -> Refused:
    values = {"most": f"{most / GIB:.3g}", "trash": f"{trash / GIB:.3g}"}
    return Refused(code, words, values=values, field="file", status=422)
