"""A refusal: one stable code and a translated sentence that every door renders in its own way."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refused(Exception):
    """What was asked for is not done, and nothing was changed.

    `code` is stable and machine-readable (`poll.closed`); `message` says what happened and what to do, and
    may be lazy, so that each reader gets their language. `field` names the input at fault, `retry_after`
    is in seconds, `status` is the HTTP status of the doors that have one.
    """

    def __init__(
        self,
        code: str,
        message: "str | _StrPromise",
        *,
        field: str | None = None,
        retry_after: float | None = None,
        status: int = 409,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.retry_after = retry_after
        self.status = status

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
