"""What a ticket opens of an event, and the marks of what it leaves out."""

import pytest

from apps.core.access import TICKET
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Registration
from apps.tracks import selectors, services
from tests.factories.events import TicketKindFactory
from tests.factories.tracks import OpeningFactory, SessionFactory, TrackFactory
from tests.tracks.entering.doors import as_who


def test_ticket_opens_what_it_names(event, attendee):
    track = TrackFactory(event=event)
    in_track, named, other = (SessionFactory(event=event, track=track), *SessionFactory.create_batch(2, event=event))
    ticket = TicketKindFactory(event=event, opens_programme=False)
    OpeningFactory(ticket=ticket, track=track)
    OpeningFactory(ticket=ticket, session=named)
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)
    roles = permissions.roles_of(attendee, event)

    shut = {
        one.pk: selectors.why_shut(event.pk, one.pk, user_id=attendee.pk, roles=roles) is not None
        for one in (in_track, named, other)
    }

    assert shut == {in_track.pk: False, named.pk: False, other.pk: True}
    assert selectors.shut_by_ticket(event, roles, attendee) == {other.pk}


def test_ticket_that_opens_everything_leaves_no_mark(event, attendee):
    Registration.objects.filter(event=event, user=attendee).update(ticket=TicketKindFactory(event=event))

    assert permissions.roles_of(attendee, event) == {"attendee"}


def test_marks_of_a_ticket_are_no_roles(event, attendee):
    ticket = TicketKindFactory(event=event, opens_programme=False, opens_expo=False)
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)
    roles = permissions.roles_of(attendee, event)

    assert roles == {"attendee", f"{TICKET}{ticket.pk}", "without/expo"}
    assert not as_who(attendee, event).has_role
    event.state = "draft"
    assert not permissions.can_see(event, roles)


def test_seat_needs_a_ticket_that_opens_the_session(event, attendee):
    session = SessionFactory(event=event, sign_up=True)
    ticket = TicketKindFactory(event=event, opens_programme=False)
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)

    with pytest.raises(Refused) as refused:
        services.take_seat(session, user=attendee, roles=permissions.roles_of(attendee, event))

    assert refused.value.code == "session.ticket"
