"""That no file passes through the web process: its memory while a large one is uploaded, to disk and to S3.

    python -m tests.bench.upload [--bytes 2147483648] [--json]

One web process as it is deployed (gunicorn, four threads), pinned to one core; whoever uploads, PostgreSQL, Redis and
an S3 server (moto) are others. The file is a film's head and then nothing (a sparse file), sent as the page sends it:
four parts at a time, each with its SHA-256, then completed.

    disk_rss_mb, s3_rss_mb       memory of the web process before the first part
    disk_grown_mb, s3_grown_mb   how much more it had at its highest while the file came
    disk_s, s3_s                 how long it took
    s3_through_web_bytes         bodies that the web process was sent in the S3 case: what the calls say, and no file

Ends with 1 where one grew by more than `MOST_GROWN_MB`.
"""

import argparse
import base64
import hashlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

MOST_GROWN_MB = 64
AT_ONCE = 4
BLOCK = 256 * 1024
ANSWER_SECONDS = 300
HEAD = b"\x00\x00\x00\x20ftypisom" + bytes(20)
REGION = "eu-central-1"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=2 * 1024**3)
    parser.add_argument("--json", action="store_true", help="one line of JSON, last")
    asked = parser.parse_args()
    from tests.bench.hall import services
    from tests.bench.serving import cores
    from tests.plugins.services import collect_static_files

    core, others = cores()
    os.sched_setaffinity(0, others)
    with tempfile.TemporaryDirectory() as folder, services() as environ:
        collect_static_files()  # no page answers without
        film = sparse(Path(folder) / "film.mp4", asked.bytes)
        figures = {"bytes": asked.bytes}
        for name, place in (("disk", on_disk), ("s3", in_s3)):
            with place() as where:
                figures |= measured(name, film, core, environ | where)
    for name, value in figures.items():
        print(f"{name:<22} {value}")
    if asked.json:
        print(json.dumps(figures))
    grown = max(figures["disk_grown_mb"], figures["s3_grown_mb"])
    if grown > MOST_GROWN_MB:
        raise SystemExit(f"The web process grew by {grown} MB.")


def measured(name, film, core, environ):
    from tests.bench.register import Web

    web = Web(core, environ | {"ALLOWED_HOSTS": "127.0.0.1"})
    try:
        event, secret = an_organiser(name)
        sender = Sender(f"http://127.0.0.1:{web.port}", secret, event)
        sender.send(sparse(film.with_name("first.mp4"), 1024 * 1024))  # what a process does once is not the file's cost
        sender.through_web = 0
        with watching(web.worker) as memory:
            began = time.monotonic()
            sender.send(film)
            took = time.monotonic() - began
    finally:
        web.end()
    found = {
        f"{name}_rss_mb": round(memory.before / 1024, 1),
        f"{name}_grown_mb": round((memory.highest - memory.before) / 1024, 1),
        f"{name}_s": round(took, 1),
    }
    return found | ({"s3_through_web_bytes": sender.through_web} if name == "s3" else {})


def an_organiser(slug):
    """An event, and the secret of a token of somebody who brings files to it."""
    from apps.accounts import services
    from tests.factories.events import EventFactory, MembershipFactory

    event = EventFactory(slug=f"bench-{slug}")
    person = MembershipFactory(organisation=event.organisation).user
    _token, secret = services.create_token(person, name="Bench", wanted=["files:write"], days=30)
    return event.slug, secret


def sparse(path, size):
    with path.open("wb") as file:
        file.write(HEAD)
        file.truncate(size)
    return path


@contextmanager
def on_disk():
    yield {}


@contextmanager
def in_s3():
    """moto in a process of its own: it keeps what it is given."""
    import boto3

    from tests.plugins.platform import free_port

    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 60
        while not answers(port) and time.monotonic() < end:
            time.sleep(0.1)
        client = boto3.client("s3", endpoint_url=url, region_name=REGION, aws_access_key_id="testing",
                              aws_secret_access_key="testing")  # fmt: skip
        client.create_bucket(Bucket="bench", CreateBucketConfiguration={"LocationConstraint": REGION})
        yield {**KEYS, "AWS_STORAGE_BUCKET_NAME": "bench", "AWS_S3_ENDPOINT_URL": url}
    finally:
        process.kill()
        process.wait()


def answers(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False


class Memory:
    """In KB: before, and at its highest so far."""

    def __init__(self, pid):
        self.pid, self.before, self.highest = pid, 0, 0
        self.before = self.highest = self.look()

    def look(self):
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@contextmanager
def watching(pid):
    """The memory of a process, looked at twenty times a second for as long as the block lasts."""
    memory, stop = Memory(pid), threading.Event()

    def watch():
        while not stop.wait(0.05):
            memory.highest = max(memory.highest, memory.look())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield memory
    finally:
        stop.set()
        watcher.join()


class Sender:
    """Uploads as static/media/upload-file.js does, for a program with a token."""

    def __init__(self, url, secret, event):
        self.url, self.api = url, f"/api/v1/events/{event}/uploads/"
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self.through_web = 0

    def send(self, path):
        size = path.stat().st_size
        wish = {"file_name": path.name, "size": size, "fingerprint": f"{path.name}-{size}", "checksums": True}
        upload = self.call("POST", "", wish)
        part, key = upload["part_size"], upload["key"]
        numbers = range(1, upload["part_count"] + 1)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda number: self.send_part(path, key, part, number), numbers))
        return self.call("POST", f"{key}/complete/")

    def send_part(self, path, key, size, number):
        offset = (number - 1) * size
        length = min(size, path.stat().st_size - offset)
        wish = {"number": number, "sha256": digest(path, offset, length)}
        [target] = self.call("POST", f"{key}/parts/", {"parts": [wish]})["targets"]
        where = urlsplit(target["url"] if "://" in target["url"] else self.url + target["url"])
        if where.netloc == urlsplit(self.url).netloc:
            self.through_web += length
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=ANSWER_SECONDS)
        headers = {**target["headers"], "Content-Length": str(length)}
        connection.request("PUT", f"{where.path}?{where.query}", blocks(path, offset, length), headers)
        status = connection.getresponse().status
        connection.close()
        assert status in (200, 204), (number, status)

    def call(self, method, path, body=None):
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=ANSWER_SECONDS)
        said = json.dumps(body or {}).encode()
        self.through_web += len(said)
        connection.request(method, self.api + path, said, self.headers)
        answer = connection.getresponse()
        found = answer.read()
        connection.close()
        assert answer.status in (200, 201), (path, answer.status, found[:500])
        return json.loads(found)


def blocks(path, offset, length):
    with path.open("rb") as file:
        file.seek(offset)
        while length > 0 and (block := file.read(min(BLOCK, length))):
            length -= len(block)
            yield block


def digest(path, offset, length):
    found = hashlib.sha256()
    for block in blocks(path, offset, length):
        found.update(block)
    return base64.b64encode(found.digest()).decode()


if __name__ == "__main__":
    main()
