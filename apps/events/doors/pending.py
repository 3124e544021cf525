"""What a browser began at a provider, kept in its session until it comes back: nobody else's answer fits it."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from apps.accounts.registry import SHOWN
from apps.core import clock, ids
from apps.events.models import SignInConnection

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

KEY = "sign_in_pending"
MOST = 5
SECONDS = 10 * 60


@dataclass(frozen=True, slots=True)
class Pending:
    connection: int
    state: str
    """OpenID Connect's state; SAML's number of the request."""
    nonce: str
    verifier: str
    next: str
    tried_by: int | None
    """Set where an organiser only looks what would arrive."""
    at: float


def begin(session: "SessionBase", connection: SignInConnection, *, onward: str, tried_by: int | None) -> Pending:
    """Several windows may be under way at once; the oldest is forgotten."""
    found = Pending(
        connection=connection.pk,
        state=f"_{ids.new_token(24)}",  # a number of SAML must not begin with a digit
        nonce=ids.new_token(24),
        verifier=ids.new_token(48),
        next=onward[:500],
        tried_by=tried_by,
        at=clock.now().timestamp(),
    )
    session[KEY] = [*_all(session)[-MOST + 1 :], asdict(found)]
    return found


def take(session: "SessionBase", connection: SignInConnection, state: str) -> Pending | None:
    """What was begun with this connection under this name. It is given once."""
    rest: list[dict[str, Any]] = []
    found: Pending | None = None
    for one in _all(session):
        if found is None and state and one["state"] == state and one["connection"] == connection.pk:
            found = Pending(**one)
        else:
            rest.append(one)
    if found is not None:
        session[KEY] = rest
    if found is None or clock.now().timestamp() - found.at > SECONDS:
        return None
    return found


def note_shown(session: "SessionBase", connection: SignInConnection, email: str) -> None:
    """Their organisation's provider has let them in: for the ways that they must pass after it."""
    session[SHOWN] = {"connection": connection.pk, "email": email, "at": clock.now().timestamp()}


def _all(session: "SessionBase") -> list[dict[str, Any]]:
    found = session.get(KEY)
    return found if isinstance(found, list) else []
