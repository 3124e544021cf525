"""Bulk actions of the desk: what asks first, and what can be taken back."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse

from apps.audit.models import Entry
from apps.core import clock
from apps.events.doors import bulk
from apps.events.doors.lists import BoundedPaginator
from apps.events.models import InvitationCode, JoinLink
from apps.notifications.models import OwedMail
from apps.tracks.models import Session
from tests.factories.accounts import UserFactory
from tests.factories.events import InvitationCodeFactory, JoinLinkFactory
from tests.factories.notifications import OwedMailFactory
from tests.factories.tracks import SessionFactory

pytestmark = pytest.mark.django_db
SESSIONS = "/admin/tracks/session/"
BACK = 'class="desk-back"'


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def act(desk, address, action, *rows, **more):
    return desk.post(address, {"action": action, "_selected_action": [row.pk for row in rows], **more})


def states(event):
    return sorted(event.sessions.values_list("state", flat=True))


def test_what_reaches_people_asks_first(desk, event):
    link = JoinLinkFactory(registration__event=event)
    address = reverse("admin:events_registration_changelist")

    page = act(desk, address, "revoke_links", link.registration).content.decode()

    assert "End all their links?" in page
    assert str(link.registration.user.name) in page
    assert JoinLink.objects.get().revoked_at is None
    assert not Entry.objects.filter(after__action="revoke_links").exists()

    act(desk, address, "revoke_links", link.registration, confirmed="1")
    assert JoinLink.objects.get().revoked_at is not None


def test_cancelled_sessions_are_brought_back_from_the_list(desk, event):
    chosen = [SessionFactory(event=event) for _number in range(2)]
    act(desk, SESSIONS, "cancel", *chosen, confirmed="1")
    page = desk.get(SESSIONS)
    assert states(event) == ["cancelled", "cancelled"]

    offered = page.context["cl"].way_back
    desk.post(offered["path"], {"action": offered["action"], offered["field"]: offered["ids"], "confirmed": "1"})

    assert BACK in page.content.decode()
    assert states(event) == ["planned", "planned"]


def test_no_way_back_where_it_would_change_more_than_was_done(desk, event):
    chosen = [SessionFactory(event=event), SessionFactory(event=event, state=Session.State.WITHDRAWN)]

    act(desk, SESSIONS, "cancel", *chosen, confirmed="1")

    assert BACK not in desk.get(SESSIONS).content.decode()


def test_way_back_is_of_one_list_and_of_a_while(desk, event, monkeypatch):
    act(desk, SESSIONS, "cancel", SessionFactory(event=event), confirmed="1")
    assert BACK not in desk.get("/admin/tracks/track/").content.decode()

    later = clock.now() + bulk.LASTS + timedelta(seconds=1)
    monkeypatch.setattr(bulk.clock, "now", lambda: later)
    assert BACK not in desk.get(SESSIONS).content.decode()


def test_ended_codes_let_in_again(desk, event, other_event):
    code, theirs = InvitationCodeFactory(event=event), InvitationCodeFactory(event=other_event, revoked_at=clock.now())
    address = reverse("admin:events_invitationcode_changelist")
    act(desk, address, "end_codes", code, confirmed="1")

    act(desk, address, "revive_codes", code, theirs)

    assert dict(InvitationCode.objects.values_list("pk", "revoked_at"))[code.pk] is None
    assert dict(InvitationCode.objects.values_list("pk", "revoked_at"))[theirs.pk] is not None


@pytest.mark.parametrize("desk_of", admin.site._registry.values(), ids=lambda desk_of: type(desk_of).__name__)
def test_what_is_named_are_actions_of_the_list(desk_of):
    known = set(desk_of.actions)
    backs = {back for back, _before in desk_of.taken_back_by.values()}

    assert {*desk_of.asks_first, *desk_of.taken_back_by, *backs} <= known


OF_EVERY_LIST = {"delete_selected", "export_csv", "export_xlsx"}
"""Django asks before it deletes; a table changes nothing."""


@pytest.mark.parametrize("desk_of", admin.site._registry.values(), ids=lambda desk_of: type(desk_of).__name__)
def test_every_action_asks_or_is_taken_back_or_says_why_not(desk_of, rf):
    request = rf.get("/admin/")
    request.user = UserFactory(is_superuser=True, is_staff=True)
    backs = {back for back, _before in desk_of.taken_back_by.values()}
    decided = {*desk_of.asks_first, *desk_of.taken_back_by, *backs, *desk_of.asks_itself, *desk_of.done_at_once}

    found = {*desk_of.actions, *desk_of.get_actions(request)}

    assert found - decided - OF_EVERY_LIST == set()
    assert all(desk_of.done_at_once.values())


def test_only_so_many_are_dealt_with_at_once_and_the_rest_is_told(desk, event, monkeypatch):
    kept = [OwedMailFactory(event=event, state="failed", text="Hello") for _number in range(3)]
    monkeypatch.setattr(bulk.first, "__kwdefaults__", {"most": 2})

    page = desk.post(
        reverse("admin:notifications_owedmail_changelist"),
        {"action": "try_again", "_selected_action": [row.pk for row in kept], "confirmed": "1"},
        follow=True,
    ).content.decode()

    assert sorted(OwedMail.objects.values_list("state", flat=True)) == ["failed", "owed", "owed"]
    assert "2 mails are on their way again." in page
    assert "Up to 2 at once: the others are left as they were." in page


def test_mails_that_were_given_up_are_asked_about_first(desk, event):
    mail = OwedMailFactory(event=event, state="failed", text="Hello")

    page = act(desk, reverse("admin:notifications_owedmail_changelist"), "try_again", mail).content.decode()

    assert "Send what was given up?" in page
    assert OwedMail.objects.get().state == "failed"


LISTS = [desk for desk in admin.site._registry.values() if desk.desk is not None]


@pytest.mark.parametrize("desk_of", LISTS, ids=lambda desk_of: type(desk_of).__name__)
def test_list_can_be_searched_and_counts_no_further_than_it_must(desk_of):
    assert desk_of.search_fields
    assert issubclass(desk_of.paginator, BoundedPaginator)


def test_counting_ends(event, monkeypatch):
    SessionFactory.create_batch(3, event=event)
    monkeypatch.setattr(BoundedPaginator, "most", 2)

    assert BoundedPaginator(Session.objects.all(), 50).count == 2
