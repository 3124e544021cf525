"""Nothing changes in an archived event, whichever door asks."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Event, EventRole, GuestList, Registration, TicketKind
from apps.tracks import services as tracks
from apps.tracks.adapters import read as read_file
from apps.tracks.selectors.arranging import Spot
from tests.factories.events import GuestListFactory, RegistrationFactory, TicketKindFactory
from tests.factories.notifications import OwedMailFactory
from tests.factories.tracks import RoomFactory, SessionFactory
from tests.tracks.samples import own

pytestmark = pytest.mark.django_db


@pytest.fixture
def archived(event):
    Event.objects.update(state=Event.State.ARCHIVED)
    event.refresh_from_db()
    return event


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def spot(session):
    return Spot(session.room_id, session.starts_at, session.ends_at, session.state)


def rest(session):
    return {"room_id": session.room_id, "starts_at": session.starts_at, "ends_at": session.ends_at}


DEEDS = {
    "invite": lambda event, by: services.invite(event, email="ada@example.org", by=by),
    "approve": lambda event, by: services.approve(RegistrationFactory(event=event, state="pending"), by=by),
    "decline": lambda event, by: services.decline(RegistrationFactory(event=event, state="pending"), by=by),
    "reconsider": lambda event, by: services.reconsider(RegistrationFactory(event=event, state="declined")),
    "by file": lambda event, by: services.invite_guests(GuestListFactory(event=event), by=by),
    "errand": lambda event, by: services.begin_errand(event, deed="send_links", rows=[], by=by),
    "import": lambda event, by: tracks.import_schedule(event=event, schedule=read_file(own("freshet.xml"))),
    "move": lambda event, by: (lambda one: tracks.place_session(event, session_id=one.pk, seen=spot(one), **rest(one)))(
        SessionFactory(event=event, starts_at=event.starts_at, ends_at=event.starts_at + timedelta(hours=1))
    ),
    "add": lambda event, by: tracks.add_session(
        event,
        title="Ebb",
        room_id=RoomFactory(event=event).pk,
        starts_at=event.starts_at,
        ends_at=event.starts_at + timedelta(hours=1),
    ),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_service_refuses_in_the_archive(archived, organiser, deed):
    with pytest.raises(Refused) as refused:
        DEEDS[deed](archived, organiser)

    assert refused.value.code == "event.archived"


@pytest.mark.parametrize("deed", DEEDS)
def test_service_does_it_before(event, organiser, deed):
    DEEDS[deed](event, organiser)


def test_form_of_the_desk_is_refused(desk, archived):
    ticket = TicketKindFactory(event=archived, name="Press")
    change = reverse("admin:events_ticketkind_change", args=[ticket.pk])

    page = desk.post(change, {"name_0": "Else", "position": 0}, follow=True).content.decode()
    desk.post(reverse("admin:events_ticketkind_delete", args=[ticket.pk]), {"post": "yes"})
    desk.post(reverse("admin:events_registration_add"), {"event": archived.pk, "email": "ada@example.org"})
    desk.post(reverse("admin:events_eventrole_add"), {"event": archived.pk, "email": "a@b.example", "role": "speaker"})

    assert "The event is archived" in page
    assert str(TicketKind.objects.get().name) == "Press"
    assert not Registration.objects.filter(user__email="ada@example.org").exists()
    assert not EventRole.objects.filter(user__email="a@b.example").exists()


def test_guest_list_is_not_begun(desk, archived):
    guests = GuestListFactory(event=archived)

    page = desk.post(reverse("admin:events_guestlist_invite", args=[guests.pk]), follow=True).content.decode()

    assert "The event is archived" in page
    assert GuestList.objects.get().state == "read"


def test_bulk_action_is_refused_and_a_table_is_not(desk, archived):
    wish = RegistrationFactory(event=archived, state="pending")
    address, chosen = reverse("admin:events_registration_changelist"), {"_selected_action": [wish.pk], "confirmed": "1"}

    page = desk.post(address, {"action": "approve", **chosen}, follow=True).content.decode()
    table = desk.post(address, {"action": "export_csv", **chosen})

    assert "The event is archived" in page
    assert Registration.objects.get(pk=wish.pk).state == "pending"
    assert wish.user.email in b"".join(table.streaming_content).decode()


def test_mail_is_sent_again_from_the_archive(desk, archived):
    mail = OwedMailFactory(event=archived, state="failed", text="Hello")

    desk.post(
        reverse("admin:notifications_owedmail_changelist"),
        {"action": "try_again", "_selected_action": [mail.pk], "confirmed": "1"},
    )

    mail.refresh_from_db()
    assert mail.state == "owed"


def test_event_comes_out_of_the_archive(desk, archived):
    desk.post(reverse("admin:events_event_step", args=[archived.pk, "restore"]))

    archived.refresh_from_db()
    assert archived.state != Event.State.ARCHIVED
