"""Places that organisers give: with which ticket, past a no, and to whom no more."""

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Event, Registration
from apps.tracks.services import invite_speaker
from tests.factories.events import RegistrationFactory, TicketKindFactory
from tests.factories.tracks import SpeakerFactory

NADIA = {"email": "nadia@lakeside.example", "name": "Nadia Okello"}
State = Registration.State


def test_invitation_of_who_was_told_no_keeps_the_ticket_and_forgets_the_reason(event, organiser):
    Event.objects.filter(pk=event.pk).update(admission=Event.Admission.APPROVAL)
    event.refresh_from_db()
    day, _other = TicketKindFactory(event=event, opens_programme=False), TicketKindFactory(event=event)
    registration = RegistrationFactory(event=event, user__email=NADIA["email"], ticket=day, state=State.PENDING)
    services.decline(registration, by=organiser, reason="Members only.")

    services.invite(event, **NADIA, by=organiser)

    registration.refresh_from_db()
    assert (registration.state, registration.ticket, registration.reason) == (State.CONFIRMED, day, "")
    assert registration.decided_by == organiser


def test_invitation_without_a_ticket_has_the_only_one_and_must_choose_of_several(event, organiser):
    only = TicketKindFactory(event=event, opens_programme=False)
    assert services.invite(event, **NADIA, by=organiser).ticket == only
    TicketKindFactory(event=event)
    with pytest.raises(Refused) as refused:
        services.invite(event, email="ada@example.org", by=organiser)
    assert (refused.value.code, refused.value.field) == ("registration.ticket", "ticket")
    assert not Registration.objects.filter(user__email="ada@example.org").exists()


def test_desk_and_calls_ask_for_a_ticket_where_there_are_several(event, organiser, enter):
    TicketKindFactory.create_batch(2, event=event)
    desk, ada = enter(organiser), {"email": "ada@example.org", "name": "Ada"}
    shown = desk.post(reverse("admin:events_registration_add"), {"event": event.pk, **ada, "ticket": ""})
    called = desk.post("/api/v1/events/freshet/desk/registrations/", ada, content_type="application/json")
    assert b"This event has several tickets: choose one." in shown.content
    assert (called.status_code, called.json()["code"]) == (400, "registration.ticket")
    assert Registration.objects.count() == 0


LINKED = "Win at www.evil.example"


def test_name_with_a_link_is_no_name_by_any_door(event, organiser, enter):
    desk, ada = enter(organiser), {"email": "ada@example.org", "name": LINKED}
    invited = desk.post(reverse("admin:events_registration_add"), {"event": event.pk, **ada, "ticket": ""})
    given = desk.post(reverse("admin:events_eventrole_add"), {"event": event.pk, **ada, "role": "speaker"})
    assert [b"A name has no web address" in page.content for page in (invited, given)] == [True, True]
    for deed in (services.invite, services.register):
        with pytest.raises(Refused) as refused:
            deed(event, **ada)
        assert (refused.value.code, refused.value.field) == ("person.name", "name")
    assert not User.objects.filter(email="ada@example.org").exists()


def test_speaker_whose_name_is_a_link_is_not_invited(event):
    speaker = SpeakerFactory(event=event, name=LINKED, user=None)
    with pytest.raises(Refused) as refused:
        invite_speaker(speaker, email="ada@example.org")
    assert refused.value.code == "person.name"
