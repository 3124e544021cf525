"""What is compressed on the way out, and what must not be."""

import gzip

import brotli
import pytest
from django.http import FileResponse, HttpResponse

from apps.core.compression import CompressionMiddleware

WORDS = b"<p>Every river has plans for you.</p>" * 100


def answer(rf, accepted, **options):
    options = {"content": WORDS, "content_type": "text/html; charset=utf-8"} | options
    return CompressionMiddleware(lambda request: HttpResponse(**options))(rf.get("/", HTTP_ACCEPT_ENCODING=accepted))


@pytest.mark.parametrize(
    ("accepted", "encoding", "open_up"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
    ],
)
def test_a_page_comes_smaller_and_whole(rf, accepted, encoding, open_up):
    response = answer(rf, accepted)

    assert response.headers["Content-Encoding"] == encoding
    assert len(response.content) < len(WORDS) / 4
    assert open_up(response.content).startswith(WORDS + b"<!-- ")
    assert response.headers["Vary"] == "Accept-Encoding"


def test_the_length_of_a_page_tells_nothing(rf):
    assert len({len(answer(rf, "br").content) for _ in range(12)}) > 1


@pytest.mark.parametrize("options", [{"content": b"short"}, {"content_type": "image/png"}])
def test_what_does_not_gain_is_left_alone(rf, options):
    assert not answer(rf, "br", **options).has_header("Content-Encoding")


def test_without_an_offer_nothing_is_compressed(rf):
    response = answer(rf, "")

    assert response.content == WORDS
    assert response.headers["Vary"] == "Accept-Encoding"


def test_a_strong_tag_becomes_weak(rf):
    response = answer(rf, "gzip", headers={"ETag": '"7-3-xml"'}, content_type="application/xml")

    assert response.headers["ETag"] == 'W/"7-3-xml"'
    assert gzip.decompress(response.content) == WORDS


def test_streams_are_left_alone(rf, tmp_path, db):
    file = tmp_path / "notes.txt"
    file.write_bytes(WORDS)
    stream = FileResponse(file.open("rb"), content_type="text/plain")

    response = CompressionMiddleware(lambda request: stream)(rf.get("/", HTTP_ACCEPT_ENCODING="br"))

    assert not response.has_header("Content-Encoding")
    stream.close()
