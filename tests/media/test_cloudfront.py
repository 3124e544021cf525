"""Addresses behind CloudFront: their signatures hold for the public key, and a playlist costs one of them."""

import base64
import json
import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.signers import CloudFrontSigner
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.core.files.storage import default_storage

from apps.media import selectors
from apps.media.adapters import s3 as adapter
from apps.media.registry import WINDOW_SECONDS, store
from tests.factories.media import EncodingFactory

DOMAIN = "d111111abcdef8.cloudfront.net"
INDEX = '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4,\n0.m4s\n#EXTINF:4,\n1.m4s\n'


@pytest.fixture(scope="session")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def pem(key):
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


@pytest.fixture
def distribution(bucket, settings, pem):
    """The bucket, with CloudFront before it."""
    settings.AWS_S3_CUSTOM_DOMAIN = DOMAIN
    settings.AWS_CLOUDFRONT_KEY_ID = "K2JCJMDEHXQW5F"
    settings.AWS_CLOUDFRONT_KEY = pem
    assert default_storage.custom_domain == DOMAIN
    return bucket


def unsafe(value):
    """CloudFront's own base64."""
    return base64.b64decode(value.translate(str.maketrans("-_~", "+=/")))


def policy_of(url, key):
    """What an address was signed for; raises InvalidSignature."""
    plain, _, _query = url.partition("Expires=")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["Key-Pair-Id"] == "K2JCJMDEHXQW5F"
    if "Policy" in asked:
        policy = unsafe(asked["Policy"])
    else:  # the canned one is not in the address: CloudFront writes it anew
        when = {"DateLessThan": {"AWS:EpochTime": int(asked["Expires"])}}
        said = {"Statement": [{"Resource": plain.rstrip("?&"), "Condition": when}]}
        policy = json.dumps(said, separators=(",", ":")).encode()
    key.public_key().verify(unsafe(asked["Signature"]), policy, padding.PKCS1v15(), hashes.SHA1())
    (statement,) = json.loads(policy)["Statement"]
    return statement["Resource"], statement["Condition"]["DateLessThan"]["AWS:EpochTime"]


def test_an_address_is_signed_for_that_file_until_the_end_of_the_next_window(distribution, key):
    url = store().url("assets/a b/original")

    resource, end = policy_of(url, key)

    assert resource == f"https://{DOMAIN}/assets/a%20b/original"
    assert time.time() + WINDOW_SECONDS <= end <= time.time() + 2 * WINDOW_SECONDS
    assert end % WINDOW_SECONDS == 0


def test_how_a_file_is_named_and_typed_is_signed_with_it(distribution, key):
    url = store().url("assets/a/original", file_name="Plan & Größe.pdf", content_type="application/pdf", save=True)

    asked = parse_qs(urlsplit(url).query)

    assert policy_of(url, key)[0] == url.partition("&Expires=")[0]
    assert asked["response-content-type"] == ["application/pdf"]
    assert asked["response-content-disposition"] == ["attachment; filename*=utf-8''Plan%20%26%20Gr%C3%B6%C3%9Fe.pdf"]


def test_a_signature_holds_for_no_other_file(distribution, key):
    url = store().url("assets/a/original").replace("/a/", "/b/")

    with pytest.raises(InvalidSignature):
        policy_of(url, key)


def test_an_address_is_the_same_in_every_process(distribution):
    before = store().url("assets/a/original")
    adapter._signed.cache_clear()

    assert store().url("assets/a/original") == before


@pytest.fixture
def playlist(db, distribution, monkeypatch, tmp_path):
    """A rung's playlist as it is handed out, and how many signatures it took."""
    encoding = EncodingFactory(rungs=[{"name": "720p", "height": 720}])
    path = tmp_path / "index.m3u8"
    path.write_text(INDEX)
    store().put(path, f"{encoding.folder}/720p/index.m3u8", content_type="application/vnd.apple.mpegurl")
    signed = []
    real = CloudFrontSigner.generate_presigned_url
    monkeypatch.setattr(
        CloudFrontSigner,
        "generate_presigned_url",
        lambda self, url, **how: signed.append(url) or real(self, url, **how),
    )
    return encoding, selectors.rung_playlist(encoding, "720p"), signed


def test_a_playlist_is_signed_once_for_all_its_segments(playlist, key):
    encoding, text, signed = playlist
    urls = re.findall(r'https:[^"\n]+', text)
    folder = f"https://{DOMAIN}/{encoding.folder}/720p"

    assert [url.partition("?")[0] for url in urls] == [f"{folder}/init.mp4", f"{folder}/0.m4s", f"{folder}/1.m4s"]
    assert {policy_of(url, key)[0] for url in urls} == {f"{folder}/*"}
    assert signed == [f"{folder}/*"]


def test_uploads_still_go_to_the_bucket_itself(distribution):
    upload = store().begin("assets/a/original", checksums=False)

    from apps.media.registry import PartWish

    (target,) = store().targets("assets/a/original", upload, [PartWish(1, 0, 10)])
    assert target.url.startswith(distribution.url)
