"""Somebody with a (fake) camera in a real browser goes on stage, and a second browser sees them."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.media.models import Stream
from apps.tracks import services
from tests.factories.events import EventRoleFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory
from tests.media.conftest import new_gate  # noqa: F401
from tests.media.playing import plays_beyond
from tests.media.pushing import wait_until
from tests.plugins.browser import FLAGS, WAIT_MS, executable, sign_in

FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
MOST_RETURN_S = 1.0
KEEP_SOCKET = """
window.WebSocket = class extends WebSocket {
  constructor(url, ...more) {
    super(url, ...more);
    if (String(url).endsWith("/media-socket/")) window.mediaSocket = this;
  }
};
"""
BREAK = """
() => new Promise((done) => {
  const { line } = document.querySelector("green-room");
  const begun = performance.now();
  line.addEventListener("state", () => { if (line.state === "in") done(performance.now() - begun); });
  window.mediaSocket.close();
})
"""
COLOUR = """
(selector) => {
  const seen = document.querySelector(selector);
  const pen = Object.assign(document.createElement("canvas"), { width: 16, height: 9 }).getContext("2d");
  pen.drawImage(seen, 0, 0, 16, 9);
  const { data } = pen.getImageData(0, 0, 16, 9);
  const sums = [0, 0, 0];
  for (let n = 0; n < data.length; n += 1) if (n % 4 < 3) sums[n % 4] += data[n] / (data.length / 4);
  return sums;
}
"""


@pytest.fixture
def fake_camera(driven_browser, platform):
    """Opens pages of a browser that has a camera and a microphone, and gives them to whoever asks."""
    browser = driven_browser.browser_type.launch(executable_path=executable(), args=[*FLAGS, *FAKE])

    def make(person, **options):
        context = browser.new_context(base_url=platform.url, locale="en-GB", **options)
        context.set_default_timeout(WAIT_MS)
        context.add_init_script(KEEP_SOCKET)
        sign_in(context, person, platform.url)
        return context.new_page()

    yield make
    browser.close()


@pytest.fixture
def session(event):
    made = SessionFactory(event=event, slug="floods", title="Floods")
    services.set_stage(made, {"source": "stream"})
    return made


@pytest.fixture
def ingest(new_gate):  # noqa: F811
    """One small rung: two browsers and three encoders share this machine."""
    return new_gate(LIVE_RUNGS="240")


def speaker_of(session, name):
    user = EventRoleFactory(event=session.event, user__name=name).user
    SessionSpeakerFactory(session=session, speaker__user=user)
    return user


def go_in(page, session):
    page.goto(reverse("tracks:green_room", args=[session.event.slug, session.slug]))
    page.get_by_role("button", name="Turn on camera and microphone").click()
    page.locator("[name=size]").select_option("low")
    page.get_by_role("button", name="Go into the green room").click()
    expect(page.get_by_text("You are in the green room.")).to_be_visible()


def alike(one, other):
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 40


@pytest.mark.django_db(transaction=True)
def test_a_camera_goes_on_stage_and_a_second_browser_sees_it(
    event, session, ingest, fake_camera, new_page, attendee, organiser, axe
):
    amara, producer, viewer = fake_camera(speaker_of(session, "Amara")), new_page(organiser), new_page(attendee)
    go_in(amara, session)
    wait_until(lambda: amara.evaluate("document.querySelector('level-meter meter').value > 0.05"))
    amara.get_by_role("button", name="I am ready").click()
    axe(amara)

    producer.goto(reverse("tracks:stage", args=[event.slug, session.slug]))
    row = producer.locator(".stage-room li", has_text="Amara")
    expect(row.get_by_text("Ready")).to_be_visible()
    axe(producer)
    viewer.goto(session.get_absolute_url())
    expect(viewer.get_by_text("The picture comes as soon as there is one.")).to_be_visible()

    row.get_by_role("button", name="Put on stage").click()

    expect(amara.get_by_text("Everybody sees and hears you.")).to_be_visible(timeout=5000)
    expect(viewer.locator("#stage video-player[data-stream]")).to_be_visible(timeout=30_000)
    plays_beyond(viewer, 1)
    sent = amara.evaluate(COLOUR, "canvas")
    assert max(sent) > 60, "the fake camera is not black"
    wait_until(lambda: alike(amara.evaluate(COLOUR, "canvas"), viewer.evaluate(COLOUR, "#stage video")))

    # The line breaks, and nobody touches anything.
    return_s = amara.evaluate(BREAK) / 1000
    print("return_s", return_s)
    assert return_s <= MOST_RETURN_S
    had = Stream.objects.get().segments
    wait_until(lambda: Stream.objects.get().segments > had + 1)

    row.get_by_role("button", name="Take off the stage").click()
    expect(amara.get_by_text("You are in the green room.")).to_be_visible(timeout=5000)
    wait_until(lambda: not Stream.objects.get().air)
