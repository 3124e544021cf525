"""The question on stage over a picture that fills the screen, in a real browser."""

import pytest
from playwright.sync_api import expect

from apps.media.models import Asset
from apps.questions import services
from apps.tracks.models import Session
from tests.factories.media import EncodingFactory, VideoFactory


@pytest.fixture
def filmed(running):
    organisation = running.event.organisation
    film = VideoFactory(
        event=running.event,
        state=Asset.State.READY,
        encoding=EncodingFactory(organisation=organisation, seconds=1800.0),
        seconds=1800.0,
    )
    Session.objects.filter(pk=running.pk).update(video=film)
    return running


def test_question_on_stage_is_seen_in_full_screen(new_page, filmed, ask, speaker, attendee, axe):
    first, second = ask(speaker, "Who keeps the key of the sluice?"), ask(speaker, "Who reads the gauge?")
    services.move_question(first, to="stage")
    page = new_page(attendee)
    page.goto(filmed.get_absolute_url())
    expect(page.locator("video-player .deck")).to_be_visible()
    card = page.locator("video-player [data-card]")
    expect(card).to_have_count(0)

    page.locator("video-player [data-part=full]").click()
    expect(card.locator("[data-over-text]")).to_have_text("Who keeps the key of the sluice?")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        expect(card).to_be_in_viewport(ratio=1)
        axe(page)

    # Hidden by keyboard, for oneself; the next one is shown, and said.
    card.locator("[data-hide]").press("Enter")
    expect(card).to_be_hidden()
    expect(page.locator("video-player [data-part=full]")).to_be_focused()
    services.move_question(second, to="stage")
    expect(card.locator("[data-over-text]")).to_have_text("Who reads the gauge?")
    expect(page.locator("video-player [data-said]")).to_have_text("Being answered now: Who reads the gauge?")
    services.move_question(second, to="answered")
    expect(card).to_be_hidden()

    page.locator("video-player [data-part=full]").click()
    expect(card).to_have_count(0)
