"""Nobody who was put out of an event is given a role in it, whichever door it comes by."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import services
from apps.events.models import EventRole, JoinLink
from apps.exhibitors import services as exhibitors
from apps.notifications.models import OwedMail
from tests.access.test_stale_forms import sent
from tests.factories.events import BanFactory, EventRoleFactory, RegistrationFactory
from tests.factories.exhibitors import BoothFactory, BoothStaffFactory

JSON = "application/json"
DESK = "/api/v1/events/freshet/desk"


@pytest.fixture
def otto(event):
    return BanFactory(event=event, user__email="otto@lakeside.example").user


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.mark.parametrize("role", EventRole.Role.values)
def test_role_is_given_to_nobody_who_is_banned(event, otto, role):
    with pytest.raises(Refused) as refused:
        services.grant_role(event, user=otto, role=role)
    assert (refused.value.code, EventRole.objects.count()) == ("role.banned", 0)


def test_call_that_gives_no_role_leaves_no_account(client, event, monkeypatch):
    monkeypatch.setattr("apps.events.services.people.MOST_ROLES", 0)
    said = {"email": "ada@lakeside.example", "name": "Ada", "role": "speaker"}
    answer = client.post(f"{DESK}/roles/", said, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "role.too_many")
    assert not User.objects.filter(email="ada@lakeside.example").exists()


@pytest.mark.parametrize("deed", [services.grant_role, services.revoke_role])
def test_person_is_held_before_their_role_and_the_event(event, attendee, deed):
    if deed is services.revoke_role:
        EventRoleFactory(event=event, user=attendee, role="speaker")
    with CaptureQueriesContext(connection) as asked:
        deed(event, user=attendee, role="speaker")
    said = [one["sql"] for one in asked]
    held = [sql for sql in said if any(word in sql for word in ("FOR NO KEY UPDATE", "INSERT ", "DELETE ", "UPDATE "))]
    assert 'FROM "accounts_user"' in held[0]


def test_role_that_they_had_stays_theirs(event, otto):
    had = EventRoleFactory(event=event, user=otto, role="exhibitor")
    assert services.grant_role(event, user=otto, role="exhibitor") == had


def test_call_refuses_the_role(client, otto):
    refused = client.post(f"{DESK}/roles/", {"email": otto.email, "role": "organiser"}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "role.banned")


def test_form_of_the_desk_says_so_and_keeps_what_was_typed(client, event, otto):
    given = {"event": event.pk, "email": otto.email, "name": "", "role": "moderator"}
    page = client.post(reverse("admin:events_eventrole_add"), given)
    assert "Let them in again first." in page.content.decode()
    assert page.context["adminform"].form["email"].value() == otto.email
    assert not EventRole.objects.exists()


def test_booth_takes_nobody_who_is_banned_on_its_staff(client, event, otto, attendee):
    booth = BoothFactory(event=event, name="Weir")
    RegistrationFactory(event=event, user=otto)
    wish = {"name": "Lakeside", "staff": [attendee.pk, otto.pk]}

    refused = client.patch(f"{DESK}/booths/{booth.slug}/", wish, content_type=JSON)

    booth.refresh_from_db()
    assert (refused.status_code, refused.json()["code"]) == (409, "role.banned")
    assert (booth.name, booth.staff.count(), EventRole.objects.count()) == ("Weir", 0, 0)


def test_booth_of_somebody_who_was_banned_later_is_still_written(event, otto):
    booth = BoothStaffFactory(booth__event=event, user=otto).booth
    EventRoleFactory(event=event, user=otto, role="exhibitor")
    booth.name = "Lakeside"
    exhibitors.save_booth(booth, changed={"name"}, staff=[otto])
    booth.refresh_from_db()
    assert (booth.name, booth.staff.get().user) == ("Lakeside", otto)


def test_booth_is_written_at_the_desk_with_somebody_who_was_put_out(client, event, otto):
    RegistrationFactory(event=event, user=otto)
    booth = BoothStaffFactory(booth__event=event, user=otto).booth
    url = reverse("admin:exhibitors_booth_change", args=[booth.pk])

    answer = client.post(url, sent(client.get(url), "booth_form") | {"tagline_0": "Boats and barges"})

    booth.refresh_from_db()
    assert (answer.status_code, str(booth.tagline), EventRole.objects.count()) == (302, "Boats and barges", 0)


def test_booth_keeps_who_is_on_it_without_their_role(event, attendee):
    booth = BoothStaffFactory(booth__event=event, user=attendee).booth
    exhibitors.save_booth(booth, changed=(), staff=[attendee])
    assert not EventRole.objects.exists()


def test_refusal_of_a_booth_names_whom_it_is_about(event, otto):
    with pytest.raises(Refused) as refused:
        exhibitors.save_booth(BoothFactory(event=event), changed=(), staff=[otto])
    assert str(refused.value.message).startswith(f"{otto}: ")


@pytest.fixture
def banned_speaker(event):
    role = EventRoleFactory(event=event, role="speaker")
    BanFactory(event=event, user=role.user)
    return role


def test_errand_mails_no_link_to_who_is_banned(client, event, organiser, banned_speaker):
    begun = services.begin_errand(event, deed="mail_roles", rows=[banned_speaker.pk], by=organiser)
    services.do_errand(begun.pk)
    begun.refresh_from_db()
    assert (begun.done, [code for _row, code, _words in begun.refused]) == (0, ["role.banned"])
    assert not JoinLink.objects.exists()


def test_desk_mails_no_link_to_who_is_banned(client, banned_speaker):
    chosen = {"action": "send_links", "_selected_action": banned_speaker.pk, "confirmed": "1"}
    page = client.post(reverse("admin:events_eventrole_changelist"), chosen, follow=True)
    assert "Let them in again first." in page.content.decode()
    assert not JoinLink.objects.exists()


def test_who_is_banned_and_asks_for_their_link_hears_that_they_have_none(event, banned_speaker):
    services.resend_link(event, email=banned_speaker.user.email)
    assert OwedMail.objects.get().kind == "no_place"
    assert not JoinLink.objects.exists()
