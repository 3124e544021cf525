"""A live stream on a session's stage: an encoder pushes over RTMP, a viewer's page plays it, and is told of its end."""

import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.media import selectors
from apps.media.models import Stream
from apps.tracks import services
from tests.factories.tracks import SessionFactory
from tests.media.conftest import gate, gate_process  # noqa: F401
from tests.media.playing import plays_beyond
from tests.media.pushing import Encoder

MOST_SECONDS = 90


@pytest.fixture
def encode(gate):  # noqa: F811
    encoders = []

    def start(stream):
        key = selectors.secret_of(stream.keys.get(input="primary", revoked_at=None))
        encoders.append(Encoder(f"{gate}/{key}"))

    yield start
    for encoder in encoders:
        encoder.kill()


@pytest.mark.django_db(transaction=True)
def test_stream_comes_to_the_page_by_itself_and_ends_by_the_control_page(
    event, encode, attendee, organiser, new_page, axe
):
    begun = time.monotonic()
    session = SessionFactory(event=event, slug="floods", title="Floods")
    services.set_stage(session, {"source": "stream"})
    stream = Stream.objects.get()
    viewer, producer = new_page(attendee), new_page(organiser)
    viewer.goto(session.get_absolute_url())
    viewer.evaluate("window.stayed = true")
    expect(viewer.get_by_text("The picture comes as soon as there is one.")).to_be_visible()
    producer.goto(reverse("tracks:stage", args=[event.slug, session.slug]))
    row = producer.locator("stream-inputs tr[data-input=primary]")
    expect(row.get_by_text("Not there")).to_be_visible()
    axe(producer)

    encode(stream)

    expect(row.get_by_text("On air")).to_be_visible(timeout=20_000)
    expect(row.locator("[data-part=size]")).to_have_text("320×180")
    expect(viewer.locator("#stage video-player[data-stream]")).to_be_visible(timeout=30_000)
    plays_beyond(viewer, 1)

    producer.keyboard.press("e")
    producer.get_by_role("button", name="End it now").click()
    expect(viewer.get_by_text("This session is over")).to_be_visible()
    expect(viewer.locator("#stage video-player")).to_have_count(0)
    assert viewer.evaluate("window.stayed")
    assert time.monotonic() - begun < MOST_SECONDS
