"""The organisers' desk, used as an organiser uses it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin import site
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from apps.core import clock
from apps.events import services
from apps.events.models import Announcement, Errand, Event, EventRole, JoinLink, Membership, Registration
from apps.notifications.models import OwedMail
from tests.factories.accounts import UserFactory, give_second_factor
from tests.factories.events import EventFactory, JoinLinkFactory, MembershipFactory, RegistrationFactory


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def url(name, *args):
    return reverse(f"admin:{name}", args=args)


def act(desk, name, *rows, **more):
    chosen = {"action": name, ACTION_CHECKBOX_NAME: [row.pk for row in rows], **more}
    return desk.post(url("events_registration_changelist"), chosen)


def test_home_shows_my_events_with_their_numbers(desk, event, attendee, other_event):
    shown = desk.get(url("index")).content.decode()
    assert ("Freshet 2026" in shown, "Undertow" in shown) == (True, False)
    assert "<b>1</b>" in shown


def test_new_event_is_a_draft_of_ones_organisation(desk, event, organiser):
    given = {
        "organisation": event.organisation.pk, "name_0": "Ebb", "name_1": "", "name_2": "", "slug": "ebb",
        "kind": "workshop", "time_zone": "Europe/Lisbon", "starts_at_0": "2026-10-13", "starts_at_1": "09:00",
        "ends_at_0": "2026-10-13", "ends_at_1": "12:00", "default_language": "en", "visibility": "public",
        "admission": "open", "brand": "#0b4f5c", "accent": "#f07030",
    }  # fmt: skip
    response = desk.post(url("events_event_add"), given)
    made = Event.objects.get(slug="ebb")
    assert response.status_code == 302
    assert (str(made.name), made.state, made.organisation) == ("Ebb", Event.State.DRAFT, event.organisation)
    assert response["Location"] == url("events_event_desk", made.pk)
    # In its own zone, an hour ahead of UTC then; not in that of the event worked on before.
    assert made.starts_at == datetime(2026, 10, 13, 8, tzinfo=UTC)
    assert 'value="09:00' in desk.get(url("events_event_change", made.pk)).content.decode()


def test_event_that_moves_to_another_zone_keeps_the_times_on_its_clocks(desk, event):
    page = desk.get(url("events_event_change", event.pk))
    form = page.context["adminform"].form
    given = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    words = {
        f"{name}_{number}": "Freshet" if name == "name" else ""
        for name in ("name", "tagline", "description")
        for number in range(3)
    }
    times = {"starts_at_0": "2026-10-13", "starts_at_1": "09:00", "ends_at_0": "2026-10-13", "ends_at_1": "12:00"}

    desk.post(url("events_event_change", event.pk), given | words | times | {"time_zone": "Asia/Kolkata", "logo": ""})

    event.refresh_from_db()
    assert (event.time_zone, event.starts_at) == ("Asia/Kolkata", datetime(2026, 10, 13, 3, 30, tzinfo=UTC))


def test_event_that_ends_before_it_begins_is_told(desk, event):
    given = {"starts_at_0": "2026-10-13", "starts_at_1": "12:00", "ends_at_0": "2026-10-13", "ends_at_1": "09:00"}
    response = desk.post(url("events_event_change", event.pk), given)
    assert "It ends before it begins" in response.content.decode()


def test_publishing_is_asked_then_done(desk, event):
    Event.objects.update(state=Event.State.DRAFT)
    assert "Publish?" in desk.get(url("events_event_step", event.pk, "publish")).content.decode()
    event.refresh_from_db()
    assert event.state == Event.State.DRAFT
    desk.post(url("events_event_step", event.pk, "publish"))
    event.refresh_from_db()
    assert event.state == Event.State.PUBLISHED


def test_step_that_the_state_does_not_offer_is_refused_as_over_rest(desk, event):
    """Its service lets a draft into the archive; the steps offer that to no event but one that has ended."""
    Event.objects.update(state=Event.State.DRAFT)
    page = desk.post(url("events_event_step", event.pk, "archive"), follow=True).content.decode()
    event.refresh_from_db()
    assert event.state == Event.State.DRAFT
    assert "this is not possible now" in page


def test_desk_of_an_event_warns_before_it_is_published(desk, event):
    Event.objects.update(state=Event.State.DRAFT)
    assert "The description is empty" in desk.get(url("events_event_desk", event.pk)).content.decode()


def test_published_event_is_not_deleted(desk, event):
    assert desk.post(url("events_event_delete", event.pk), {"post": "yes"}).status_code == 403
    assert Event.objects.filter(pk=event.pk).exists()


def test_somebody_is_invited_at_the_desk(desk, event):
    given = {"event": event.pk, "email": "Nadia@Lakeside.example", "name": "Nadia"}
    assert desk.post(url("events_registration_add"), given).status_code == 302
    assert Registration.objects.get().user.email == "nadia@lakeside.example"
    assert OwedMail.objects.count() == 1


def test_full_event_refuses_an_invitation_kindly(desk, event):
    Event.objects.update(capacity=1)
    RegistrationFactory(event=event)
    given = {"event": event.pk, "email": "nadia@lakeside.example", "name": "Nadia"}
    response = desk.post(url("events_registration_add"), given, follow=True)
    assert "All places are taken" in response.content.decode()


def test_link_is_sent_again_from_the_list(desk, event, attendee):
    act(desk, "send_links", Registration.objects.get(), confirmed=1)
    assert OwedMail.objects.get().kind == "link"


def test_links_are_ended_from_the_list(desk, event):
    link = JoinLinkFactory(registration__event=event)
    act(desk, "revoke_links", link.registration, confirmed=1)
    assert JoinLink.objects.get().revoked_at is not None


def test_cancelling_asks_first(desk, event, attendee):
    registration = Registration.objects.get()
    assert "Cancel 1 place?" in act(desk, "cancel_places", registration).content.decode()
    registration.refresh_from_db()
    assert registration.state == Registration.State.CONFIRMED
    act(desk, "cancel_places", registration, confirmed=1)
    registration.refresh_from_db()
    assert registration.state == Registration.State.CANCELLED


def test_all_that_were_chosen_are_meant_however_many(desk, event, monkeypatch):
    monkeypatch.setattr("apps.events.admin.registration.AT_ONCE", 2)
    for _number in range(5):
        JoinLinkFactory(registration__event=event)
    chosen = {ACTION_CHECKBOX_NAME: [*Registration.objects.values_list("pk", flat=True)], "confirmed": "1"}
    for action in ("send_links", "revoke_links"):
        desk.post(url("events_registration_changelist"), chosen | {"action": action})
        services.do_errand(Errand.objects.get(deed=action).pk)
    assert JoinLink.objects.filter(revoked_at=None).count() == 0
    assert OwedMail.objects.filter(kind="link").count() == 5


def test_export_holds_no_formula(desk, event):
    RegistrationFactory(event=event, user__name="=HYPERLINK(0)", user__email="eve@example.org")
    lines = b"".join(act(desk, "export_csv", Registration.objects.get())).decode().splitlines()
    assert lines[0].startswith("\ufeff") or lines[0].startswith("event")
    assert ",'=HYPERLINK(0),eve@example.org," in lines[-1]


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_registrations_costs_the_same_for_many(desk, event, count, django_assert_max_num_queries):
    for _number in range(count):
        RegistrationFactory(event=event)
    with django_assert_max_num_queries(18):
        assert desk.get(url("events_registration_changelist")).status_code == 200


def test_role_is_given_by_address(desk, event):
    desk.post(
        url("events_eventrole_add"), {"event": event.pk, "email": "new@example.org", "name": "New", "role": "speaker"}
    )
    role = EventRole.objects.get()
    assert (role.user.email, role.user.name, role.role) == ("new@example.org", "New", "speaker")
    desk.post(url("events_eventrole_delete", role.pk), {"post": "yes"})
    assert EventRole.objects.count() == 0


def test_role_cannot_be_given_in_somebody_elses_event(desk, event, other_event):
    given = {"event": other_event.pk, "email": "new@example.org", "name": "New", "role": "organiser"}
    assert desk.post(url("events_eventrole_add"), given).status_code == 200
    assert EventRole.objects.count() == 0


def test_manager_cannot_make_members(event, enter):
    manager = MembershipFactory(organisation=event.organisation, role=Membership.Role.MANAGER).user
    given = {"organisation": event.organisation.pk, "email": "friend@example.org", "name": "", "role": "owner"}
    assert enter(manager).post(url("events_membership_add"), given).status_code == 403
    assert Membership.objects.count() == 1


def test_owner_makes_members(desk, event):
    given = {"organisation": event.organisation.pk, "email": "friend@example.org", "name": "", "role": "manager"}
    desk.post(url("events_membership_add"), given)
    assert Membership.objects.get(user__email="friend@example.org").user.is_staff is True


def test_announcement_is_said_from_the_desk(desk, event, organiser):
    desk.post(
        url("events_announcement_add"), {"event": event.pk, "text_0": "Lunch is ready.", "text_1": "", "text_2": ""}
    )
    said = Announcement.objects.get()
    assert (str(said.text), said.by, said.seq) == ("Lunch is ready.", organiser, 1)


def test_profiles_are_read_at_the_desk_and_changed_by_their_people(desk, attendee):
    page = url("accounts_user_change", attendee.pk)
    assert desk.get(page).status_code == 200
    assert desk.post(page, {"name": "Somebody else"}).status_code == 403


def test_organiser_of_one_event_sees_that_event_only(event, enter):
    EventFactory(organisation=event.organisation, name="Ebb")
    freelancer = UserFactory()
    services.grant_role(event, user=freelancer, role="organiser")
    give_second_factor(freelancer)
    shown = enter(freelancer).get(url("events_event_changelist")).content.decode()
    assert ("Freshet 2026" in shown, "Ebb" in shown) == (True, False)
    assert enter(freelancer).get(url("events_event_add")).status_code == 403


def test_times_at_the_desk_are_those_of_the_event(desk, event):
    Event.objects.update(time_zone="Asia/Tokyo", starts_at=clock.now().replace(year=2026, month=1, day=2, hour=20),
                         ends_at=clock.now() + timedelta(days=900))  # fmt: skip
    assert 'value="2026-01-03"' in desk.get(url("events_event_change", event.pk)).content.decode()


def test_sign_in_of_the_desk_is_that_of_the_platform(visitor):
    response = visitor.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/signin/?next=%2Fadmin%2F"


def test_desk_sends_nobody_to_another_site(visitor):
    response = visitor.get("/admin/login/?next=https://evil.example/")
    assert response.headers["Location"] == "/signin/?next=%2Fadmin%2F"


def test_guest_who_runs_an_event_cannot_take_it_away(enter, event, other_event):
    guest = MembershipFactory(organisation=other_event.organisation).user
    services.grant_role(event, user=guest, role=EventRole.Role.ORGANISER)
    given = {
        "organisation": other_event.organisation.pk, "name_0": "Freshet", "name_1": "", "name_2": "",
        "slug": "freshet", "kind": "conference", "time_zone": "UTC", "starts_at_0": "2026-10-13",
        "starts_at_1": "09:00", "ends_at_0": "2026-10-13", "ends_at_1": "12:00", "default_language": "en",
        "visibility": "public", "admission": "open", "brand": "#0b4f5c", "accent": "#f07030",
    }  # fmt: skip
    assert enter(guest).post(url("events_event_change", event.pk), given).status_code == 302
    changed = Event.objects.get(pk=event.pk)
    assert (str(changed.name), changed.organisation) == ("Freshet", event.organisation)


def test_new_event_begins_in_ones_only_organisation(desk, event):
    page = desk.get(url("events_event_add"), {"kind": "conference"}).content.decode()

    assert f'<option value="{event.organisation.pk}" selected>' in page


def test_list_of_one_event_does_not_repeat_its_name(desk, event, attendee):
    every = desk.get(url("events_registration_changelist"))
    of_one = desk.get(url("events_registration_changelist"), {"event__id__exact": event.pk})

    assert ("event" in every.context["cl"].list_display, "event" in of_one.context["cl"].list_display) == (True, False)


def test_empty_list_says_what_will_stand_there_and_a_narrowed_one_how_to_widen_it(desk, event):
    empty = desk.get(url("events_announcement_changelist"), {"event__id__exact": event.pk}).content.decode()
    assert ("What you announce stands in the lobby" in empty, "Nothing matches" in empty) == (True, False)

    given = {"event__id__exact": event.pk, "q": "nobody-of-this-name"}
    narrowed = desk.get(url("events_registration_changelist"), given).content.decode()
    assert "Nothing matches" in narrowed
    assert f'href="?event__id__exact={event.pk}"' in narrowed


def test_page_of_another_event_has_that_events_times(event, organiser, desk):
    other = EventFactory(organisation=event.organisation, time_zone="Asia/Tokyo")
    Announcement.objects.create(event=other, text="Good morning", by=organiser, seq=1)
    Announcement.objects.update(created_at=datetime(2026, 10, 13, 3, 5, tzinfo=UTC))
    desk.get(url("events_event_desk", event.pk))

    assert "12:05" in desk.get(url("events_event_desk", other.pk)).content.decode()


def test_every_list_of_the_desk_says_what_will_stand_there():
    lists = [desk for desk in site._registry.values() if getattr(desk, "desk", None) is not None]
    assert [desk for desk in lists if not desk.when_empty] == []
