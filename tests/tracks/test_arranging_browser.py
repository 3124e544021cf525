"""The agenda arranged by hand in a real browser: dragged, by keyboard, taken back, and with two organisers at once."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.events.models import Event
from apps.tracks import services
from apps.tracks.models import Session
from apps.tracks.selectors import Spot
from tests.factories.tracks import RoomFactory, SessionFactory

NINE = datetime(2031, 5, 6, 9, tzinfo=UTC)
HALF = timedelta(minutes=30)


@pytest.fixture
def rooms(platform, event):
    Event.objects.filter(pk=event.pk).update(starts_at=NINE, ends_at=NINE + timedelta(hours=8))
    event.refresh_from_db()
    return [RoomFactory(event=event, name=name, position=place) for place, name in enumerate(("Hall", "Cellar"))]


@pytest.fixture
def talks(event, rooms):
    return [
        SessionFactory(event=event, room=rooms[0], title=title, starts_at=NINE + at, ends_at=NINE + at + HALF)
        for title, at in (("Ebb", timedelta()), ("Flow", 2 * HALF))
    ]


@pytest.fixture
def sheet(new_page, organiser, event, talks):
    page = new_page(organiser, viewport={"width": 1440, "height": 1000})
    page.goto(reverse("admin:tracks_session_arrange", args=[event.pk]))
    expect(page.locator('[data-card][role="button"]')).to_have_count(2)
    return page


def card(page, title):
    return page.locator(f'[data-card][data-title="{title}"]')


def where(session):
    session.refresh_from_db()
    return session.room.name, (session.starts_at - NINE) // timedelta(minutes=1), session.state


def drag(page, title, *, rooms=0, minutes=0, onto=None):
    """By so many rooms and minutes, or onto something else."""
    card(page, title).scroll_into_view_if_needed()
    box, area = card(page, title).bounding_box(), page.locator("[data-room]").first.bounding_box()
    each = area["height"] / int(page.locator("[data-sheet]").get_attribute("data-height"))
    x, y = box["x"] + 20, box["y"] + 8
    page.mouse.move(x, y)
    page.mouse.down()
    if onto:
        target = page.locator(onto).bounding_box()
        page.mouse.move(target["x"] + 40, target["y"] + 20, steps=4)
    else:
        page.mouse.move(x + rooms * area["width"], y + minutes / 5 * each, steps=4)
    page.mouse.up()


def test_session_is_dragged_taken_back_taken_off_and_dragged_in_again(sheet, talks):
    ebb, flow = talks
    drag(sheet, "Ebb", rooms=1, minutes=45)
    expect(sheet.locator("[data-said]")).to_contain_text("“Ebb” is in Cellar")
    assert where(ebb) == ("Cellar", 45, "planned")

    sheet.get_by_role("button", name="Undo").click()
    expect(sheet.locator("[data-said]")).to_contain_text("“Ebb” is in Hall")
    assert where(ebb) == ("Hall", 0, "planned")
    sheet.keyboard.press("Control+Shift+z")
    expect(sheet.locator("[data-said]")).to_contain_text("“Ebb” is in Cellar")

    drag(sheet, "Flow", onto="[data-waiting]")
    expect(sheet.locator("[data-waiting]").get_by_text("Flow")).to_be_visible()
    expect(sheet.locator("[data-said]")).to_contain_text("“Flow” waits")
    assert where(flow)[2] == Session.State.UNPLACED

    drag(sheet, "Flow", onto="[data-room]:has([data-card])")
    expect(sheet.locator("[data-said]")).to_contain_text("“Flow” is in Cellar")
    assert where(flow)[2] == Session.State.PLANNED


def test_session_is_moved_by_keyboard_and_the_clash_is_told(sheet, event, talks, axe):
    ebb, flow = talks
    card(sheet, "Ebb").focus()
    sheet.keyboard.press("Enter")
    sheet.keyboard.press("PageDown")
    expect(sheet.locator("[data-said]")).to_have_text("Hall, 10:00 to 10:30. Clashes with Flow.")
    sheet.keyboard.press("Escape")
    assert where(ebb) == ("Hall", 0, "planned")

    for key in ("Enter", "PageDown", "ArrowUp", "Shift+ArrowDown", "Enter"):
        sheet.keyboard.press(key)

    expect(sheet.locator(".ar-clashes li")).to_have_text("“Ebb” and “Flow” are in Hall at the same time.")
    expect(card(sheet, "Ebb")).to_be_focused()
    assert where(ebb) == ("Hall", 55, "planned")
    assert ebb.ends_at - ebb.starts_at == timedelta(minutes=35)
    axe(sheet)

    services.cancel_sessions(sessions=event.sessions.filter(pk=flow.pk))
    expect(card(sheet, "Flow")).to_contain_text("Cancelled")
    expect(sheet.locator("[data-said]")).to_contain_text("Somebody else changed the agenda")
    axe(sheet)


def test_undo_waits_for_the_move_under_way_and_own_moves_are_nobody_elses(sheet, talks):
    ebb, flow = talks
    drag(sheet, "Flow", minutes=60)
    expect(sheet.locator("[data-said]")).to_contain_text("“Flow” is in Hall")
    held, moves = [], re.compile(r"/arrange/\d+/\?day=[\d-]+$")
    sheet.route(moves, lambda route: route.continue_() if held else held.append(route))
    with sheet.expect_request(moves):
        drag(sheet, "Ebb", rooms=1)
    sheet.get_by_role("button", name="Undo").click()
    held[0].continue_()

    expect(sheet.locator("[data-said]")).to_contain_text("“Ebb” is in Hall")
    assert (where(ebb), where(flow)) == (("Hall", 0, "planned"), ("Hall", 120, "planned"))
    with sheet.expect_response(lambda answer: "part=1" in answer.url) as asked:
        pass
    assert asked.value.status == 304

    hand_that_lets_go(sheet)
    assert where(ebb) == ("Hall", 0, "planned")


def hand_that_lets_go(page):
    """By Escape, unseen, or where a menu opens: the card lies where it lay, and no form opens."""
    box = card(page, "Ebb").bounding_box()
    x, y = box["x"] + 20, box["y"] + 8
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y + 4, steps=3)
    expect(page.locator(".ar-card.held")).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".ar-card.held")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)

    for down, then in (({}, {"buttons": 0}), ({"ctrlKey": True}, {"buttons": 1})):
        at = {"pointerType": "mouse", "pointerId": 1, "button": 0, "buttons": 1, "clientX": x, "clientY": y}
        card(page, "Ebb").dispatch_event("pointerdown", at | down)
        card(page, "Ebb").dispatch_event("pointermove", at | then | {"clientY": y + 30})
        expect(page.locator(".ar-card.held")).to_have_count(0)


def test_dialog_says_what_went_wrong_and_who_is_signed_out_is_told(sheet, event, talks, rooms):
    ebb, _flow = talks
    card(sheet, "Ebb").click()
    form = sheet.get_by_role("dialog", name="Ebb")
    form.get_by_label("Minutes").fill("40")
    seen = Spot(ebb.room_id, ebb.starts_at, ebb.ends_at, ebb.state)
    services.place_session(
        event, session_id=ebb.pk, seen=seen, room_id=rooms[1].pk, starts_at=NINE + 4 * HALF, ends_at=NINE + 5 * HALF
    )

    form.get_by_role("button", name="Move").click()
    expect(form.get_by_role("alert")).to_contain_text("Somebody else moved “Ebb” meanwhile")
    expect(card(sheet, "Ebb")).to_contain_text("11:00")
    expect(sheet.locator("arrange-agenda")).not_to_have_attribute("aria-busy", "true")
    form.get_by_role("button", name="Move").click()
    expect(sheet.locator("[data-said]")).to_contain_text("“Ebb” is in Hall")
    assert where(ebb) == ("Hall", 0, "planned")

    sheet.context.clear_cookies()
    expect(sheet.locator("[data-said]")).to_have_text("You are signed out. Load the page again.")


def test_who_comes_second_is_told_and_sees_where_it_is(sheet, event, talks, rooms):
    ebb, _flow = talks
    seen = Spot(ebb.room_id, ebb.starts_at, ebb.ends_at, ebb.state)
    sheet.route("**/arrange/*part=1*", lambda route: route.abort())  # this page has not heard of it yet
    services.place_session(
        event, session_id=ebb.pk, seen=seen, room_id=rooms[1].pk, starts_at=NINE + 4 * HALF, ends_at=NINE + 5 * HALF
    )

    drag(sheet, "Ebb", minutes=20)
    expect(sheet.locator("[data-said]")).to_contain_text("Somebody else moved “Ebb” meanwhile")
    assert where(ebb) == ("Cellar", 120, "planned")

    sheet.unroute("**/arrange/*part=1*")
    expect(sheet.locator(f'[data-room="{rooms[1].pk}"] [data-title="Ebb"]')).to_contain_text("11:00")


def test_empty_place_takes_a_new_session_and_without_scripts_a_form_does(sheet, new_page, organiser, event, rooms):
    room = sheet.locator("[data-room]").last
    area = room.bounding_box()
    room.click(position={"x": 30, "y": area["height"] / 2})
    dialog = sheet.get_by_role("dialog", name="New session")
    dialog.get_by_label("Title").fill("Wells")
    dialog.get_by_role("button", name="Add").click()
    expect(card(sheet, "Wells")).to_be_visible()

    plain = new_page(organiser, java_script_enabled=False)
    plain.goto(sheet.url)
    plain.locator('[data-title="Wells"]').click()
    form = plain.locator("#ar-place")
    form.get_by_label("Room").select_option("Hall")
    form.get_by_role("button", name="Move").click()
    expect(plain.get_by_text("“Wells” is in Hall")).to_be_visible()
