"""Speakers and exhibitors come in by a link of their role; each link that was mailed can be ended alone."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from apps.audit.models import Entry
from apps.core.errors import Refused
from apps.events import permissions, selectors, services
from apps.events.models import EventRole, JoinLink, Unmet
from apps.notifications import services as notifications
from apps.notifications.models import OwedMail
from tests.factories.accounts import UserFactory
from tests.factories.events import BanFactory, EventRoleFactory, JoinLinkFactory, RegistrationFactory


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


@pytest.fixture
def amara(event):
    return services.find_by_address(event.organisation, email="amara@lakeside.example", name="Amara Lindqvist")


def lobby(client, event):
    return client.get(reverse("venue:lobby", args=[event.slug]))


def come_by(link):
    client = Client()
    assert client.post(reverse("events:join", args=[selectors.join_token(link)])).status_code == 302
    return client


def test_speaker_gets_the_role_and_a_link_that_opens_it(event, amara):
    services.invite_with_role(event, user=amara, role="speaker")

    mail = OwedMail.objects.get()
    assert (mail.kind, mail.to, mail.is_secret) == ("role_link", "amara@lakeside.example", True)
    token = re.search(r"/join/([^/]+)/", mail.facts["join_url"]).group(1)
    client = Client()
    assert "Amara Lindqvist" in client.get(f"/join/{token}/").content.decode()
    assert client.post(f"/join/{token}/").headers["Location"] == reverse("venue:lobby", args=[event.slug])
    assert lobby(client, event).status_code == 200
    assert permissions.roles_of(amara, event) == {"speaker"}
    assert not Unmet.objects.filter(user=amara).exists()


def test_mail_says_what_the_link_is(event, amara, mailoutbox):
    services.invite_with_role(event, user=amara, role="speaker")
    notifications.send_owed_mail(OwedMail.objects.get().pk)
    (mail,) = mailoutbox
    assert "You speak at Freshet 2026." in mail.body
    assert "/join/" in mail.body
    assert [name for name, _text, _kind in mail.attachments] == ["freshet.ics"]


@pytest.mark.parametrize("role", ["organiser", "moderator"])
def test_no_staff_role_comes_by_a_link(event, amara, role):
    with pytest.raises(Refused) as refused:
        services.invite_with_role(event, user=amara, role=role)
    assert refused.value.code == "link.staff_role"
    with pytest.raises(Refused):
        services.mail_role_link(EventRoleFactory(event=event, role=role))
    assert not EventRole.objects.filter(user=amara).exists()
    assert not JoinLink.objects.exists()


def test_link_of_a_staff_role_that_exists_all_the_same_opens_nothing(event):
    link = JoinLinkFactory(registration=None, role=EventRoleFactory(event=event, role="moderator"))
    assert selectors.is_valid(link) is False


def test_who_was_put_out_is_not_invited(event, amara):
    BanFactory(event=event, user=amara)
    with pytest.raises(Refused) as refused:
        services.invite_with_role(event, user=amara, role="speaker")
    assert refused.value.code == "role.banned"


def test_session_ends_with_the_role(event, amara):
    client = come_by(services.invite_with_role(event, user=amara, role="speaker"))
    assert lobby(client, event).status_code == 200
    services.revoke_role(event, user=amara, role="speaker")
    assert lobby(client, event).headers["Location"].startswith("/signin/")
    assert "_auth_user_id" not in client.session


def test_link_of_a_role_is_asked_for_again_once_a_minute(event, speaker):
    for _time in range(2):
        services.resend_link(event, email=speaker.email)
    assert [mail.kind for mail in OwedMail.objects.all()] == ["role_link"]


def test_link_is_of_a_place_or_of_a_role(event, speaker):
    place, role = RegistrationFactory(event=event), EventRole.objects.get(user=speaker)
    for holders in ({"registration": place, "role": role}, {"registration": None, "role": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            JoinLinkFactory(**holders)


def test_one_link_ends_alone(event, attendee):
    place = event.registrations.get(user=attendee)
    first, second = services.new_join_link(place), services.new_join_link(place)
    clients = [come_by(first), come_by(second)]
    before = event.live_epoch

    assert services.revoke_link(first) is True
    assert services.revoke_link(first) is False

    assert [lobby(client, event).status_code for client in clients] == [302, 200]
    event.refresh_from_db()
    assert event.live_epoch == before + 1


# At the desk


def test_desk_mails_links_to_speakers_and_none_to_staff(desk, event, speaker, moderator):
    page = reverse("admin:events_eventrole_changelist")
    chosen = {"action": "send_links", "_selected_action": [*EventRole.objects.values_list("pk", flat=True)]}
    assert "Are you sure?" in desk.post(page, chosen).content.decode()
    assert not OwedMail.objects.exists()

    answer = desk.post(page, chosen | {"confirmed": "1"}, follow=True).content.decode()
    assert "One link is on its way." in answer
    assert "sign in by themselves" in answer
    assert [mail.to for mail in OwedMail.objects.all()] == [speaker.email]


@pytest.mark.parametrize("of", ["registration", "eventrole"])
def test_desk_ends_one_link_and_asks_first(desk, event, attendee, speaker, organiser, of):
    row = event.registrations.get() if of == "registration" else EventRole.objects.get(user=speaker)
    link, other = services.new_join_link(row), services.new_join_link(row)
    url = reverse(f"admin:events_{of}_end_link", args=[row.pk, link.pk])

    assert url in desk.get(reverse(f"admin:events_{of}_change", args=[row.pk])).content.decode()
    assert "End this link?" in desk.get(url).content.decode()
    link.refresh_from_db()
    assert link.revoked_at is None

    answer = desk.post(url, follow=True)
    assert "This link has ended" in answer.content.decode()
    link.refresh_from_db()
    other.refresh_from_db()
    assert (link.revoked_at is None, other.revoked_at) == (False, None)
    entry = Entry.objects.get(model="events.joinlink", kind="changed")
    assert (entry.who_id, entry.event_id, entry.organisation_id) == (organiser.pk, event.pk, event.organisation_id)


def test_link_of_another_event_or_row_is_not_there(desk, event, outsider, attendee):
    theirs = JoinLinkFactory(registration=outsider.registrations.get())
    ours = event.registrations.get()
    for row in (theirs.registration, ours):
        url = reverse("admin:events_registration_end_link", args=[row.pk, theirs.pk])
        assert desk.post(url).status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_account_of_staff_gets_the_role_and_signs_in(event, other_organiser, visitor):
    """Who runs something elsewhere may speak here; the link leads them to signing in."""
    link = services.invite_with_role(event, user=other_organiser, role="speaker")
    answer = visitor.post(reverse("events:join", args=[selectors.join_token(link)]))
    assert answer.headers["Location"].startswith("/signin/")


def test_person_who_is_new_is_known_as_typed(event):
    known = UserFactory(email="amara@lakeside.example", name="Amara of the Lake")
    services.invite_with_role(
        event,
        user=services.find_by_address(event.organisation, email=known.email, name="A. Lindqvist"),
        role="speaker",
    )
    assert Unmet.objects.get(user=known).name == "A. Lindqvist"
