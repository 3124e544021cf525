"""The secrets of anonymous polls: made when a round opens, destroyed when it closes.

While a poll is open its secret makes the same voter of the same person, which is all that "answer once" needs. At the
close, in the same transaction, the people who may have voted are named under it once more: who matches took part. That
is written in an order that tells nothing (and `mixing` brings the answers into one); then the secret is gone, and
nothing leads from a person to their answer.
"""

from collections.abc import Iterator

from celery import current_app
from django.db import connection, transaction

from apps.accounts.models import User
from apps.events.models import Event, EventRole, Membership, Registration
from apps.intake import aside, queue
from apps.polls import selectors, voters
from apps.polls.models import Answer, Poll, Secret
from apps.polls.services import mixing
from apps.polls.services.applying import ANSWER

CHUNK = 5000

# Named by their own numbers and in the order of these: it tells nothing that does not stand in the rows.
TOOK_PART = """
INSERT INTO polls_participation (id, poll_id, round, user_id)
SELECT gen_random_uuid(), %s, %s, person FROM unnest(%s::bigint[]) AS person ORDER BY person
ON CONFLICT DO NOTHING
"""


def unseal(poll: Poll, *, late: bool = False) -> None:
    """Voters of this round have names from now on."""
    if poll.anonymous:
        since = selectors.counted([poll], late=True)[poll.pk].keys if late else 0
        Secret.objects.get_or_create(poll=poll, round=poll.round, late=late, defaults={"since": since})


def seal(poll: Poll) -> None:
    """At the close, or when the recording's viewers have had their time; in the transaction that says so."""
    secrets = list(Secret.objects.filter(poll=poll, round=poll.round)) if poll.anonymous else []
    if secrets:
        _owe_mixing(poll)
    for secret in secrets:
        gate = poll.late_gate if secret.late else poll.gate
        found = sorted(set(_voters_among(poll, gate, secret)))
        with connection.cursor() as cursor:
            cursor.execute(TOOK_PART, [poll.pk, poll.round, found])
        secret.delete()


def forget(poll: Poll) -> None:
    """Of a round that nobody answers or reads any more."""
    if poll.anonymous:
        Secret.objects.filter(poll=poll, round=poll.round).delete()
        _owe_mixing(poll)


def _owe_mixing(poll: Poll) -> None:
    mixing.owe_mixing([(poll.pk, poll.round)])
    transaction.on_commit(lambda: current_app.send_task("polls.mix"), robust=True)


def renew_secrets() -> int:
    """Of anonymous polls that are answered with the recording, where somebody has since the last time."""
    count = 0
    for poll_id in list(Secret.objects.filter(late=True).values_list("poll", flat=True)):
        with transaction.atomic():
            held = Poll.objects.select_for_update(no_key=True, of=("self",)).filter(pk=poll_id)
            poll = held.select_related("event", "session").first()
            secret = Secret.objects.filter(poll=poll_id, late=True).first()
            if poll is None or secret is None or secret.round != poll.round:
                continue
            if selectors.counted([poll], late=True)[poll.pk].keys <= secret.since:
                continue
            queue.close_gate(ANSWER, poll.late_gate)
            seal(poll)
            unseal(poll, late=True)
            queue.refresh_gates(ANSWER, [poll.late_gate])
        count += 1
    return count


def _voters_among(poll: Poll, gate: str, secret: Secret) -> Iterator[int]:
    answers = Answer.objects.filter(poll=poll, round=poll.round, late=secret.late)
    written = set(answers.values_list("voter", flat=True))
    # Who is overlooked here could vote a second time after a reopening: where it cannot be told, nothing is closed.
    live = queue.tallies([gate], must_know=True).get(gate)
    on_their_way = live is not None and live.keys > len(written)
    held, set_aside = queue.held(gate), aside.anything(gate)
    for people in _chunks(sorted(_people(poll.event))):
        named = {voters.name_under(bytes(secret.key), user): user for user in people}
        yield from (user for name, user in named.items() if name in written)
        missing = [(gate, name) for name in named if name not in written]
        if on_their_way:
            yield from (named[name] for _gate, name in queue.standing(missing, must_know=True))
        # Perhaps arrived, and then they are counted: they have had their word.
        yield from (named[name] for name in held if name in named)
        if set_aside:
            yield from (named[name] for _gate, name in aside.newest(missing))


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
