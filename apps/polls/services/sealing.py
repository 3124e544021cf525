"""The secrets of anonymous polls: made when a round opens, destroyed when it closes.

While a poll is open its secret makes the same voter of the same person, which is all that "answer once" needs. At the
close, in the same transaction, the people who may have voted are named under it once more: who matches took part. That
is written in an order of its own, without a time; then the secret is gone, and nothing leads from a person to their
answer.
"""

import random
from collections.abc import Iterator

from apps.accounts.models import User
from apps.events.models import Event, EventRole, Membership, Registration
from apps.intake import queue
from apps.polls import voters
from apps.polls.models import Answer, Participation, Poll, Secret

CHUNK = 5000


def unseal(poll: Poll, *, late: bool = False) -> None:
    """Voters of this round have names from now on."""
    if poll.anonymous:
        Secret.objects.get_or_create(poll=poll, round=poll.round, late=late)


def seal(poll: Poll) -> None:
    """At the close, or when the recording's viewers have had their time; in the transaction that says so."""
    for secret in Secret.objects.filter(poll=poll, round=poll.round) if poll.anonymous else ():
        gate = poll.late_gate if secret.late else poll.gate
        found = list(_voters_among(poll, gate, secret))
        random.SystemRandom().shuffle(found)
        Participation.objects.bulk_create(
            [Participation(poll=poll, round=poll.round, user_id=user) for user in found],
            batch_size=CHUNK,
            ignore_conflicts=True,
        )
        secret.delete()


def forget(poll: Poll) -> None:
    """Of a round that nobody answers or reads any more."""
    Secret.objects.filter(poll=poll, round=poll.round).delete()


def _voters_among(poll: Poll, gate: str, secret: Secret) -> Iterator[int]:
    answers = Answer.objects.filter(poll=poll, round=poll.round, late=secret.late)
    written = set(answers.values_list("voter", flat=True))
    live = queue.tallies([gate]).get(gate)
    on_their_way = live is not None and live.keys > len(written)
    for people in _chunks(sorted(_people(poll.event))):
        named = {voters.name_under(bytes(secret.key), user): user for user in people}
        yield from (user for name, user in named.items() if name in written)
        if on_their_way:
            missing = [(gate, name) for name in named if name not in written]
            yield from (named[name] for _gate, name in queue.standing(missing))


def _people(event: Event) -> set[int]:
    """Everybody who may ever have come in."""
    return {
        *Registration.objects.filter(event=event).order_by().values_list("user", flat=True),
        *EventRole.objects.filter(event=event).order_by().values_list("user", flat=True),
        *Membership.objects.filter(organisation=event.organisation_id).order_by().values_list("user", flat=True),
        *User.objects.filter(is_superuser=True).order_by().values_list("pk", flat=True),
    }


def _chunks(people: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(people), CHUNK):
        yield people[start : start + CHUNK]
