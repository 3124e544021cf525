"""The parts that the presence of several variables chooses together: databases, and where files lie."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from events_platform.env import Address, database, number, text, words

REPLICA_OPTIONS: dict[str, object] = {
    # It may be away: a page waits for it so long at most, once in a while, and is then made from the primary.
    "connect_timeout": 2,
    "tcp_user_timeout": 5000,
    # Whatever the address leads to (a cluster of one has its reader at the primary), nothing is written there.
    "options": "-c default_transaction_read_only=on",
}


def databases(embedded: dict[str, object]) -> dict[str, dict[str, object]]:
    """Django's DATABASES: the primary, and its reader where one is named."""
    kept = {
        "CONN_MAX_AGE": number("DATABASE_CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
    found = {"default": {**(database("DATABASE_URL") or embedded), **kept}}
    if replica := database("DATABASE_REPLICA_URL", REPLICA_OPTIONS):
        if not text("DATABASE_URL"):
            raise ImproperlyConfigured("DATABASE_REPLICA_URL is the reader of DATABASE_URL, which is not set.")
        # The suite's tests see one database under both names; those of the router bring two of their own.
        found["replica"] = {**replica, **kept, "TEST": {"MIRROR": "default"}}
    return found


@dataclass(frozen=True)
class Ingest:
    """Where encoders and green rooms send live streams, and what is made of them."""

    port: int
    socket_port: int
    url: str
    """As encoders are told it."""
    secret: str = field(repr=False)
    rungs: tuple[int, ...]
    """Short sides."""
    socket_path: str = "/media-socket/"
    """Where pages reach the green rooms' port, at their own address."""


LIVE_SIDES = (240, 360, 480, 720, 1080)


def ingest(site_url: str) -> Ingest:
    port = number("INGEST_PORT", 1935, most=65535)
    url = text("INGEST_URL") or f"rtmp://{urlsplit(site_url).hostname}{'' if port == 1935 else f':{port}'}/live"
    wanted = words("LIVE_RUNGS", ("360", "720", "1080"))
    if not wanted or any(word not in map(str, LIVE_SIDES) for word in wanted):
        raise ImproperlyConfigured(f"LIVE_RUNGS must be some of {', '.join(map(str, LIVE_SIDES))}.")
    return Ingest(
        port,
        number("INGEST_SOCKET_PORT", 1936, most=65535),
        url,
        text("INGEST_SECRET"),
        tuple(sorted(map(int, wanted))),
    )


def s3_client() -> object:
    """How S3 is talked to: no call without an end, and addresses that a browser can use as they are."""
    from botocore.config import Config

    return Config(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=60,
        retries={"max_attempts": 4, "mode": "standard"},
        max_pool_connections=16,
        # A presigned address must not demand a checksum header that only the SDK would add.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@dataclass(frozen=True)
class CloudFront:
    """A distribution in front of the bucket, and the key that signs its addresses."""

    domain: str
    key_id: str
    key: str = field(repr=False)


def cloudfront() -> CloudFront | None:
    """All of it or nothing; the key is the PEM itself (with `\\n` for its line ends, if need be) or a file's path."""
    names = ("CLOUDFRONT_DOMAIN", "CLOUDFRONT_KEY_ID", "CLOUDFRONT_KEY")
    domain, key_id, key = map(text, names)
    missing = [name for name in names if not text(name)]
    if len(missing) == len(names):
        return None
    if missing:
        raise ImproperlyConfigured(f"{' and '.join(missing)} must be set too: CloudFront needs {', '.join(names)}.")
    if not text("AWS_STORAGE_BUCKET_NAME"):
        raise ImproperlyConfigured("CLOUDFRONT_DOMAIN stands before a bucket: set AWS_STORAGE_BUCKET_NAME.")
    if "/" in domain or ":" in domain:
        raise ImproperlyConfigured(
            f"CLOUDFRONT_DOMAIN must be a host name such as d111.cloudfront.net; it is {domain!r}."
        )
    return CloudFront(domain.lower(), key_id, _private_key("CLOUDFRONT_KEY", key))


def file_origins(distribution: CloudFront | None) -> list[str]:
    """The origins that a page reads files from and sends uploads to, for its security policy."""
    before = [f"https://{distribution.domain}"] if distribution else []
    return [*words("MEDIA_ORIGINS", _bucket_origins()), *before]


def _bucket_origins() -> tuple[str, ...]:
    bucket, endpoint, region = text("AWS_STORAGE_BUCKET_NAME"), text("AWS_S3_ENDPOINT_URL"), text("AWS_REGION")
    if not bucket:
        return ()
    if endpoint:
        parts = urlsplit(endpoint)
        return (f"{parts.scheme}://{parts.netloc}",)
    plain = f"https://{bucket}.s3.amazonaws.com"
    return (plain, f"https://{bucket}.s3.{region}.amazonaws.com") if region else (plain,)


def _private_key(name: str, value: str) -> str:
    """The PEM of an RSA key. What is wrong with it is said without showing it."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = value.replace("\\n", "\n")
    if "-----BEGIN" not in pem:
        try:
            pem = Path(value).expanduser().read_text()
        except (OSError, ValueError):
            raise ImproperlyConfigured(f"{name} is neither a private key (PEM) nor a file that can be read.") from None
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        raise ImproperlyConfigured(f"{name} holds no private key that can be read (PEM, without a password).") from None
    if not isinstance(key, RSAPrivateKey):
        raise ImproperlyConfigured(f"{name} must hold an RSA key.")
    return pem


@dataclass(frozen=True)
class MediaConvert:
    """Who encodes films at AWS instead of a worker's ffmpeg: the role that it takes on, and its queue."""

    role: str
    queue: str = ""


def mediaconvert() -> MediaConvert | None:
    role, queue = text("MEDIACONVERT_ROLE"), text("MEDIACONVERT_QUEUE")
    if not role:
        if queue:
            raise ImproperlyConfigured("MEDIACONVERT_ROLE must be set too: MEDIACONVERT_QUEUE alone does nothing.")
        return None
    if not role.startswith("arn:") or ":role/" not in role:
        raise ImproperlyConfigured(f"MEDIACONVERT_ROLE must be a role's ARN (arn:aws:iam::…:role/…); it is {role!r}.")
    if not text("AWS_STORAGE_BUCKET_NAME"):
        raise ImproperlyConfigured("MEDIACONVERT_ROLE reads and writes a bucket: set AWS_STORAGE_BUCKET_NAME.")
    return MediaConvert(role, queue)


def ses(mail: Address) -> dict[str, object]:
    """Anymail's settings for `ses://region?configuration_set=name`."""
    found: dict[str, object] = {"AMAZON_SES_CLIENT_PARAMS": {"region_name": mail.host or None}}
    if name := mail.query.get("configuration_set"):
        found["AMAZON_SES_CONFIGURATION_SET_NAME"] = name
    return found


def webhook_secret() -> str:
    """`name:password`, by which the mail service proves itself (HTTP basic); empty where nobody shall tell us."""
    secret = text("ANYMAIL_WEBHOOK_SECRET")
    name, _, password = secret.partition(":")
    if secret and (not name or len(password) < 16):
        raise ImproperlyConfigured("ANYMAIL_WEBHOOK_SECRET must be name:password, the password of 16 letters or more.")
    return secret
