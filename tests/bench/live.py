"""How late a live stream is: from a picture at the encoder to the same picture in a browser's `<video>`.

    python -m tests.bench.live [--seconds 20] [--size 1280x720] [--relay] [--json]

ffmpeg pushes over RTMP, in real time; the time of day is in each picture as black and white blocks
(`tests/media/pushing.py`). `manage.py ingest` makes the ladder, the front process serves a session's page, and Chromium
shows it with the platform's own player, which nobody touches. Twice a second the blocks are read back from the
`<video>`, and held against the clock of the page: both are this machine's. PostgreSQL and Redis are private ones, files
lie on disk. With `--relay` the push goes through nginx with its RTMP module (docs/ingest.md).

    live_latency_s       median of what was read, to be 8 or less
    live_latency_most_s  the most of it
    first_picture_s      from the encoder's start until a page that is open already shows its picture
    back_s               the encoder is killed and begins anew at once: until the page shows what the new one sends
    cut_s                from revoking the key until the encoder's connection ends, to be 2 or less

Then somebody comes into the green room, with Chromium's fake camera, and is put on stage (docs/green_room.md); of five
times the median:

    green_room_on_s      from putting them on stage until theirs is the picture on air
    green_room_back_s    their line breaks: until the page is back by itself, to be 1 or less
    green_room_air_s     the same, until their picture is on air again
    green_room_off_s     from taking them off the stage until their picture is not on air, to be 1 or less

Ends with 1 where one of the limits is not kept.
"""

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.bench.hall import services

MOST_LATENCY_S = 8
MOST_CUT_S = 2
MOST_ROOM_S = 1
TIMES = 5
MOST_WAIT_S = 30
VIDEO = "#stage video-player video"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=20, help="for so long the picture is read")
    parser.add_argument("--size", default="1280x720", help="of what is pushed")
    parser.add_argument("--relay", action="store_true", help="nginx before the gate")
    parser.add_argument("--json", action="store_true", help="one line of JSON, last")
    asked = parser.parse_args()
    with services() as environ, tempfile.TemporaryDirectory(prefix="plenary-bench-") as folder, ExitStack() as stack:
        figures = Bench(Path(folder), environ, stack).run(asked.seconds, asked.size, relayed=asked.relay)
    for name, value in figures.items():
        print(f"{name:<20} {value}")
    if asked.json:
        print(json.dumps(figures))
    if wrong := faults(figures):
        sys.exit("\n".join(wrong))


def faults(figures):
    """Which limits were not kept."""
    limits = {
        "live_latency_s": MOST_LATENCY_S,
        "cut_s": MOST_CUT_S,
        "green_room_back_s": MOST_ROOM_S,
        "green_room_off_s": MOST_ROOM_S,
    }
    broken = {name: most for name, most in limits.items() if figures[name] > most}
    return [f"{name} is {figures[name]}, and not {most} or less." for name, most in broken.items()]


class Bench:
    def __init__(self, folder, environ, stack):
        from tests.media.contributing import FAKE_DEVICES
        from tests.plugins.browser import chromium
        from tests.plugins.platform import RELAY_SECRET, free_port
        from tests.plugins.services import collect_static_files

        self.folder, self.stack = folder, stack
        self.environ = environ | {"INGEST_SECRET": RELAY_SECRET, "INGEST_SOCKET_PORT": str(free_port())}
        self.browser = stack.enter_context(chromium(*FAKE_DEVICES))
        collect_static_files()

    def run(self, seconds, size, *, relayed):
        from apps.media import selectors
        from apps.media import services as media
        from tests.media.pushing import Encoder, wait_until

        session, stream, person = a_stage()
        site, gate = self.start_site(), self.start_gate()
        if relayed:
            gate = self.start_relay(site, gate)
        key = selectors.secret_of(stream.keys.get(input="primary", revoked_at=None))
        page = self.open_page(site, person)
        page.goto(session.get_absolute_url())

        def push():
            encoder = Encoder(f"{gate}/{key}", size=size)
            self.stack.callback(encoder.kill)
            return encoder, time.time()

        def waited_for(moment):
            wait_until(lambda: self.read(page, moment), told=lambda: str(self.read(page, 0)))
            return time.time() - moment

        encoder, began = push()
        first = waited_for(began)
        late = self.samples(page, began, seconds)
        encoder.kill()
        wait_until(lambda: not selectors.health(stream.event_id, stream.pk)["inputs"][0]["is_here"])
        encoder, again = push()
        back = waited_for(again)
        revoked = time.monotonic()
        media.revoke_key(stream, which="primary")
        wait_until(lambda: encoder.ended_at)
        return {
            "size": size,
            "relayed": relayed,
            "samples": len(late),
            "live_latency_s": round(statistics.median(late), 2),
            "live_latency_most_s": round(max(late), 2),
            "first_picture_s": round(first, 2),
            "back_s": round(back, 2),
            "cut_s": round(encoder.ended_at - revoked, 2),
            **self.green_room(site, session, stream),
        }

    def green_room(self, site, session, stream):
        from apps.media import services as media
        from apps.media.models import Contribution
        from tests.media.contributing import BREAK, go_in

        def until(is_on):
            began = time.monotonic()
            while Contribution.objects.get().is_on_air != is_on:
                if time.monotonic() > began + MOST_WAIT_S:
                    sys.exit(f"Nobody came {'on' if is_on else 'off'} air in {MOST_WAIT_S} seconds.")
                time.sleep(0.01)
            return time.monotonic() - began

        found = {"on": [], "back": [], "air": [], "off": []}
        page = self.open_page(site, a_speaker(session))
        go_in(page, f"{session.get_absolute_url()}green-room/")
        for _time in range(TIMES):
            media.put_on_stage(stream, Contribution.objects.get().pk)
            found["on"].append(until(True))
            broken = time.monotonic()
            found["back"].append(page.evaluate(BREAK) / 1000)
            until(True)
            found["air"].append(time.monotonic() - broken)
            media.take_off_stage(stream, Contribution.objects.get().pk)
            found["off"].append(until(False))
        return {f"green_room_{name}_s": round(statistics.median(seconds), 2) for name, seconds in found.items()}

    # What is measured -----------------------------------------------------------------------------------------
    def start_site(self):
        from tests.plugins.platform import free_port, running, wait_for

        port, log = free_port(), self.folder / "front.log"
        site = f"http://127.0.0.1:{port}"
        command = (sys.executable, "-m", "apps.live.server", "events_platform.front:application", "--port", str(port))
        environ = self.environ | {"SITE_URL": site, "PORT": str(port)}
        front = self.stack.enter_context(running(*command, log=log, **environ))
        wait_for(f"{site}/healthz", front, log)
        return site

    def start_gate(self):
        from tests.media.pushing import wait_until
        from tests.plugins.platform import START_SECONDS, running

        log = self.folder / "ingest.log"
        command = (sys.executable, "-m", "django", "ingest", "--port=0", "--settings=events_platform.settings")
        self.stack.enter_context(running(*command, log=log, **self.environ))
        said = partial(re.search, r"Listening at (\S+)")
        found = wait_until(lambda: said(log.read_text()), seconds=START_SECONDS, told=log.read_text)
        return f"rtmp://{found[1]}/live"

    def start_relay(self, site, gate):
        from tests.plugins.relay import relaying

        behind = gate.removeprefix("rtmp://").partition("/")[0]
        return self.stack.enter_context(relaying(self.folder, site=site, gate=behind)).url

    def open_page(self, site, person):
        from tests.media.contributing import KEEP_SOCKET
        from tests.plugins.browser import sign_in

        context = self.browser.new_context(base_url=site, locale="en-GB")
        context.add_init_script(KEEP_SOCKET)
        sign_in(context, person, site)
        return context.new_page()

    # The clock in the picture ---------------------------------------------------------------------------------
    def read(self, page, moment):
        """What is on screen, where it plays and was pushed after this moment."""
        from tests.media.pushing import ACROSS, DOWN, READ_CLOCK

        seen = page.evaluate(READ_CLOCK, [ACROSS, DOWN, VIDEO])
        return seen if seen and not seen["paused"] and moment * 1000 < seen["clock"] <= seen["now"] else None

    def samples(self, page, began, seconds):
        found, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            page.wait_for_timeout(500)
            if seen := self.read(page, began):
                found.append((seen["now"] - seen["clock"]) / 1000)
        return found


def a_stage():
    """A session that runs and shows a stream, the stream, and somebody who may watch."""
    from apps.media.models import Stream
    from apps.tracks import services as tracks
    from tests.factories.events import EventFactory, RegistrationFactory
    from tests.factories.tracks import SessionFactory

    event = EventFactory(slug="bench")
    session = SessionFactory(event=event, slug="floods", title="Floods")
    tracks.set_stage(session, {"source": "stream"})
    return session, Stream.objects.get(), RegistrationFactory(event=event).user


def a_speaker(session):
    from tests.factories.events import EventRoleFactory
    from tests.factories.tracks import SessionSpeakerFactory

    user = EventRoleFactory(event=session.event, user__name="Amara").user
    SessionSpeakerFactory(session=session, speaker__user=user)
    return user


if __name__ == "__main__":
    main()
