"""The agenda in a real browser: filters at once, stars without leaving, by keyboard, with a screen reader's eyes."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.core import clock
from apps.tracks.models import Session, Star
from tests.factories.tracks import RoomFactory, SessionFactory, SessionSpeakerFactory, TrackFactory


@pytest.fixture
def agenda(platform, event):
    """Ten rooms and twelve tracks of an event that runs: a grid that scrolls, and lists to pick from."""
    # Both within one hour: at four in the morning another day of the programme begins.
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    for number in range(1, 13):
        track = TrackFactory(
            event=event, name=f"Track {number}", slug=f"track-{number}", colour=number, position=number
        )
        room = RoomFactory(event=event, name=f"Room {number}", slug=f"room-{number}", position=number)
        for start in (0, 30):
            session = SessionFactory(
                event=event,
                room=room,
                track=track,
                title=f"Talk {number} at {start}",
                slug=f"talk-{number}-{start}",
                starts_at=now + timedelta(minutes=start),
                ends_at=now + timedelta(minutes=start + 25),
            )
        SessionSpeakerFactory(session=session, speaker__name=f"Zoë Ångström {number}")
    return reverse("tracks:agenda", args=[event.slug])


def visit(page, address):
    """Until it stands: a first visit is drawn again in the reader's zone."""
    page.goto(address)
    expect(page.locator("agenda-view")).not_to_have_attribute("aria-busy", "true")


def test_words_find_sessions_while_they_are_typed(page, agenda):
    visit(page, agenda)

    page.get_by_role("searchbox", name="Search the agenda").press_sequentially("angstrom 7")

    expect(page.locator(".sess h3")).to_have_text(["Talk 7 at 30"])
    expect(page.get_by_role("searchbox", name="Search the agenda")).to_be_focused()
    expect(page).to_have_url(re.compile(r"q=angstrom\+7"))


def test_tracks_are_picked_from_a_list_that_can_be_searched(page, agenda):
    visit(page, agenda)
    page.get_by_role("button", name=re.compile("^Tracks")).click()
    page.get_by_role("searchbox", name="Find a track").fill("track 11")

    page.get_by_role("checkbox", name=re.compile("Track 11")).check()

    expect(page.locator(".sess h3")).to_have_text(["Talk 11 at 0", "Talk 11 at 30"])
    expect(page.get_by_role("searchbox", name="Find a track")).to_be_visible()
    page.go_back()
    expect(page.locator(".sess")).to_have_count(24)


def test_a_star_is_kept_without_leaving_the_page(new_page, agenda, attendee):
    page = new_page(attendee)
    visit(page, agenda)
    star = page.get_by_role("button", name="Star: Talk 3 at 0")

    with page.expect_response("**/agenda/star/") as answer:
        star.press("Enter")

    assert answer.value.status == 200
    expect(star).to_have_attribute("aria-pressed", "true")
    assert Star.objects.get().session.title == "Talk 3 at 0"
    page.reload()
    expect(page.get_by_role("button", name="Star: Talk 3 at 0")).to_have_attribute("aria-pressed", "true")


def test_a_star_that_was_not_kept_is_taken_back(new_page, agenda, attendee):
    page = new_page(attendee)
    visit(page, agenda)
    page.route("**/agenda/star/", lambda route: route.abort())
    star = page.get_by_role("button", name="Star: Talk 3 at 0")

    star.click()

    expect(page.get_by_role("alert")).to_contain_text("The star was not kept")
    expect(star).to_have_attribute("aria-pressed", "false")


def test_without_scripts_forms_do_the_same(new_page, agenda, attendee):
    page = new_page(attendee, java_script_enabled=False)
    visit(page, agenda)

    page.get_by_role("searchbox", name="Search the agenda").fill("Talk 5 at 0")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("button", name="Star: Talk 5 at 0").click()

    expect(page.get_by_role("button", name="Star: Talk 5 at 0")).to_have_attribute("aria-pressed", "true")


def test_times_move_to_the_zone_of_a_browser_that_nobody_knows_yet(page, agenda):
    visit(page, agenda)

    expect(page.locator(".clock [data-city]")).to_have_text("Berlin")
    expect(page.locator(".zone-line [data-city]")).to_have_text("Berlin")
    page.reload()
    expect(page.get_by_role("button", name="Show UTC time")).to_be_visible()


@pytest.mark.parametrize("view", ["", "?view=now", "?q=talk"])
def test_the_agenda_keeps_nobody_out(new_page, axe, agenda, attendee, event, view):
    Star.objects.create(session=event.sessions.first(), user=attendee)
    page = new_page(attendee)
    for width, height in ((390, 844), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        visit(page, f"{agenda}{view}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("place", ["tracks:mine", "tracks:speakers", "core:components"])
def test_the_other_pages_keep_nobody_out(new_page, axe, agenda, attendee, event, place):
    page = new_page(attendee, viewport={"width": 390, "height": 844})
    page.goto(reverse(place, args=[] if place.startswith("core") else [event.slug]))

    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_first_visit_shows_every_time_in_the_readers_own_zone(page, agenda):
    """The server does not know the zone yet; the page must never name one zone and show times of another."""
    visit(page, agenda)

    first = Session.objects.order_by("starts_at").first()
    berlin = first.starts_at.astimezone(ZoneInfo("Europe/Berlin"))
    expect(page.locator("main")).to_contain_text("Berlin time")
    expect(page.locator(".sess").first).to_contain_text(f"{berlin:%H:%M}")
