"""Secrets that must be read again are sealed before they are stored: a copy of the database opens nothing by itself."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(secret: str, *, purpose: str) -> str:
    return _box(purpose).encrypt(secret.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """What was sealed for this purpose; empty where SECRET_KEY has changed since and is no fallback."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _box(purpose: str) -> MultiFernet:
    """Seals with the key of today, and opens with those of before (SECRET_KEY_FALLBACKS)."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_digest(key, purpose))) for key in keys])


def _digest(key: str, purpose: str) -> bytes:
    return hashlib.sha256(f"plenary.sealing.{purpose}\0{key}".encode()).digest()


def mark(text: str, *, purpose: str) -> str:
    """What a text can be known again by, and not be read from: nobody without SECRET_KEY can try texts against it."""
    return _mark(settings.SECRET_KEY, text, purpose)


def marks(text: str, *, purpose: str) -> list[str]:
    """Every mark it may have been given, by the key of today or one of before."""
    return [_mark(key, text, purpose) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _mark(key: str, text: str, purpose: str) -> str:
    return hmac.new(_digest(key, f"mark.{purpose}"), text.encode(), hashlib.sha256).hexdigest()
