"""The desk and the API ask the same of tickets and codes; what is refused stands beside its field, with all that was
typed."""

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.events import services
from apps.events.models import InvitationCode, TicketKind
from tests.factories.events import InvitationCodeFactory, RegistrationFactory, TicketKindFactory

pytestmark = pytest.mark.django_db
OPENINGS = {"openings-TOTAL_FORMS": 0, "openings-INITIAL_FORMS": 0}


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def typed(event, **more):
    return {
        "event": event.pk, "name_0": "Press", "position": 0, "opens_programme": "on", "opens_expo": "on",
        "is_offered": "on", **OPENINGS, **more,
    }  # fmt: skip


def add(desk, event, **more):
    return desk.post(reverse("admin:events_ticketkind_add"), typed(event, **more))


def test_ticket_of_the_desk_has_a_name_of_its_own(desk, event):
    TicketKindFactory(event=event, name="press")

    page = add(desk, event, description_0="For those who write").content.decode()

    assert "Another ticket has this name" in page
    assert "For those who write" in page
    assert TicketKind.objects.count() == 1


def test_ticket_of_the_desk_is_one_of_so_many(desk, event, monkeypatch):
    monkeypatch.setattr("apps.events.services.offering.MOST_TICKETS", 1)
    assert add(desk, event).status_code == 302

    page = add(desk, event, name_0="Guests")

    assert "An event has up to 1 tickets" in page.content.decode()
    assert TicketKind.objects.count() == 1


def test_ticket_is_renamed_at_the_desk_to_what_is_free(desk, event):
    TicketKindFactory(event=event, name="Press")
    ticket = TicketKindFactory(event=event, name="Guests")
    address = reverse("admin:events_ticketkind_change", args=[ticket.pk])

    assert "Another ticket has this name" in desk.post(address, typed(event)).content.decode()
    assert desk.post(address, typed(event, name_0="Visitors")).status_code == 302

    ticket.refresh_from_db()
    assert str(ticket.name) == "Visitors"


@pytest.mark.parametrize("door", ["desk", "api"])
def test_ticket_closes_after_it_opens(desk, event, door):
    if door == "desk":
        times = {"opens_at_0": "2030-05-02", "opens_at_1": "10:00", "closes_at_0": "2030-05-01", "closes_at_1": "10:00"}
        assert "It closes before it opens" in add(desk, event, **times).content.decode()
    else:
        said = {"name": "Press", "opens_at": "2030-05-02T10:00:00Z", "closes_at": "2030-05-01T10:00:00Z"}
        refused = desk.post(f"/api/v1/events/{event.slug}/desk/tickets/", said, content_type="application/json")
        assert (refused.status_code, refused.json()["code"]) == (400, "ticket.closes_first")
    assert not TicketKind.objects.exists()


def test_ticket_that_somebody_takes_meanwhile_is_not_deleted(desk, event, monkeypatch):
    ticket = RegistrationFactory(event=event, ticket=TicketKindFactory(event=event)).ticket
    monkeypatch.setattr("apps.events.admin.ticket.TicketKindAdmin.has_delete_permission", lambda *_, **__: True)
    monkeypatch.setattr(
        "apps.events.admin.ticket.TicketKindAdmin.get_deleted_objects", lambda *_, **__: ([], {}, set(), [])
    )

    page = desk.post(reverse("admin:events_ticketkind_delete", args=[ticket.pk]), {"post": "yes"}, follow=True)

    assert "Take it from the offer instead" in page.content.decode()
    assert TicketKind.objects.exists()


def test_use_that_is_counted_meanwhile_stays_counted(event):
    code = InvitationCodeFactory(event=event, uses=5)
    InvitationCode.objects.update(used=3)
    code.uses, code.note = 4, "Press"

    services.change_code(code, changed={"uses", "note"})

    code.refresh_from_db()
    assert (code.used, code.uses, code.note) == (3, 4, "Press")


def test_code_works_no_fewer_times_than_it_was_used(event):
    code = InvitationCodeFactory(event=event, uses=5)
    InvitationCode.objects.update(used=3)
    code.uses = 2
    with pytest.raises(Refused) as refused:
        services.change_code(code, changed={"uses"})
    assert (refused.value.code, refused.value.field) == ("code.overused", "uses")


def test_code_for_a_ticket_of_another_event_is_refused(event, other_event):
    theirs = TicketKindFactory(event=other_event)
    with pytest.raises(Refused) as refused:
        services.make_codes(InvitationCode(event=event, ticket=theirs))
    assert refused.value.code == "registration.ticket"
