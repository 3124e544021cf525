"""A stage in real browsers: a viewer's page follows the presses, and asks no service before its reader does."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.core import clock
from apps.tracks import services
from apps.tracks.models import Stage
from tests.factories.media import EncodingFactory, VideoFactory
from tests.factories.questions import QuestionFactory
from tests.factories.tracks import SessionFactory, StageFactory

PHONE = {"width": 390, "height": 844}
LONG = "Hochwasserschutzgenossenschaftsversammlungsprotokollführerinnen"


@pytest.fixture
def session(platform, event):
    """Begins in two hours; its film was encoded, though nothing of it lies in storage."""
    film = VideoFactory(event=event, state="ready", seconds=600)
    film.encoding = EncodingFactory(organisation=event.organisation, seconds=600)
    film.save()
    begins = clock.now() + timedelta(hours=2)
    return SessionFactory(event=event, slug="floods", title="Floods", video=film, starts_at=begins)


@pytest.fixture
def desk(event, session):
    return reverse("tracks:stage", args=[event.slug, session.slug])


def stays(page):
    """A mark that a page which is loaded anew has lost."""
    page.evaluate("window.stayed = true")
    return lambda: page.evaluate("window.stayed === true")


def test_viewer_follows_each_press_without_loading_the_page_anew(session, desk, attendee, moderator, new_page, axe):
    viewer, producer = new_page(attendee), new_page(moderator)
    viewer.goto(session.get_absolute_url())
    stage = viewer.locator("#stage")
    expect(stage.get_by_text("It begins in 2 hours")).to_be_visible()
    has_stayed = stays(viewer)
    producer.goto(desk)
    expect(producer.locator("[data-state=scheduled]")).to_be_visible()
    axe(producer)

    producer.get_by_role("button", name="Open the lobby").press("Enter")
    expect(stage.get_by_text("The lobby is open")).to_be_visible()
    expect(producer.locator("[data-state=lobby]")).to_be_visible()
    axe(viewer)
    producer.keyboard.press("l")
    expect(producer.locator("[data-state=live]")).to_be_visible()
    expect(stage.locator("video-player[data-live-from]")).to_be_visible()
    producer.keyboard.press("i")
    expect(stage.get_by_text("Intermission")).to_be_visible()
    expect(stage.locator("video-player")).to_have_count(0)
    expect(producer.locator("[data-state=intermission]")).to_be_visible()
    producer.keyboard.press("e")
    sure = producer.get_by_role("button", name="End it now")
    expect(sure).to_be_focused()
    sure.press("Enter")
    expect(stage.get_by_text("This session is over")).to_be_visible()
    expect(producer.locator("[data-state=ended]")).to_be_visible()
    producer.get_by_role("button", name="Show the recording").click()
    expect(stage.locator("video-player:not([data-live-from])")).to_be_visible()

    assert has_stayed()


def test_press_is_taken_back_by_its_key(session, desk, moderator, new_page):
    producer = new_page(moderator)
    producer.goto(desk)
    producer.keyboard.press("l")
    expect(producer.locator("[data-state=live]")).to_be_visible()

    producer.keyboard.press("u")

    expect(producer.locator("[data-state=scheduled]")).to_be_visible()


def test_of_two_producers_the_slower_is_told(session, desk, moderator, organiser, new_page):
    first, second = new_page(moderator), new_page(organiser)
    second.goto(desk)
    first.goto(desk)
    first.keyboard.press("l")
    for page in (first, second):
        expect(page.locator("[data-state=live]")).to_be_visible()

    # In one go, as if the word of it had not come yet.
    second.evaluate("""() => {
      document.querySelector("[name=seen]").value = 0;
      document.querySelector("[value=intermission]").click();
    }""")

    expect(second.locator("plenary-toast").get_by_text("Somebody else was quicker")).to_be_visible()
    assert Stage.objects.get().state == "live"


def test_nothing_is_asked_of_the_service_before_the_click(session, attendee, new_page, axe):
    services.set_stage(session, {"source": "external", "external_url": "https://youtu.be/dQw4w9WgXcQ"})
    services.press(session, "live")
    page, asked = new_page(attendee), []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(content_type="text/html", body="<title>The service</title><p>It plays</p>")

    page.route(re.compile("^https:"), answer)
    page.goto(session.get_absolute_url())
    agree = page.get_by_role("button", name="Play with YouTube")
    expect(agree).to_be_visible()
    axe(page)
    assert asked == []

    agree.press("Enter")

    expect(page.frame_locator("outside-film iframe").get_by_text("It plays")).to_be_visible()
    assert asked[0].startswith("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ")
    page.reload()
    expect(page.frame_locator("outside-film iframe").get_by_text("It plays")).to_be_visible()


def test_nothing_of_a_playlist_elsewhere_is_fetched_before_somebody_plays_it(session, attendee, new_page):
    services.set_stage(session, {"source": "external", "external_url": "https://video.example.org/river.m3u8"})
    services.press(session, "live")
    page, asked = new_page(attendee), []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(content_type="application/vnd.apple.mpegurl", body="#EXTM3U\n")

    page.route(re.compile("^https:"), answer)
    page.goto(session.get_absolute_url())
    expect(page.locator("video-player .deck")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert asked == []

    with page.expect_request("https://video.example.org/river.m3u8"):
        page.locator("video-player [data-part=start]").click()


def test_service_that_is_chosen_while_people_look_comes_to_their_page(session, attendee, new_page):
    page = new_page(attendee)
    page.goto(session.get_absolute_url())
    expect(page.locator("#stage")).to_be_visible()

    services.set_stage(session, {"source": "external", "external_url": "https://vimeo.com/76979871"})
    services.press(session, "live")

    expect(page.get_by_role("button", name="Play with Vimeo")).to_be_visible()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["de", "ar"])
def test_stage_and_its_desk_fit_a_phone_in_long_words_and_from_right_to_left(
    session, event, desk, attendee, moderator, new_page, axe, language
):
    StageFactory(session=session, ended_words=LONG, publish="by_hand")
    event.languages = ["en", "de", "ar"]
    event.save()
    services.press(session, "ended")
    for person, address in ((attendee, session.get_absolute_url()), (moderator, desk)):
        person.language = language
        person.save()
        page = new_page(person, viewport=PHONE)
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        assert fits(page)
        axe(page)


def test_question_beside_the_recording_leads_to_its_second(session, event, attendee, new_page):
    begins = clock.now() - timedelta(hours=2)
    session.starts_at, session.ends_at = begins, begins + timedelta(hours=1)
    session.save()
    QuestionFactory(
        board__event=event, board__session=session, text="Who pays?", created_at=begins + timedelta(seconds=75)
    )
    page = new_page(attendee)
    page.goto(f"{session.get_absolute_url()}#questions")
    sought = page.evaluate_handle("""() => {
      const found = [];
      document.querySelector("video-player").seek = (to) => found.push(to);
      return found;
    }""")

    page.get_by_role("button", name="Play from 1:15").click()

    assert sought.json_value() == [75]
