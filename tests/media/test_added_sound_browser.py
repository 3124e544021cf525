"""A sound that was recorded apart is chosen in the page's player, and heard with the film to its end."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from apps.core import clock
from apps.media import services
from tests.factories.tracks import SessionFactory
from tests.media.conftest import FAST, make, picture, tone
from tests.media.playing import plays_beyond
from tests.media.pushing import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_MS = 60_000
ENDED = "() => document.querySelector('video-player video').ended"


def brought(event, path, title):
    """Ready, whoever prepares it: where a worker runs it may have been quicker."""
    key = services.ingest_file(event, path, title=title, wait=True).key
    return wait_until(lambda: event.assets.filter(key=key, state="ready").first())


def test_added_sound_is_chosen_and_plays_to_the_end(event, films, organiser, new_page):
    film = brought(event, make(films / "with-added.mp4", *picture("320x180", "10", 9), *tone(9), *FAST), "Towns")
    sound = brought(event, make(films / "added.mp3", *tone(4)), "Booth two")
    row = services.add_sound(film, sound, language="de", role="interpreted", title="Booth two", begins=2)
    services.run_added_sound(row.pk)
    made = wait_until(lambda: event.added_sounds.get().rendition).key
    begun = clock.now() - timedelta(hours=2)
    session = SessionFactory(event=event, starts_at=begun, ends_at=begun + timedelta(minutes=30), video=film)
    page = new_page(organiser)
    page.goto(session.get_absolute_url())

    page.locator("video-player [data-part=start]").click()
    plays_beyond(page, 0.2)
    page.locator("video-player [data-part=settings]").click()
    sounds = page.get_by_role("group", name="Sound", exact=True).get_by_role("radio")
    expect(sounds).to_have_count(2)
    with page.expect_request(f"**/{made}/sound/00000.m4s*"):
        page.get_by_role("radio", name="Booth two", exact=True).check()
    page.wait_for_function(ENDED, timeout=PATIENCE_MS)

    assert page.evaluate("() => document.querySelector('video-player video').currentTime") == pytest.approx(9, abs=0.3)
    expect(page.get_by_role("radio", name="Booth two", exact=True)).to_be_checked()
