"""A ticket that does not open the expo: its page is there for everybody, and nothing more."""

import pytest
from django.urls import reverse

from apps.chat import services as chats
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Registration
from apps.live.registry import Who, resolve
from tests.factories.events import EventRoleFactory, RegistrationFactory, TicketKindFactory
from tests.factories.exhibitors import BoothDocumentFactory, BoothFactory


@pytest.fixture
def booth(event):
    return BoothFactory(event=event)


@pytest.fixture
def left_out(event, attendee):
    ticket = TicketKindFactory(event=event, opens_expo=False)
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)
    return attendee


def test_booth_says_so_kindly_and_takes_no_questions(booth, left_out, enter):
    client = enter(left_out)
    page = client.get(booth.get_absolute_url()).content.decode()

    assert "Your ticket does not open the expo." in page
    assert "<chat-room" not in page
    assert client.post(booth.get_absolute_url(), {"message": "Hello"}).status_code == 403


def test_api_topic_and_conversation_are_closed(event, booth, left_out, enter):
    client = enter(left_out)
    asked = client.post(
        reverse("api:booth_contact", args=[event.slug, booth.slug]), {"message": "Hello"}, "application/json"
    )
    room = chats.room_for(event, f"booth/{booth.pk}")
    who = Who(left_out.pk, event.pk, "", permissions.roles_of(left_out, event), 1)
    match = resolve(f"booth/{booth.pk}/here")
    with pytest.raises(Refused) as refused:
        match.topic.guard(who, **match.params)

    assert (asked.status_code, asked.json()["code"], refused.value.code) == (403, "expo.ticket", "expo.ticket")
    assert client.get(reverse("api:chat-messages", args=[event.slug, room.pk])).status_code == 404


def test_documents_of_a_booth_are_closed_too(event, booth, left_out, enter):
    document = BoothDocumentFactory(booth=booth)
    address = reverse("media:download", args=[event.slug, document.asset.key])

    assert enter(left_out).get(address).status_code == 403
    assert enter(RegistrationFactory(event=event).user).get(address).status_code == 302


def test_others_and_who_works_there_are_let_in(event, booth, left_out, enter):
    EventRoleFactory(event=event, user=left_out, role="exhibitor")
    for person in (left_out, RegistrationFactory(event=event).user):
        assert "<chat-room" in enter(person).get(booth.get_absolute_url()).content.decode()
