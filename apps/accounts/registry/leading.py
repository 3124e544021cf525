"""Other ways to sign in, which a higher room knows: by which an address is led, and which somebody must take."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.accounts.models import User

HINT = "sign_in_hint"
"""In a session: the address that was typed, for the page that it leads to."""

SHOWN = "sign_in_shown"
"""In a session: by which other way, as whom and when somebody showed who they are."""


class Ways:
    """One room registers; without it there is no other way than ours."""

    def __init__(self) -> None:
        self._of_address: Callable[[str], str] = lambda _email: ""
        self._required: Callable[[User, Mapping[str, Any]], str] = lambda _user, _session: ""

    def register(
        self, *, of_address: Callable[[str], str], required: Callable[["User", Mapping[str, Any]], str]
    ) -> None:
        self._of_address, self._required = of_address, required

    def of_address(self, email: str) -> str:
        """The page to which whoever types this address is led; empty where our own ways are theirs. By its domain
        alone, so that it says nothing of whether the address is known."""
        return self._of_address(email)

    def required(self, user: "User", session: Mapping[str, Any]) -> str:
        """The page of the way that this person must take, and in this session has not; empty where they may come in."""
        return self._required(user, session)


ways = Ways()
