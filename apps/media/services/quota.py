"""How much may be brought to an event, by one person and by all together, and to all events of an organisation; asked
before the first byte."""

from django.conf import settings
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Event
from apps.media import selectors

GIB = 1024**3


def check(event: Event, *, by: User, size: int) -> None:
    """Raises `Refused` where this size is more than is left. What transcoding makes does not count."""
    check_event(event, by=by, size=size)
    most = settings.UPLOAD_MOST_BYTES_ORGANISATION
    if selectors.bytes_of_organisation(event.organisation_id) + size > most:
        words = _(
            "The files of all events of this organisation may take %(most)s GB together, and this one is more than is "
            "left. Delete what is no longer needed, or ask those who run the site."
        )
        raise _full("media.organisation_full", words, most)


def check_event(event: Event, *, by: User, size: int) -> None:
    """As `check` does, of what the organisation has already. Organisers have the whole of the event's."""
    of_event = settings.UPLOAD_MOST_BYTES_EVENT
    if selectors.bytes_of_event(event) + size > of_event:
        words = _("The files of this event may take %(most)s GB together, and this one is more than is left.")
        if freed := selectors.bytes_in_trash(event):
            words = _(
                "The files of this event may take %(most)s GB together, and this one is more than is left. "
                "%(trash)s GB lie in the trash and count: delete them for good."
            )
        raise _full("media.event_full", words, of_event, trash=freed)
    if permissions.ORGANISER in permissions.roles_of(by, event):
        return
    of_person = settings.UPLOAD_MOST_BYTES_PERSON
    if selectors.bytes_of_person(event, by) + size > of_person:
        raise _full(
            "media.person_full",
            _("Your files may take %(most)s GB in this event, and this one is more than is left. Ask the organisers."),
            of_person,
        )


def _full(code: str, words: str, most: int, *, trash: int = 0) -> Refused:
    values = {"most": f"{most / GIB:.3g}", "trash": f"{trash / GIB:.3g}"}
    return Refused(code, words, values=values, field="file", status=422)
