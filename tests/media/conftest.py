"""Films made by a real ffmpeg, and both places where files may lie: a folder, and an S3 server over HTTP."""

import subprocess
from urllib.parse import urlsplit

import pytest
import requests

from apps.media.adapters import ffmpeg
from events_platform import parts
from tests.plugins.told import told  # noqa: F401


@pytest.fixture
def disk(settings, tmp_path):
    settings.AWS_STORAGE_BUCKET_NAME = ""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


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
def small_clip(films):
    """A second of 180p without sound: quick to make playable."""
    return make(films / "small.mp4", *picture("320x180", "10", 1), *FAST)


@pytest.fixture
def sent(monkeypatch):
    """What was told to workers: (task, args)."""
    from celery import current_app

    heard = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args=(), **_: heard.append((name, tuple(args))))
    return heard
