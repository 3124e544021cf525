"""How many API calls a visitor, a person or a program may make; the first two by the address `addresses` reads."""

from typing import Any

from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

from apps.core import addresses


class _ByPlace:
    def get_ident(self, request: Any) -> str:
        return addresses.place(request.META["REMOTE_ADDR"])


class VisitorRate(_ByPlace, AnonRateThrottle):
    pass


class PersonRate(_ByPlace, UserRateThrottle):
    """Who sits before a page is not slowed down by their own programs."""

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        return None if request.auth is not None else super().get_cache_key(request, view)


class TokenRate(SimpleRateThrottle):
    """Of one token."""

    scope = "token"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        return f"throttle_token_{request.auth.pk}" if request.auth is not None else None


class TokensRate(SimpleRateThrottle):
    """Of all tokens of a person together."""

    scope = "tokens"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        return f"throttle_tokens_{request.user.pk}" if request.auth is not None else None
