"""Transcripts in real browsers: two editors of one line, a captioner and her reader, a quote that is sought."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from apps.core import clock
from apps.media import selectors
from tests.factories.media import EncodingFactory, TranscriptFactory, VideoFactory
from tests.factories.tracks import SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def film(event):
    encoding = EncodingFactory(organisation=event.organisation)
    film = VideoFactory(event=event, state="ready", encoding=encoding, title="A year in levels", seconds=8)
    SessionFactory(event=event, is_over=True, video=film)
    return film


@pytest.fixture
def words(film):
    return TranscriptFactory(asset=film, said=["Eleven mayors.", "Eleven maps.", "Two rivers."])


def line(page, number):
    return page.locator("[data-line]").nth(number)


def text(page, number):
    return line(page, number).locator("[data-field=text]")


def stands(words):
    return list(selectors.lines_of(words).values_list("text", flat=True))


def test_two_editors_lose_nothing(words, organiser, moderator, new_page, axe):
    mine, yours = new_page(organiser), new_page(moderator)
    for page in (mine, yours):
        page.goto(f"/e/freshet/transcripts/{words.pk}/")
        expect(line(page, 2)).to_be_visible()
    axe(mine)

    text(mine, 0).fill("Twelve mayors.")
    expect(text(yours, 0)).to_have_value("Twelve mayors.")

    # Neither hears of the other before both have typed into the same line.
    saves = "**/desk/transcripts/**"
    mine.route(saves, lambda route: route.abort())
    text(mine, 1).fill("Mine.")
    text(yours, 1).fill("Yours.")
    expect(yours.locator("[data-part=status]")).to_have_text("Saved")
    expect(line(mine, 1).locator("blockquote")).to_have_text("Yours.")
    expect(text(mine, 1)).to_have_value("Mine.")
    mine.unroute(saves)
    line(mine, 1).get_by_role("button", name="Keep mine").click()
    expect(text(yours, 1)).to_have_value("Mine.")
    assert stands(words) == ["Twelve mayors.", "Mine.", "Two rivers."]

    text(yours, 0).focus()
    text(yours, 0).evaluate("field => field.setSelectionRange(6, 6)")
    yours.keyboard.press("Alt+s")
    expect(text(mine, 1)).to_have_value("mayors.")
    assert stands(words) == ["Twelve", "mayors.", "Mine.", "Two rivers."]


def test_page_that_was_asked_for_before_a_save_takes_nothing_back(words, organiser, moderator, new_page):
    mine, yours = new_page(organiser), new_page(moderator)
    address, held = f"**/e/freshet/transcripts/{words.pk}/", []
    for page in (mine, yours):
        page.goto(f"/e/freshet/transcripts/{words.pk}/")
        expect(line(page, 2)).to_be_visible()

    mine.route(address, lambda route: held.append((route, route.fetch())))
    with mine.expect_request(address):
        text(yours, 2).fill("Three rivers.")
    text(mine, 0).fill("Twelve mayors.")
    expect(mine.locator("[data-part=status]")).to_have_text("Saved")
    route, as_it_stood = held[0]
    assert "Twelve mayors." not in as_it_stood.text()
    route.fulfill(response=as_it_stood)

    expect(text(mine, 2)).to_have_value("Three rivers.")
    expect(text(mine, 0)).to_have_value("Twelve mayors.")
    mine.unroute_all(behavior="ignoreErrors")


def test_what_a_captioner_types_is_read_along(event, moderator, attendee, new_page, axe):
    now = clock.now()
    session = SessionFactory(event=event, starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(minutes=30))
    writer, reader = new_page(moderator), new_page(attendee, **PHONE)
    reader.goto(session.get_absolute_url())
    writer.goto(f"/e/freshet/captions/session/{session.pk}/?language=en")
    field = writer.locator("textarea[name=text]")
    field.fill("Eleven may")
    said = reader.locator("live-captions [data-part=says] p")
    expect(said).to_have_text(["Eleven may"])
    field.fill("Eleven mayors and eleven maps.")
    field.press("Enter")
    expect(said).to_have_text(["Eleven mayors and eleven maps."])
    expect(writer.locator("[data-part=said] li p")).to_have_text(["Eleven mayors and eleven maps."])
    axe(writer)


def test_a_transcript_is_searched_and_copied_from(words, attendee, new_page, axe):
    page = new_page(attendee)
    page.goto(f"/e/freshet/media/{words.asset.key}/watch/?t=2&language=en")
    lines = page.locator("transcript-panel li")
    expect(lines).to_have_count(3)
    expect(page.locator("transcript-panel [aria-current]")).to_contain_text("Eleven maps.")
    page.get_by_role("searchbox", name="Search in what is said").fill("RIVERS")
    expect(page.locator("transcript-panel li:not([hidden]) p")).to_have_text(["Two rivers."])
    axe(page)
    expect(page.locator("transcript-panel [data-part=status]")).to_have_text("Said in 1 place")
    with page.expect_download() as saved:
        page.get_by_role("link", name="SRT").click()
    assert "Two rivers." in saved.value.path().read_text()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lines.nth(2).get_by_role("button").click()
    expect(page.locator("plenary-toast")).to_contain_text("The quote is copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“Two rivers.” (A year in levels, 0:04)\n")
    assert copied.endswith(f"/e/freshet/media/{words.asset.key}/watch/?t=4&language=en")


def test_a_click_on_what_was_said_leads_to_its_second_and_all_of_it_can_be_taken_away(words, attendee, new_page):
    page = new_page(attendee)
    page.goto(f"/e/freshet/media/{words.asset.key}/watch/?language=en")
    page.evaluate("() => { document.querySelector('video-player').go = (at) => { window.wentTo = at; }; }")
    lines = page.locator("transcript-panel li")
    lines.nth(2).locator("p").click()
    assert page.evaluate("window.wentTo") == 4
    lines.nth(1).get_by_role("link").click()
    assert page.evaluate("window.wentTo") == 2
    assert page.url.endswith("/watch/?language=en")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Text", exact=True).click()
    assert taken.value.suggested_filename.endswith(".txt")
    assert "Two rivers." in taken.value.path().read_text()
