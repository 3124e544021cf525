"""Announcements at the desk and in the control room."""

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Announcement
from tests.events.announcing.announced import State, scheduled, soon


def test_control_room_schedules_to_some_and_calls_off(event, moderator, speaker, enter):
    client = enter(moderator)
    page = client.get(reverse("venue:control", args=[event.slug])).content.decode()
    assert "Speakers (1)" in page
    wish = {"text": "Mics at ten.", "audience": "role/speaker", "due_at": f"{soon(hours=3):%Y-%m-%dT%H:%M}"}
    assert client.post(reverse("venue:announce", args=[event.slug]), wish).status_code == 302
    row = Announcement.objects.get()
    assert (row.state, row.audience, row.audience_name) == (State.SCHEDULED, "role/speaker", "Speakers")
    assert "Mics at ten." in client.get(reverse("venue:control", args=[event.slug])).content.decode()
    client.post(reverse("venue:call_off", args=[event.slug, row.pk]))
    assert Announcement.objects.get().state == State.CANCELLED


def test_announcement_of_another_event_is_not_called_off_here(event, other_event, moderator, enter):
    row = scheduled(other_event)
    assert enter(moderator).post(reverse("venue:call_off", args=[event.slug, row.pk])).status_code == 404
    row.refresh_from_db()
    assert row.state == State.SCHEDULED


def test_desk_schedules_changes_and_shows_what_was_said_to_whom(event, organiser, speaker, enter):
    desk, add = enter(organiser), reverse("admin:events_announcement_add")
    assert "Speakers (1)" in desk.get(add, {"event": event.pk}).content.decode()
    at = soon(hours=3)
    wish = {"event": event.pk, "text_0": "Mics at ten.", "text_1": "", "text_2": "", "audience": "role/speaker"}
    wish |= {"where": "both", "due_at_0": f"{at:%Y-%m-%d}", "due_at_1": f"{at:%H:%M:%S}"}
    assert desk.post(add, wish).status_code == 302
    row = Announcement.objects.get()
    assert (row.state, row.on_screen, row.by_mail) == (State.SCHEDULED, True, True)
    change = reverse("admin:events_announcement_change", args=[row.pk])
    assert desk.post(change, wish | {"text_0": "Mics at eleven.", "where": "screen"}).status_code == 302
    row.refresh_from_db()
    assert (str(row.text), row.by_mail) == ("Mics at eleven.", False)
    Announcement.objects.update(due_at=clock.now())
    services.say_due()
    assert (desk.get(change).status_code, desk.post(change, wish).status_code) == (200, 403)
    shown = desk.get(reverse("admin:events_announcement_changelist")).content.decode()
    assert ("Mics at eleven." in shown, "Speakers" in shown) == (True, True)


def test_desk_keeps_a_time_on_what_is_still_to_come(event, organiser, enter):
    row = scheduled(event)
    wish = {"event": event.pk, "text_0": "Hello", "text_1": "", "text_2": "", "where": "screen"}
    change = reverse("admin:events_announcement_change", args=[row.pk])
    assert enter(organiser).post(change, wish | {"due_at_0": "", "due_at_1": ""}).status_code == 200
    row.refresh_from_db()
    assert (row.due_at is None, str(row.text)) == (False, "Lunch is ready.")
    with pytest.raises(Refused):
        services.change_announcement(row, due_at=None)


def test_desk_shows_what_is_refused_at_its_field(event, organiser, enter):
    add = reverse("admin:events_announcement_add")
    wish = {"event": event.pk, "text_0": "Hello", "text_1": "", "text_2": "", "audience": "coming", "where": "screen"}
    answer = enter(organiser).post(add, wish)
    assert (answer.status_code, Announcement.objects.count()) == (200, 0)
    assert "write to them by mail" in answer.content.decode()
