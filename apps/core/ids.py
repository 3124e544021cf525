"""Random names: tokens for secret links, guids for things that leave the platform."""

import secrets
import uuid


def new_token(nbytes: int = 20) -> str:
    """A URL-safe secret; 20 bytes are 160 bits."""
    return secrets.token_urlsafe(nbytes)


def new_guid() -> uuid.UUID:
    return uuid.uuid4()
