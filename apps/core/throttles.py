"""How many API calls a visitor or a person may make: both by the address that `addresses` reads."""

from typing import Any

from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

from apps.core import addresses


class _ByPlace:
    def get_ident(self, request: Any) -> str:
        return addresses.place(request.META["REMOTE_ADDR"])


class VisitorRate(_ByPlace, AnonRateThrottle):
    pass


class PersonRate(_ByPlace, UserRateThrottle):
    pass
