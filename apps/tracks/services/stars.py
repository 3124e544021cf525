"""Stars: what a person puts on their own agenda."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import ids
from apps.core.errors import Refused
from apps.events.models import Registration
from apps.tracks import selectors, signals
from apps.tracks.models import Session, Star


@transaction.atomic
def star_session(*, session: Session, user: User) -> list[Session]:
    """Puts the session on the person's agenda, and gives the starred sessions that run at the same time.

    Starring twice is starring once.
    """
    if session.state in Session.OFF_AGENDA:
        raise Refused("session.withdrawn", _("This session is no longer in the programme."), status=404)
    _star, created = Star.objects.get_or_create(session=session, user=user)
    if created:
        signals.session_starred.send(sender=Session, session=session, user=user)
    return selectors.clashes_with(session, user)


@transaction.atomic
def unstar_session(*, session: Session, user: User) -> None:
    deleted, _rows = Star.objects.filter(session=session, user=user).delete()
    if deleted:
        signals.session_unstarred.send(sender=Session, session=session, user=user)


def renew_agenda_address(*, registration: Registration) -> str:
    """A new secret address of the personal agenda; the old one ends at once."""
    registration.agenda_token = ids.new_token()
    registration.save(update_fields=["agenda_token"])
    return registration.agenda_token
