"""Speakers are invited: an account by their address, the role in the event, and a link that opens it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events import services as events
from apps.events.models import EventRole
from apps.tracks.models import Speaker
from apps.tracks.services.editing import agenda_edited, hold_events


@transaction.atomic
def invite_speaker(speaker: Speaker, *, email: str = "") -> None:
    """Mails them a link of their own. Who has no account here gets one by `email`, and what stands on the agenda as
    their name; who has one is invited by its address. Raises Refused where they cannot have the role."""
    event = speaker.event
    about = {"email": email.lower(), "name": speaker.name[:120]}
    user = speaker.user or events.find_by_address(event.organisation, **about)
    events.hold_people([user])
    hold_events([event.pk])  # after the person: whoever registers comes in this order, too
    if speaker.user is None:
        if not Speaker.objects.filter(pk=speaker.pk, user=None).update(user=user):
            said = _("Somebody gave this speaker an account at the same time. Look at the list and invite them again.")
            raise Refused("speaker.linked", said)
        agenda_edited(event_id=event.pk)
    events.invite_with_role(event, user=user, role=EventRole.Role.SPEAKER)
