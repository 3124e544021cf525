"""The parts that several variables choose together: a reader of the database, CloudFront before the bucket."""

import json
import os
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.exceptions import ImproperlyConfigured

from events_platform import parts

EMBEDDED = {"ENGINE": "django.db.backends.postgresql", "NAME": "plenary"}


def written(key):
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


@pytest.fixture(scope="module")
def pem():
    return written(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture
def given(monkeypatch, pem):
    """Sets variables; without a word, a whole CloudFront."""

    def give(**changes):
        whole = {
            "AWS_STORAGE_BUCKET_NAME": "plenary-files",
            "CLOUDFRONT_DOMAIN": "d111.cloudfront.net",
            "CLOUDFRONT_KEY_ID": "K2JC",
            "CLOUDFRONT_KEY": pem,
        }
        for name, value in (whole | changes).items():
            monkeypatch.setenv(name, value)

    return give


def test_without_a_reader_there_is_one_database(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_REPLICA_URL", raising=False)

    assert list(parts.databases(EMBEDDED)) == ["default"]


def test_a_reader_is_read_only_and_waited_for_briefly(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://app@db/plenary")
    monkeypatch.setenv("DATABASE_REPLICA_URL", "postgres://app@reader/plenary?connect_timeout=1")

    found = parts.databases(EMBEDDED)["replica"]

    assert (found["HOST"], found["TEST"], found["CONN_HEALTH_CHECKS"]) == ("reader", {"MIRROR": "default"}, True)
    assert found["OPTIONS"] == {**parts.REPLICA_OPTIONS, "connect_timeout": "1"}
    assert "default_transaction_read_only=on" in found["OPTIONS"]["options"]


def test_a_reader_needs_its_primary(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_REPLICA_URL", "postgres://app@reader/plenary")

    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL, which is not set"):
        parts.databases(EMBEDDED)


def test_without_its_variables_there_is_no_cloudfront(given):
    given(CLOUDFRONT_DOMAIN="", CLOUDFRONT_KEY_ID="", CLOUDFRONT_KEY="")

    assert parts.cloudfront() is None


@pytest.mark.parametrize("name", ["CLOUDFRONT_DOMAIN", "CLOUDFRONT_KEY_ID", "CLOUDFRONT_KEY"])
def test_half_a_cloudfront_stops_the_start_and_names_what_is_missing(given, name):
    given(**{name: ""})

    with pytest.raises(ImproperlyConfigured, match=f"^{name} must be set too"):
        parts.cloudfront()


def test_cloudfront_stands_before_a_bucket(given):
    given(AWS_STORAGE_BUCKET_NAME="")

    with pytest.raises(ImproperlyConfigured, match="set AWS_STORAGE_BUCKET_NAME"):
        parts.cloudfront()


def test_the_domain_is_a_host_name(given):
    given(CLOUDFRONT_DOMAIN="https://d111.cloudfront.net/")

    with pytest.raises(ImproperlyConfigured, match="CLOUDFRONT_DOMAIN must be a host name"):
        parts.cloudfront()


def test_the_key_is_given_as_text_in_one_line_or_as_a_file(given, pem, tmp_path):
    path = tmp_path / "key.pem"
    path.write_text(pem)
    found = []
    for value in (pem, pem.replace("\n", "\\n"), str(path)):
        given(CLOUDFRONT_KEY=value)
        found.append(parts.cloudfront().key.strip())

    assert found == [pem.strip()] * 3


def test_a_wrong_key_is_refused_without_being_shown(given):
    given(CLOUDFRONT_KEY="-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----")

    with pytest.raises(ImproperlyConfigured, match="CLOUDFRONT_KEY holds no private key") as refused:
        parts.cloudfront()
    assert "c2VjcmV0" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_key_that_cloudfront_signs_nothing_with_is_refused(given):
    given(CLOUDFRONT_KEY=written(ec.generate_private_key(ec.SECP256R1())))

    with pytest.raises(ImproperlyConfigured, match="CLOUDFRONT_KEY must hold an RSA key"):
        parts.cloudfront()


def test_the_key_is_not_in_what_is_printed_of_it(given, pem):
    given()

    assert pem.splitlines()[1] not in repr(parts.cloudfront())


def test_pages_may_load_from_the_distribution_and_send_to_the_bucket(pem):
    code = (
        "import json; from events_platform import settings as s; from django.conf import settings as d;"
        "print(json.dumps([s.MEDIA_ORIGINS, s.CONTENT_SECURITY_POLICY['DIRECTIVES']['media-src'], s.DATABASE_ROUTERS]))"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://app@db/plenary",
        "DATABASE_REPLICA_URL": "postgres://app@reader/plenary",
        "AWS_STORAGE_BUCKET_NAME": "plenary-files",
        "AWS_REGION": "eu-central-1",
        "CLOUDFRONT_DOMAIN": "d111.cloudfront.net",
        "CLOUDFRONT_KEY_ID": "K2JC",
        "CLOUDFRONT_KEY": pem,
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    origins, sources, routers = json.loads(done.stdout)
    bucket = ["https://plenary-files.s3.amazonaws.com", "https://plenary-files.s3.eu-central-1.amazonaws.com"]
    assert origins == [*bucket, "https://d111.cloudfront.net"]
    assert sources == ["'self'", "blob:", "data:", *origins]
    assert routers == ["apps.core.router.ReplicaRouter"]


@pytest.mark.parametrize("secret", ["no-colon-in-these-letters", ":a-password-of-twenty-letters", "sns:short"])
def test_a_weak_webhook_secret_stops_the_start(monkeypatch, secret):
    monkeypatch.setenv("ANYMAIL_WEBHOOK_SECRET", secret)

    with pytest.raises(ImproperlyConfigured, match="ANYMAIL_WEBHOOK_SECRET must be name:password"):
        parts.webhook_secret()


def test_mediaconvert_needs_a_role_and_a_bucket(monkeypatch):
    for name in ("MEDIACONVERT_ROLE", "MEDIACONVERT_QUEUE", "AWS_STORAGE_BUCKET_NAME"):
        monkeypatch.delenv(name, raising=False)
    assert parts.mediaconvert() is None

    monkeypatch.setenv("MEDIACONVERT_QUEUE", "arn:aws:mediaconvert:eu-west-1:123456789012:queues/films")
    with pytest.raises(ImproperlyConfigured, match="MEDIACONVERT_ROLE must be set too"):
        parts.mediaconvert()
    monkeypatch.setenv("MEDIACONVERT_ROLE", "plenary-convert")
    with pytest.raises(ImproperlyConfigured, match="must be a role's ARN"):
        parts.mediaconvert()
    monkeypatch.setenv("MEDIACONVERT_ROLE", "arn:aws:iam::123456789012:role/plenary-convert")
    with pytest.raises(ImproperlyConfigured, match="set AWS_STORAGE_BUCKET_NAME"):
        parts.mediaconvert()
    monkeypatch.setenv("AWS_STORAGE_BUCKET_NAME", "plenary-files")
    found = parts.mediaconvert()
    assert found.role.endswith("plenary-convert")
    assert found.queue.endswith("films")
