"""Random names: tokens for secret links, keys for programs, guids for things that leave the platform."""

import hashlib
import hmac
import secrets
import string
import uuid
import zlib

LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
KEY_CHARS, CHECK_CHARS = 32, 6


def new_token(nbytes: int = 20) -> str:
    """A URL-safe secret; 20 bytes are 160 bits."""
    return secrets.token_urlsafe(nbytes)


def new_guid() -> uuid.UUID:
    return uuid.uuid4()


def new_key(prefix: str) -> str:
    """A secret that scanners of code can tell: the prefix, 32 letters and digits (190 bits), and six that check them
    (CRC-32 of all before it), so that no list of leaked secrets holds one by chance."""
    start = prefix + "".join(secrets.choice(LETTERS) for _ in range(KEY_CHARS))
    return start + _check(start)


def is_key(text: str, prefix: str) -> bool:
    """Whether it has the form of such a secret; said without looking anything up."""
    start, check = text[:-CHECK_CHARS], text[-CHECK_CHARS:]
    if len(text) != len(prefix) + KEY_CHARS + CHECK_CHARS or not text.startswith(prefix) or not text.isascii():
        return False
    return hmac.compare_digest(check, _check(start))


def digest(secret: str) -> str:
    """What is kept of a secret that is too long to be guessed: by it a row is found, and nothing can be made of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _check(text: str) -> str:
    number, found = zlib.crc32(text.encode()), ""
    for _place in range(CHECK_CHARS):
        number, rest = divmod(number, len(LETTERS))
        found = LETTERS[rest] + found
    return found
