"""Each kind of HLS output plays to its end in a real browser: by the page's own player, and by hls.js as it is."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from apps.core import clock
from apps.media import selectors, services
from apps.media.selectors.playing import BEHIND_SECONDS
from tests.factories.media import TranscriptFactory
from tests.factories.tracks import SessionFactory
from tests.media import streamed
from tests.media.conftest import FAST, make, picture, tone
from tests.media.playing import plays_beyond
from tests.media.pushing import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_MS = 180_000
TWO_SOUNDS = (
    *picture("320x180", "10", 9), *tone(9), *tone(9), "-map", "0:v", "-map", "1:a", "-map", "2:a", *FAST,
    *("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"),
)  # fmt: skip
FILMS = {
    "rungs": (*picture("640x720", "10", 9), *tone(9), *FAST),
    "portrait": (*picture("180x320", "12.5", 6), *tone(6), *FAST),
    "whole-segments": (*picture("320x180", "10", 8), *tone(8), *FAST),
    "silent": (*picture("320x180", "30000/1001", 5), *FAST),
    "sound-alone": (*tone(9), "-c:a", "aac"),
    "two-sounds": TWO_SOUNDS,
}
HURRY = """() => { const video = document.querySelector("video-player video");
    video.muted = true; video.playbackRate = 8; }"""
ENDED = "() => document.querySelector('video-player video').ended"
PLAY = """async (source) => {
    const { default: Hls } = await import("hls.js");
    const video = Object.assign(document.createElement("video"), { id: "tried", muted: true });
    document.body.append(video);
    const hls = new Hls({ enableWorker: false });
    window.tried = { faults: [], fatal: [], known: [], begins: null };
    hls.on(Hls.Events.ERROR, (_name, data) => {
        window.tried.faults.push(`${data.details}: ${data.error?.message}`);
        if (data.fatal) window.tried.fatal.push(data.details);
    });
    hls.on(Hls.Events.LEVEL_UPDATED, (_name, data) => window.tried.known.push(data.details.skippedSegments));
    hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
    video.addEventListener("playing", () => { window.tried.begins ??= video.currentTime; });
    hls.loadSource(source);
    hls.attachMedia(video);
    window.hls = hls;
}"""
OTHERS = "() => { window.hls.audioTrack = 1; window.hls.subtitleTrack = 0; }"
NEAR = """(due) => {
    const [page] = performance.getEntriesByType("navigation");
    const unknown = (page.responseStart - page.requestStart) / 2000; // within the request the server read its clock
    const { currentTime } = document.querySelector("video-player video");
    return Math.abs(Date.now() / 1000 - due - currentTime) < 1 + unknown;
}"""
TRIED = "() => document.querySelector('#tried').ended"


@pytest.fixture
def film(films, playable):
    """A function that brings a film that plays; each is made once."""

    def made(name, arguments=()):
        path = films / f"plays-{name}.mp4"
        return playable(path if path.exists() else make(path, *(arguments or FILMS[name])))

    return made


@pytest.fixture
def stage(event, organiser, new_page):
    """The page of a session that is over, of which that recording is left."""

    def opened(asset):
        begun = clock.now() - timedelta(hours=2)
        session = SessionFactory(event=event, starts_at=begun, ends_at=begun + timedelta(minutes=30), video=asset)
        page = new_page(organiser)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(session.get_absolute_url())
        return page

    return opened


def played(page):
    page.locator("video-player [data-part=start]").click()
    page.wait_for_function("() => document.querySelector('video-player video').readyState > 2", timeout=PATIENCE_MS)
    page.evaluate(HURRY)
    page.wait_for_function(ENDED, timeout=PATIENCE_MS)
    return page.evaluate("() => document.querySelector('video-player video').currentTime")


@pytest.mark.parametrize("name", FILMS)
def test_film_plays_to_its_end(film, stage, name):
    asset = film(name)

    assert played(stage(asset)) == pytest.approx(asset.seconds, abs=0.3)


def test_recording_that_was_cut_plays_to_its_end(film, stage):
    part = services.cut_asset(film("rungs"), begins=5, ends=9, title="Maps")

    assert played(stage(part)) == pytest.approx(part.seconds, abs=0.3)


def tried(page, source):
    page.evaluate(PLAY, source)
    return page


def tried_to_its_end(page):
    """Of what does not come in real time, in a hurry from where it began."""
    page.wait_for_function("() => window.tried.begins !== null", timeout=PATIENCE_MS)
    page.evaluate("() => { document.querySelector('#tried').playbackRate = 4; }")
    page.wait_for_function(TRIED, timeout=PATIENCE_MS)


def test_what_plays_as_live_plays_to_its_end(film, stage):
    asset = film("long", (*picture("320x180", "10", 60), *tone(60), *FAST))
    page = tried(stage(asset), selectors.simulive_url(asset, clock.now() - timedelta(seconds=53)))

    page.wait_for_function(TRIED, timeout=PATIENCE_MS)

    found = page.evaluate("() => ({ ...window.tried, at: document.querySelector('#tried').currentTime })")
    assert found["faults"] == []
    # It came in near the moment on stage, not at the film's beginning, and was told but of what was new.
    assert 29 < found["begins"] < 54
    assert found["at"] == pytest.approx(asset.seconds, abs=0.5)
    assert max(found["known"]) > 0


def test_loop_goes_on_over_its_end(film, stage):
    asset = film("short-loop", (*picture("320x180", "10", 8), *tone(8), *FAST))
    until = clock.now() + timedelta(seconds=6)
    source = selectors.simulive_url(asset, clock.now() - timedelta(seconds=21), loop=True, until=until)
    page = tried(stage(asset), source)

    page.wait_for_function(TRIED, timeout=PATIENCE_MS)

    found = page.evaluate("() => ({ ...window.tried, at: document.querySelector('#tried').currentTime })")
    assert found["faults"] == []
    assert found["at"] > 24  # three rounds


@pytest.mark.parametrize("seconds_of_sound", [20, 23])
def test_stage_plays_it_over_and_over_a_fixed_time_behind_its_hour(event, film, attendee, new_page, seconds_of_sound):
    name = f"stage-loop-{seconds_of_sound}"
    asset = film(name, (*picture("320x180", "10", 20), *tone(seconds_of_sound), *FAST))
    TranscriptFactory(asset=asset, said=[f"Line {number}" for number in range(10)])
    begins = clock.now() - timedelta(seconds=44)
    session = SessionFactory(event=event, video=asset, starts_at=begins, ends_at=begins + timedelta(minutes=10))
    page = new_page(attendee)
    page.goto(session.get_absolute_url())

    plays_beyond(page, 42)  # the third round

    # Whoever was held up leaps there, or plays a little faster until they are.
    due = begins.timestamp() + BEHIND_SECONDS
    page.wait_for_function(NEAR, arg=due, timeout=PATIENCE_MS)
    expect(page.locator("video-player [data-part=says]")).to_contain_text("Line")


def test_other_sound_plays_to_the_end_with_words(film, stage):
    asset = film("two-sounds")
    TranscriptFactory(asset=asset, said=["Eleven mayors.", "Maps."])
    page = tried(stage(asset), selectors.stream_url(asset))
    page.wait_for_function("() => window.hls.audioTracks.length > 1 && window.hls.subtitleTracks.length > 0")

    page.evaluate(OTHERS)
    tried_to_its_end(page)

    found = page.evaluate("() => ({ ...window.tried, sound: window.hls.audioTrack })")
    assert (found["sound"], found["fatal"]) == (1, [])


@pytest.fixture
def stream(event, tmp_path):
    """Eleven seconds came in, and the encoder went."""
    made = services.create_stream(event, title="The river, live")
    publisher = services.admit(selectors.secret_of(made.keys.get(input="primary")))
    services.renew(publisher, health={"kbps": 900}, comes=True, steady=0.0)
    streamed.bring(publisher, streamed.render(tmp_path), begins=clock.now() - timedelta(seconds=15))
    services.leave(publisher)
    made.refresh_from_db()
    return made


def test_live_stream_and_its_recording_play_to_their_end(event, stream, stage):
    url = selectors.live(stream)["url"]
    services.end_stream(stream)
    services.run_recording(stream.recordings.get().pk)  # where no worker has it yet
    recording = wait_until(lambda: event.assets.filter(state="ready").first(), seconds=60)
    page = stage(recording)

    assert played(page) == pytest.approx(recording.seconds, abs=0.3)
    tried(page, url)
    page.wait_for_function(TRIED, timeout=PATIENCE_MS)
    found = page.evaluate("() => ({ ...window.tried, at: document.querySelector('#tried').currentTime })")
    assert found["faults"] == []
    assert found["at"] == pytest.approx(11, abs=0.3)


def test_cut_begins_at_the_asked_second(film, stage):
    part = services.cut_asset(film("rungs"), begins=5.5, ends=9, title="Maps")
    page = tried(stage(part), selectors.stream_url(part))

    page.wait_for_function(TRIED, timeout=PATIENCE_MS)

    assert page.evaluate("() => window.tried.begins") == pytest.approx(1.5, abs=0.3)
