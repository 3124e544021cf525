"""A refusal: one stable code and a translated sentence that every door renders in its own way."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.functional import lazy

from apps.core import refusing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _fill(message: object, values: Mapping[str, object]) -> str:
    return str(message) % values


_filled = lazy(_fill, str)


class Refused(Exception):
    """What was asked for is not done, and nothing was changed.

    `code` is stable and machine-readable (`poll.closed`); `message` says what happened and what to do, and
    may be lazy, so that each reader gets their language. So are the `values` of its placeholders: a `%` at the call
    would take the language of the thread, which answers many people; `words` has them apart. `field` names the input
    at fault, `retry_after` is in seconds, `status` is the HTTP status of the doors that have one.
    """

    def __init__(
        self,
        code: str,
        message: "str | _StrPromise",
        *,
        values: Mapping[str, object] | None = None,
        field: str | None = None,
        retry_after: float | None = None,
        status: int = 409,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.words, self.values = message, values or {}
        self.message = _filled(message, values) if values else message
        self.field = field
        self.retry_after = retry_after
        self.status = status
        refusing.heard(code)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
