"""Somebody with a (fake) camera in a real browser goes on stage, and a second browser sees them; the producer sees who
waits, switches between two, and speaks to them."""

import subprocess

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.media.adapters import ffmpeg
from apps.media.models import Contribution, Stream
from apps.tracks import services
from tests.factories.events import EventRoleFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory
from tests.media import contributing
from tests.media.conftest import new_gate  # noqa: F401
from tests.media.playing import plays_beyond
from tests.media.pushing import wait_until
from tests.plugins.browser import FLAGS, WAIT_MS, executable, sign_in

MOST_RETURN_S = 1.0
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


def film_of(folder, colour):
    """What a fake camera shows: one colour, as Chromium reads it."""
    path = folder / f"{colour}.y4m"
    source = ("-f", "lavfi", "-i", f"color={colour}:size=320x180:rate=15:duration=1", "-pix_fmt", "yuv420p")
    subprocess.run([ffmpeg.binary(), "-loglevel", "error", "-y", *source, path], check=True, timeout=60)
    return path


@pytest.fixture
def fake_camera(driven_browser, platform, tmp_path):
    """Opens pages of browsers that have a camera, which shows one colour, and a microphone."""
    browsers = []

    def make(person, colour, **options):
        film = f"--use-file-for-fake-video-capture={film_of(tmp_path, colour)}"
        browser = driven_browser.browser_type.launch(
            executable_path=executable(), args=[*FLAGS, *contributing.FAKE_DEVICES, film]
        )
        browsers.append(browser)
        context = browser.new_context(base_url=platform.url, locale="en-GB", **options)
        context.set_default_timeout(WAIT_MS)
        context.add_init_script(contributing.KEEP_SOCKET)
        sign_in(context, person, platform.url)
        return context.new_page()

    yield make
    for browser in browsers:
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
    contributing.go_in(page, reverse("tracks:green_room", args=[session.event.slug, session.slug]))


def alike(one, other):
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 40


RED, BLUE = 0, 2


def is_mostly(page, selector, colour):
    """Whether what is seen there is red, or blue."""
    seen = page.evaluate(COLOUR, selector)
    return seen[colour] > 2 * seen[2 - colour]


def row_of(producer, name):
    return producer.locator(".stage-room li", has_text=name)


@pytest.mark.django_db(transaction=True)
def test_a_camera_goes_on_stage_another_follows_and_the_audience_sees_both(
    event, session, ingest, fake_camera, new_page, attendee, organiser, axe
):
    """One story, because what it needs (an ingest, three browsers, a stream on air) is most of its cost."""
    producer, viewer = new_page(organiser), new_page(attendee)
    amara = fake_camera(speaker_of(session, "Amara"), "red")
    go_in(amara, session)
    wait_until(lambda: amara.evaluate("document.querySelector('level-meter meter').value > 0.05"))
    amara.get_by_role("button", name="I am ready").click()
    axe(amara)

    producer.goto(reverse("tracks:stage", args=[event.slug, session.slug]))
    expect(row_of(producer, "Amara").get_by_text("Ready")).to_be_visible()
    axe(producer)
    viewer.goto(session.get_absolute_url())
    expect(viewer.get_by_text("The picture comes as soon as there is one.")).to_be_visible()

    row_of(producer, "Amara").get_by_role("button", name="Put on stage").click()
    expect(amara.get_by_text("You are on stage.")).to_be_visible(timeout=5000)
    expect(amara.get_by_text("Everybody sees and hears you.")).to_be_visible(timeout=5000)
    expect(viewer.locator("#stage video-player[data-stream]")).to_be_visible(timeout=30_000)
    plays_beyond(viewer, 1)
    assert is_mostly(amara, "canvas", RED), "the fake camera is not black"
    wait_until(lambda: alike(amara.evaluate(COLOUR, "canvas"), viewer.evaluate(COLOUR, "#stage video")))

    # The line breaks, and nobody touches anything.
    return_s = amara.evaluate(contributing.BREAK) / 1000
    print("return_s", return_s)
    assert return_s <= MOST_RETURN_S
    had = Stream.objects.get().segments
    wait_until(lambda: Stream.objects.get().segments > had + 1)

    # The producer sees and hears who waits beside who is on stage.
    kofi = fake_camera(speaker_of(session, "Kofi"), "blue")
    go_in(kofi, session)
    for name, colour in [("Amara", RED), ("Kofi", BLUE)]:
        expect(row_of(producer, name).locator("img[data-glimpse]")).to_be_visible()
        number = Contribution.objects.get(person__name=name).pk
        wait_until(lambda: is_mostly(producer, f'[data-contributor="{number}"] img[data-glimpse]', colour))  # noqa: B023
    wait_until(lambda: float(row_of(producer, "Kofi").locator("meter").evaluate("one => one.value")) > 0)

    # Who waits sees what the audience sees, without its sound, and reads what the producer says to them alone.
    expect(kofi.locator("green-stage video-player[data-stream]")).to_be_visible()
    assert kofi.locator("green-stage video").evaluate("one => one.muted")
    producer.get_by_label("Who is meant").select_option("Kofi")
    producer.get_by_label("A line to the speakers").fill("You are next.")
    producer.get_by_role("button", name="Say it").click()
    expect(kofi.locator("[data-part=cue]")).to_have_text("You are next.")
    expect(amara.get_by_role("log").get_by_text("You are next.")).to_be_visible()
    expect(amara.locator("[data-part=cue]")).to_be_hidden()
    kofi.get_by_label("A line to the producer").fill("I am ready.")
    kofi.get_by_role("button", name="Say it").click()
    expect(producer.get_by_role("log").get_by_text("I am ready.")).to_be_visible()

    assert is_mostly(viewer, "#stage video", RED)
    row_of(producer, "Kofi").get_by_role("button", name="Put on stage").click()
    expect(kofi.get_by_text("You are on stage.")).to_be_visible()
    assert "On stage" in kofi.title()
    expect(amara.get_by_text("You are in the green room.")).to_be_visible()
    wait_until(lambda: is_mostly(viewer, "#stage video", BLUE))

    row_of(producer, "Kofi").get_by_role("button", name="Take off the stage").click()
    expect(kofi.get_by_text("You are in the green room.")).to_be_visible(timeout=5000)
    wait_until(lambda: not Stream.objects.get().air)
