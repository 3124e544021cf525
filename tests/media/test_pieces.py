"""A long film is made in pieces that join without a seam, and a killed worker loses one of them at most."""

from dataclasses import replace
from fractions import Fraction

import av
import pytest
from PIL import ImageChops, ImageStat

from apps.core import clock
from apps.media import services
from apps.media.adapters import disk as disk_store
from apps.media.adapters import encode, pieces, storyboard
from apps.media.adapters.probe import Source
from apps.media.models import TranscodeJob
from apps.media.services import making
from tests.media import renditions
from tests.media.conftest import FAST, make, picture, tone


@pytest.fixture
def short_pieces(monkeypatch):
    """Of two segments, rather than ten minutes."""
    monkeypatch.setattr(pieces, "PIECE_SEGMENTS", 2)


@pytest.fixture(scope="session", params=["10", "24000/1001"])
def long_film(request, films):
    rate = request.param
    name = f"long-{rate.replace('/', '-')}.mp4"
    # The key frames of the source lie elsewhere than ours.
    return make(films / name, *picture("426x240", rate, 21), *tone(21), *FAST, "-g", "37")


def in_pieces(film, output):
    source = renditions.source_of(film)
    folders = []
    for piece in encode.pieces_of(source):
        folder = output / piece.name
        folder.mkdir(parents=True)
        encode.make_piece(piece, source, film, folder, renditions.ignore)
        folders.append(folder)
    (output / "sounds").mkdir()
    encode.make_sounds(source, film, output / "sounds", renditions.ignore, loudness=())
    (output / "ladder").mkdir()
    board = storyboard.plan(source)
    made = encode.join_pieces(source, folders, output / "sounds", output / "ladder", renditions.ignore, board=board)
    return made, len(folders)


def test_pieces_join_to_what_one_run_makes(long_film, tmp_path, short_pieces):
    (tmp_path / "one").mkdir()
    one = renditions.made_of(long_film, tmp_path / "one")
    joined, count = in_pieces(long_film, tmp_path)
    assert count == 2
    assert joined.seconds == pytest.approx(one.seconds, abs=0.01)
    assert [sound["name"] for sound in joined.sounds] == ["sound"]
    assert joined.has_storyboard
    alone, together = tmp_path / "one" / "240p", tmp_path / "ladder" / "240p"
    assert renditions.durations(together) == pytest.approx(renditions.durations(alone), abs=0.001)
    first, second = renditions.shown(alone), renditions.shown(together)
    assert second.frames == first.frames
    assert second.key_frames == first.key_frames
    assert second.seconds == pytest.approx(first.seconds, abs=0.001)
    assert most_different(alone, together) < 12  # another frame of this film differs by 25 and more


def most_different(first, second):
    """The largest mean difference of a picture of one to that at the same time of the other, 0 to 255."""
    found = []
    with av.open(str(first / "joined.mp4")) as one, av.open(str(second / "joined.mp4")) as other:
        for left, right in zip(one.decode(video=0), other.decode(video=0), strict=True):
            assert left.time == pytest.approx(right.time, abs=0.001)
            found.append(max(ImageStat.Stat(ImageChops.difference(left.to_image(), right.to_image())).mean))
    return max(found)


@pytest.mark.parametrize(
    ("changed", "count"),
    [
        ({}, 6),
        ({"duration": 1199}, 0),
        ({"duration": 1200}, 2),
        ({"is_divisible": False}, 0),
        ({"width": 0, "height": 0}, 0),
        ({"duration": 5 * 3600}, 30),
    ],
)
def test_only_what_is_long_and_even_is_divided(changed, count):
    film = replace(Source(3600, 1280, 720, Fraction(25), 0, (), "mov", is_divisible=True), **changed)
    found = encode.pieces_of(film)
    assert len(found) == count
    assert [piece.is_last for piece in found] == [False] * (count - 1) + [True] * bool(count)


def test_a_rate_that_varies_is_not_divided(films):
    film = make(
        films / "uneven.mp4", *picture("426x240", "10", 8), "-vf", "select='lt(mod(t,2),1)'", "-fps_mode", "vfr", *FAST
    )
    assert not renditions.source_of(film).is_divisible


class Killed(BaseException):
    """Ends the worker where it stands, as a signal would."""


def test_pieces_that_are_done_are_not_made_again(disk, event, sent, short_pieces, films, monkeypatch):
    film = make(films / "twice.mp4", *picture("426x240", "10", 21), *tone(21), *FAST)
    asset = services.ingest_file(event, film, title="Eleven towns")
    real, begun = encode.make_piece, []

    def make_piece(piece, source, path, output, beat):
        begun.append(piece.number)
        real(piece, source, path, output, beat)
        if begun == [0, 1]:
            raise Killed

    monkeypatch.setattr(encode, "make_piece", make_piece)
    with pytest.raises(Killed):
        services.run_job(asset.job.pk)
    TranscodeJob.objects.update(leased_until=clock.now() - making.LEFTOVER_AFTER)
    assert services.run_job(asset.job.pk)
    assert begun == [0, 1, 1]
    asset.refresh_from_db()
    assert asset.seconds == pytest.approx(21, abs=0.2)
    folder = disk_store.DiskStore().root / asset.encoding.folder
    assert renditions.shown(folder / "240p").key_frames == [0.0, 4.0, 8.0, 12.0, 16.0, 20.0]
    assert renditions.heard(folder / "sound")[0] == pytest.approx(21, abs=0.1)
