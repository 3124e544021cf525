"""Uploads to S3 with a real browser and a real front process: a lost page goes on where it stopped, and no byte of a
file passes through the platform, whose memory stays flat; on disk too."""

import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import expect

from apps.accounts import services as accounts
from apps.media.adapters.storage import PART_SIZE
from tests.bench import upload as bench
from tests.media.test_browser import PARTS, PATIENCE_MS, large  # noqa: F401 - a fixture
from tests.plugins.platform import free_port, running, wait_for
from tests.plugins.s3 import REGION, S3

FILE_BYTES = 96 * 1024 * 1024
MOST_GROWN_KB = 40 * 1024


@pytest.fixture(scope="module")
def front(process_environment):
    """Starts a front process of its own, whose memory no other file's tests have filled."""

    @contextmanager
    def start(name, **more):
        port = free_port()
        url, log = f"http://127.0.0.1:{port}", settings.HOME / "logs" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        command = (sys.executable, "-m", "apps.live.server", "events_platform.front:application", "--port", str(port))
        with running(*command, log=log, **process_environment, **more, SITE_URL=url, PORT=str(port)) as process:
            wait_for(f"{url}/healthz", process, log)
            yield url, process

    return start


@pytest.fixture(scope="module")
def s3(s3_server):
    """A bucket for the processes of this file; the test itself keeps nothing there."""
    found = S3(s3_server, "uploads")
    found.client.create_bucket(Bucket=found.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    return found


@pytest.fixture(scope="module")
def cloud(front, s3):
    """One with its files in the suite's S3: its address, and the process."""
    with front("cloud", **s3.environment) as found:
        yield found


def parts_sent(page, host):
    """The parts that the page has sent whole; what else it sent to the platform with a body is told in `own`."""
    page.sent, page.own = [], []

    def heard(request):
        if request.method == "PUT":
            page.sent.append(request.url)
        elif urlsplit(request.url).netloc == host:
            page.own.append(len(request.post_data_buffer or b""))

    page.on("requestfinished", heard)


def grown(url, pid, event, organiser, tmp_path):
    """By how many KB the process had more at its highest, while a film of nothing came in; and what passed through."""
    _token, secret = accounts.create_token(organiser, name="Sender", wanted=["files:write"], days=30)
    sender = bench.Sender(url, secret, event.slug)
    sender.send(bench.sparse(tmp_path / "first.mp4", 1024 * 1024))  # what a process does once is not the file's
    sender.through_web = 0
    with bench.watching(pid) as memory:
        told = sender.send(bench.sparse(tmp_path / "film.mp4", FILE_BYTES))
    assert told["asset"]["size"] == FILE_BYTES
    return memory.highest - memory.before, sender.through_web


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_file_for_s3_passes_through_the_platform(event, organiser, cloud, tmp_path):
    url, process = cloud

    more, through_web = grown(url, process.pid, event, organiser, tmp_path)

    assert through_web < 1000 * (FILE_BYTES // PART_SIZE)
    assert more < MOST_GROWN_KB


@pytest.mark.django_db(transaction=True)
def test_three_parts_then_a_new_page_sends_the_missing_ones(event, organiser, cloud, new_page, large, s3):  # noqa: F811
    url, _process = cloud
    host, bucket = urlsplit(url).netloc, urlsplit(s3.url).netloc

    def page_of_cloud():
        page = new_page(organiser)
        page.context.add_cookies([{**cookie, "url": url} for cookie in own_cookies(page)])
        parts_sent(page, host)
        page.goto(f"{url}/admin/media/asset/add/")
        return page

    first = page_of_cloud()
    first.route(f"{s3.url}/**", lambda route: route.abort() if len(first.sent) >= 3 else route.continue_())
    first.set_input_files("upload-file input[type=file]", large)
    expect(first.locator("[data-words]").first).to_contain_text("Trying again", timeout=PATIENCE_MS)
    first.close()

    second = page_of_cloud()
    second.set_input_files("upload-file input[type=file]", large)
    expect(second.locator(".upload-row")).to_have_attribute("data-state", "done", timeout=PATIENCE_MS)

    sent = first.sent + second.sent
    assert len(first.sent) >= 3
    assert len(sent) == PARTS
    assert {urlsplit(url).netloc for url in sent} == {bucket}
    assert max(first.own + second.own) < 10_000 < PART_SIZE


def own_cookies(page):
    return [{"name": cookie["name"], "value": cookie["value"]} for cookie in page.context.cookies()]


@pytest.mark.django_db(transaction=True)
def test_memory_stays_flat_while_a_file_comes_to_disk(event, organiser, front, tmp_path):
    with front("disk") as (url, process):
        more, through_web = grown(url, process.pid, event, organiser, tmp_path)

    assert through_web > FILE_BYTES
    assert more < MOST_GROWN_KB
