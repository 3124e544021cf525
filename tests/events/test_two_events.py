"""Two events open in two tabs of one desk: each page is of its own event, in its zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from apps.core import clock
from tests.factories.events import (
    AnnouncementFactory,
    EventFactory,
    GuestListFactory,
    InvitationCodeFactory,
    TicketKindFactory,
)
from tests.factories.intake import DeadLetterFactory
from tests.factories.tracks import ScheduleImportFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def berlin(event):
    event.time_zone = "Europe/Berlin"
    event.save()
    return event


@pytest.fixture
def new_york(berlin):
    return EventFactory(name="Rapids", organisation=berlin.organisation, time_zone="America/New_York")


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def url(name, *args):
    return reverse(f"admin:{name}", args=args)


def work_on(desk, event):
    """In the other tab."""
    assert desk.get(url("events_event_desk", event.pk)).status_code == 200


def as_written(page, form_id):
    """What a browser sends when nothing was changed."""
    form = next(form for form in html.fromstring(page.content.decode()).forms if form.get("id") == form_id)
    return {name: value for name, value in form.form_values() if value is not None}


def soon():
    return (clock.now() + timedelta(days=2)).replace(microsecond=0)


def a_session(event):
    return SessionFactory(
        event=event, starts_at=soon(), ends_at=soon() + timedelta(hours=1), sign_up=True, sign_up_opens_at=soon(),
        sign_up_closes_at=soon() + timedelta(minutes=9),
    )  # fmt: skip


def an_announcement(event):
    return AnnouncementFactory(event=event, seq=None, state="scheduled", due_at=soon())


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (a_session, ("starts_at", "ends_at", "sign_up_opens_at", "sign_up_closes_at")),
        (an_announcement, ("due_at",)),
        (lambda event: TicketKindFactory(event=event, opens_at=soon()), ("opens_at",)),
        (lambda event: InvitationCodeFactory(event=event, expires_at=soon()), ("expires_at",)),
    ],
)
def test_form_that_is_sent_off_unchanged_changes_no_time_whatever_was_opened_meanwhile(
    desk, berlin, new_york, make, fields
):
    row = make(berlin)
    before = {field: getattr(row, field) for field in fields}
    name = f"{row._meta.app_label}_{row._meta.model_name}_change"
    work_on(desk, new_york)
    page = desk.get(url(name, row.pk))
    work_on(desk, new_york)

    answer = desk.post(url(name, row.pk), as_written(page, f"{row._meta.model_name}_form"))

    row.refresh_from_db()
    assert (answer.status_code, {field: getattr(row, field) for field in fields}) == (302, before)


def test_form_shows_the_times_of_its_own_event(desk, berlin, new_york):
    session = SessionFactory(event=berlin, starts_at=datetime(2026, 10, 13, 8, tzinfo=UTC))
    work_on(desk, new_york)

    page = desk.get(url("tracks_session_change", session.pk)).content.decode()

    assert ('value="10:00:00"' in page, "Berlin time" in page, "New York time" in page) == (True, True, False)


def test_new_row_is_in_the_zone_of_the_event_that_its_form_names(desk, berlin, new_york):
    page = desk.get(url("events_announcement_add"), {"event": berlin.pk})
    work_on(desk, new_york)
    given = as_written(page, "announcement_form")
    given |= {"text_0": "Lunch", "due_at_0": f"{soon():%Y-%m-%d}", "due_at_1": "10:00"}

    assert desk.post(url("events_announcement_add"), given).status_code == 302

    said = berlin.announcements.get()
    assert f"{said.due_at.astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" == "10:00"


def test_form_that_is_sent_off_does_not_move_the_other_tab(desk, berlin, new_york):
    row = an_announcement(berlin)
    given = as_written(desk.get(url("events_announcement_change", row.pk)), "announcement_form")
    work_on(desk, new_york)

    desk.post(url("events_announcement_change", row.pk), given)

    assert "New York time" in desk.get(url("index")).content.decode()


def test_list_of_an_event_is_the_desk_of_that_event(desk, berlin, new_york):
    work_on(desk, berlin)

    page = desk.get(url("events_announcement_changelist"), {"event__id__exact": new_york.pk}).content.decode()
    form = desk.get(url("events_announcement_add")).context["adminform"].form

    assert ("New York time" in page, "Berlin time" in page) == (True, False)
    assert int(form["event"].value()) == new_york.pk


@pytest.mark.parametrize(
    "page",
    [
        lambda event: url("intake_deadletter_changelist") + f"?event={DeadLetterFactory(event_id=event.pk).event_id}",
        lambda event: url("events_guestlist_change", GuestListFactory(event=event).pk),
        lambda event: url("tracks_scheduleimport_change", ScheduleImportFactory(event=event).pk),
        lambda event: url("events_event_step", event.pk, "publish"),
        lambda event: url("tracks_session_history", SessionFactory(event=event).pk),
    ],
)
def test_page_of_another_event_is_headed_by_it(desk, berlin, new_york, page):
    address = page(new_york)
    work_on(desk, berlin)

    shown = desk.get(address).content.decode()

    assert ("New York time" in shown, "Berlin time" in shown) == (True, False)


def test_event_of_others_is_not_worked_on_by_its_number(desk, berlin, other_event):
    work_on(desk, berlin)

    page = desk.get(url("events_announcement_changelist"), {"event__id__exact": other_event.pk}).content.decode()

    assert ("Berlin time" in page, "Undertow" in page) == (True, False)


@pytest.mark.parametrize("number", ["x", "9" * 40, "-1", ""])
def test_strange_number_of_an_event_breaks_no_list(desk, berlin, number):
    assert desk.get(url("events_announcement_changelist"), {"event": number}).status_code in (200, 302)


def test_menu_of_events_counts_nobody(desk, berlin, new_york):
    with CaptureQueriesContext(connection) as queries:
        desk.get(url("intake_deadletter_changelist"))

    counted = [one["sql"] for one in queries if "registered_count" in one["sql"] or "came_count" in one["sql"]]
    assert counted == []
