"""What the intake and the answers call a voter: a person's number, or in an anonymous poll a name that only the round's
secret leads to. The secret goes with the close; until then the same person is the same voter."""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from typing import NamedTuple

from apps.polls.models import Participation, Poll, Secret


def name_under(secret: bytes, user_id: int) -> str:
    return hmac.new(secret, str(user_id).encode(), hashlib.sha256).hexdigest()


class Voter(NamedTuple):
    name: str
    mark: str = ""
    """Which secret it was made under. Once there is another one, the name is nobody's."""


def voters(wanted: Collection[tuple[Poll, int]], *, late: bool = False) -> dict[tuple[int, int], Voter]:
    """By poll and person. Missing where an anonymous round is over: nobody can tell any more. At most one query."""
    found = {(poll.pk, user): Voter(str(user)) for poll, user in wanted if not poll.anonymous}
    hidden = [(poll, user) for poll, user in wanted if poll.anonymous]
    if hidden:
        secrets = _secrets({poll.pk: poll for poll, _user in hidden}.values(), late)
        for poll, user in hidden:
            if (secret := secrets.get((poll.pk, poll.round))) is not None:
                found[poll.pk, user] = Voter(name_under(bytes(secret.key), user), secret.mark)
    return found


def names(wanted: Collection[tuple[Poll, int]], *, late: bool = False) -> dict[tuple[int, int], str]:
    return {key: voter.name for key, voter in voters(wanted, late=late).items()}


def took_part(wanted: Collection[tuple[Poll, int]]) -> set[tuple[int, int]]:
    """Which of these people answered an anonymous poll before it was closed, perhaps to be opened again since."""
    hidden = [(poll, user) for poll, user in wanted if poll.anonymous]
    if not hidden:
        return set()
    rounds = {poll.pk: poll.round for poll, _user in hidden}
    rows = Participation.objects.filter(poll__in=rounds, user__in={user for _poll, user in hidden})
    return {(row.poll_id, row.user_id) for row in rows if rounds[row.poll_id] == row.round}


def _secrets(polls: Iterable[Poll], late: bool) -> dict[tuple[int, int], Secret]:
    rows = Secret.objects.filter(poll__in=list(polls), late=late)
    return {(row.poll_id, row.round): row for row in rows}
