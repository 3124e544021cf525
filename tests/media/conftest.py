"""Films made by a real ffmpeg, and both places where files may lie: a folder, and an S3 server over HTTP."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from secrets import token_hex
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests
from django.db import transaction
from django.test import override_settings

from apps.core import clock
from apps.media import services
from apps.media.adapters import ffmpeg
from apps.media.models import Asset, Chapter, Encoding, Watched
from apps.media.registry import store
from events_platform import parts
from tests.factories.media import EncodingFactory, VideoFactory
from tests.factories.tracks import SessionFactory
from tests.media import playing
from tests.media.pushing import wait_until
from tests.plugins.platform import START_SECONDS, running
from tests.plugins.told import told  # noqa: F401


@pytest.fixture
def disk(settings, tmp_path):
    settings.AWS_STORAGE_BUCKET_NAME = ""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def work(tmp_path, monkeypatch):
    """This machine's folder of unfinished work."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def bucket(s3, settings):
    """The suite's S3 server, talked to as in production."""
    settings.AWS_S3_CLIENT_CONFIG = parts.s3_client()
    return s3


@pytest.fixture(params=["disk", "bucket"])
def anywhere(request):
    """The test runs twice: with files on disk, and with files in S3."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def get(client):
    """Fetches an address as a browser would: our own through Django, a bucket's over HTTP."""

    def fetch(url, **headers):
        if urlsplit(url).scheme:
            answer = requests.get(url, headers=headers, timeout=60)
            return answer.status_code, answer.content, answer.headers
        answer = client.get(url, headers=headers)
        return answer.status_code, b"".join(answer) if answer.streaming else answer.content, answer.headers

    return fetch


@pytest.fixture
def put(client):
    def send(target, body):
        if urlsplit(target["url"]).scheme:
            answer = requests.put(target["url"], data=body, headers=target["headers"], timeout=60)
            return answer.status_code
        return client.put(target["url"], body, content_type="application/octet-stream").status_code

    return send


def make(path, *arguments):
    subprocess.run([ffmpeg.binary(), "-loglevel", "error", "-y", *arguments, str(path)], check=True, timeout=120)
    return path


def picture(size="1280x720", rate="10", seconds=5):
    return ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}")


def tone(seconds=5):
    return ("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}")


FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")


@pytest.fixture(scope="session")
def films(tmp_path_factory):
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="session")
def clip(films):
    """Five seconds of 720p with sound and English words inside."""
    words = films / "words.srt"
    words.write_text("1\n00:00:00,500 --> 00:00:02,000\nEleven mayors and eleven maps.\n\n")
    return make(
        films / "clip.mp4", *picture(), *tone(), "-i", str(words), *FAST,
        "-c:s", "mov_text", "-metadata:s:s:0", "language=eng",
    )  # fmt: skip


@pytest.fixture(scope="session")
def talk(films):
    """Five seconds of 240p with sound."""
    return make(films / "talk.mp4", *picture("426x240", "10", 5), *tone(5), *FAST)


@pytest.fixture(scope="session")
def small_clip(films):
    """A second of 180p without sound: quick to make playable."""
    return make(films / "small.mp4", *picture("320x180", "10", 1), *FAST)


@pytest.fixture(scope="session")
def small_film(films):
    """Fourteen seconds of 180p with sound and English words inside."""
    words = films / "small-words.srt"
    words.write_text("1\n00:00:00,500 --> 00:00:02,000\nEleven mayors.\n\n2\n00:00:06,000 --> 00:00:09,000\nMaps.\n\n")
    return make(
        films / "small-film.mp4", *picture("320x180", "10", 14), *tone(14), "-i", str(words), *FAST,
        "-c:s", "mov_text", "-metadata:s:s:0", "language=eng",
    )  # fmt: skip


@pytest.fixture(scope="session")
def ladders(tmp_path_factory):
    """Where the ladders of films lie that `playable` brought, and by film what the row says."""
    return SimpleNamespace(folder=tmp_path_factory.mktemp("ladders"), rows={})


@pytest.fixture
def playable(event, ladders, tmp_path_factory):
    """Brings a film that is made playable; the same ladder as in every other test, made with the first."""

    def bring(path, title="Eleven towns"):
        if path not in ladders.rows:
            ladders.rows[path] = made_once(event, path, ladders.folder)
        encoding = Encoding(organisation=event.organisation, **ladders.rows[path])
        copy = tmp_path_factory.mktemp("ladder") / "files"
        shutil.copytree(ladders.folder / encoding.folder, copy)
        store().put_tree(copy, encoding.folder, lambda _bytes: None)
        encoding.save()
        return services.ingest_file(event, path, title=title, wait=True)

    return bring


def made_once(event, path, folder):
    """A ladder in a folder of its own; of the rows only what one says is left."""
    with override_settings(AWS_STORAGE_BUCKET_NAME="", MEDIA_ROOT=folder), transaction.atomic():
        made = services.ingest_file(event, path, title="Eleven towns", wait=True).encoding
        transaction.set_rollback(True)
    known = [field.name for field in Encoding._meta.concrete_fields if field.name not in {"id", "organisation"}]
    return {name: getattr(made, name) for name in known}


@pytest.fixture
def sent(monkeypatch):
    """What was told to workers: (task, args)."""
    from celery import current_app

    heard = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args=(), **_: heard.append((name, tuple(args))))
    return heard


@pytest.fixture(scope="session")
def rendered(tmp_path_factory):
    """A film of forty seconds with two pictures and two sounds, as HLS."""
    return playing.render(tmp_path_factory.mktemp("hls"))


@pytest.fixture
def recorded(event):
    """A session that is over; its recording is of forty seconds, with captions in two languages and three chapters."""
    captions = [{"language": "en", "file": "captions-0.vtt"}, {"language": "de", "file": "captions-1.vtt"}]
    encoding = EncodingFactory(organisation=event.organisation, seconds=playing.SECONDS, captions=captions)
    film = VideoFactory(event=event, state=Asset.State.READY, encoding=encoding, seconds=playing.SECONDS)
    for begins, title in ((0, "Good morning"), (12.5, "What the gauges say"), (30, "Questions")):
        Chapter.objects.create(asset=film, begins=begins, title=title)
    begun = clock.now() - timedelta(hours=2)
    return SessionFactory(event=event, starts_at=begun, ends_at=begun + timedelta(hours=1), video=film)


@pytest.fixture
def watching(recorded, rendered, new_page, attendee):
    """Opens the recording's page: (page, stream). `person` None is a visitor, who sees no film."""

    def open_page(person=attendee, *, path="", width=1280, before=None, master=playing.MASTER, **options):
        page = new_page(person, viewport={"width": width, "height": 900}, **options)
        stream = playing.Stream(page, rendered, master)
        if before:
            before(page)
        page.goto(recorded.get_absolute_url() + path)
        page.locator("video-player .deck").wait_for()
        return page, stream

    return open_page


@pytest.fixture
def told_beats():
    """Rounds until what a page told of somebody is written; `beyond` a place of the film."""

    def wait(film, person, beyond=0.0):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            services.write_watched()
            row = Watched.objects.filter(asset=film, person=person, place__gt=beyond).first()
            if row is not None:
                return row
            time.sleep(0.1)
        raise AssertionError("No beat came.")

    return wait


@pytest.fixture
def new_gate(platform, process_environment, tmp_path):
    """Starts the `ingest` role as a process of its own; gives its address and the process."""
    with ExitStack() as stack:
        yield lambda **environment: stack.enter_context(ingesting(tmp_path, **process_environment, **environment))


@contextmanager
def ingesting(folder, **environment):
    """Its address for encoders, and the process."""
    log = folder / f"ingest-{token_hex(4)}.log"
    command = (sys.executable, "-m", "django", "ingest", "--port=0", "--settings=events_platform.settings")
    with running(*command, log=log, **environment) as process:
        said = partial(re.search, r"Listening at (\S+)")
        found = wait_until(lambda: said(log.read_text()), seconds=START_SECONDS, told=log.read_text)
        yield f"rtmp://{found[1]}/live", process


@pytest.fixture(scope="module")
def gate_process(front_process, process_environment, tmp_path_factory):
    with ingesting(tmp_path_factory.mktemp("gate"), **process_environment) as found:
        yield found


@pytest.fixture
def gate(gate_process, platform):
    """The address of one that serves all tests of a file."""
    address, process = gate_process
    assert process.poll() is None, "the ingest has ended"
    return address
