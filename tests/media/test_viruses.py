"""The virus scanner: asked over a real socket in clamd's own protocol; what it finds is deleted, and where it is away a
file waits."""

import socket
import socketserver
import struct
import threading
from datetime import timedelta

import pytest

from apps.core import clock
from apps.media import registry, selectors, services
from apps.media.adapters import clamd
from apps.media.models import Asset, FileJob, TranscodeJob
from apps.media.services import preparing
from events_platform import env
from tests.media.test_library import PDF, jpeg

pytestmark = pytest.mark.django_db
VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD"
BAD_PDF = PDF.replace(b"levels", VIRUS)
MOST = 1024 * 1024


class Scanner(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Speaks as clamd does: `zINSTREAM`, blocks with their length before them, an empty one, and then its verdict."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        self.heard, self.blocks = [], []
        super().__init__(("127.0.0.1", 0), Talk)

    @property
    def url(self):
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        data, blocks = b"", 0
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
            blocks += 1
            if len(data) > MOST:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                self.request.shutdown(socket.SHUT_WR)
                while self.rfile.read(65536):
                    pass
                return
        self.server.heard.append(data)
        self.server.blocks.append(blocks)
        self.wfile.write(b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if VIRUS in data else b"stream: OK\0")


@pytest.fixture
def scanner(settings, monkeypatch):
    with Scanner() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setenv("CLAMD_URL", server.url)
        settings.CLAMD = env.address("CLAMD_URL", ("tcp", "unix"))
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def away(settings, monkeypatch):
    """Nobody listens there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("CLAMD_URL", f"tcp://127.0.0.1:{free.getsockname()[1]}")
    settings.CLAMD = env.address("CLAMD_URL", ("tcp", "unix"))


def prepared(asset):
    services.run_file_job(asset.file_job.pk)
    return Asset.every.get(pk=asset.pk)


def test_a_file_is_ready_once_the_scanner_found_nothing(anywhere, event, scanner, sent, attendee, enter):
    asset = services.ingest_file(event, PDF, title="Levels")
    address = f"/e/freshet/media/{asset.key}/file"
    assert (asset.state, enter(attendee).get(address).status_code) == ("processing", 404)

    asset = prepared(asset)

    assert (asset.state, asset.is_scanned) == ("ready", True)
    assert scanner.heard == [PDF]
    assert enter(attendee).get(address).status_code == 302


def test_what_is_infected_is_deleted_and_says_so(anywhere, event, scanner, sent, organiser, enter):
    asset = services.ingest_file(event, BAD_PDF, title="Levels")
    lay_at = asset.original

    asset = prepared(asset)

    assert (asset.state, asset.error, asset.original) == ("failed", "infected", "")
    assert "A virus was found" in selectors.row(asset)["words"]
    assert asset.file_job.detail == "Win.Test.EICAR_HDB-1"
    with pytest.raises(registry.Missing):
        registry.store().size(lay_at)
    assert enter(organiser).get(f"/e/freshet/media/{asset.key}/file").status_code == 404


def test_a_film_is_looked_at_before_it_is_made_playable(disk, event, scanner, sent, small_clip):
    asset = services.ingest_file(event, small_clip, title="Eleven towns")
    assert not TranscodeJob.objects.exists()

    asset = prepared(asset)

    assert TranscodeJob.objects.get().asset == asset
    assert services.run_job(asset.job.pk)


def test_a_scanner_that_is_away_is_asked_again(disk, event, away, sent, settings):
    asset = services.ingest_file(event, PDF, title="Levels")
    for _time in range(FileJob.MOST_ATTEMPTS + 2):
        FileJob.objects.update(not_before=clock.now())
        assert prepared(asset).state == "processing"
    assert FileJob.objects.get().not_before > clock.now()

    settings.CLAMD = None
    FileJob.objects.update(not_before=clock.now())
    services.requeue_file_jobs()

    assert prepared(asset).state == "ready"


def test_a_scanner_that_stays_away_is_told_and_the_file_can_be_tried_again(disk, event, away, sent, settings):
    asset = services.ingest_file(event, PDF, title="Levels")
    FileJob.objects.update(made_at=clock.now() - preparing.SCANNER_PATIENCE - timedelta(hours=1))

    assert prepared(asset).error == "scanner"
    settings.CLAMD = None
    services.prepare_again(Asset.objects.get())

    assert prepared(asset).state == "ready"


def test_a_file_goes_to_the_scanner_in_blocks(scanner, tmp_path):
    path, heard = tmp_path / "file", []
    path.write_bytes(bytes(3 * clamd.BLOCK + 1))

    assert clamd.scan(path, heard.append) == ""

    assert scanner.blocks == [4]
    assert heard[:4] == [clamd.BLOCK, 2 * clamd.BLOCK, 3 * clamd.BLOCK, 3 * clamd.BLOCK + 1]


def test_a_file_that_is_too_large_for_the_scanner(scanner, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(MOST + 2 * clamd.BLOCK))

    with pytest.raises(clamd.TooLarge):
        clamd.scan(path, lambda _sent: None)


def test_a_document_that_the_scanner_does_not_take_is_refused(disk, event, scanner, sent):
    asset = services.ingest_file(event, PDF.replace(b"levels", b"level " * 300_000), title="Levels")

    assert prepared(asset).error == "scan-size"


def test_a_scanner_behind_a_socket_of_this_machine(settings, monkeypatch, tmp_path):
    class Local(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True
        heard, blocks = [], []

    place = tmp_path / "clamd.ctl"
    with Local(str(place), Talk) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setenv("CLAMD_URL", f"unix://{place}")
        settings.CLAMD = env.address("CLAMD_URL", ("tcp", "unix"))
        path = tmp_path / "file"
        path.write_bytes(jpeg())
        found = clamd.scan(path, lambda _sent: None)
        server.shutdown()
        thread.join()

    assert (found, server.heard) == ("", [jpeg()])


def test_a_scanner_that_says_nothing_sensible_is_away(settings, monkeypatch, tmp_path):
    class Mute(socketserver.StreamRequestHandler):
        def handle(self):
            self.rfile.read(10)

    with socketserver.TCPServer(("127.0.0.1", 0), Mute) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setenv("CLAMD_URL", f"tcp://127.0.0.1:{server.server_address[1]}")
        settings.CLAMD = env.address("CLAMD_URL", ("tcp", "unix"))
        path = tmp_path / "file"
        path.write_bytes(PDF)
        with pytest.raises(clamd.Away):
            clamd.scan(path, lambda _sent: None)
        server.shutdown()
        thread.join()
