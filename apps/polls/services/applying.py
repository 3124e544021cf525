"""Writing answers: polls as the owner of what the intake took in for them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.intake.items import Counts, Gate, Item, Outcome, Owner, Standing, Why
from apps.live import publish
from apps.polls import broadcasts, selectors
from apps.polls.models import Answer, Poll

ANSWER = "polls.answer"

UPSERT = """
INSERT INTO polls_answer (poll_id, round, user_id, option_id, revision, answered_at)
SELECT * FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[])
ON CONFLICT (poll_id, round, user_id) DO UPDATE
SET option_id = excluded.option_id, revision = excluded.revision, answered_at = excluded.answered_at
WHERE polls_answer.revision < excluded.revision
  AND (SELECT may_change FROM polls_poll WHERE id = excluded.poll_id)
"""


@transaction.atomic
def apply_answers(items: Sequence[Item]) -> list[Outcome]:
    """Writes a batch of answers, each at most once, and says what stands."""
    polls = _locked(items)
    now = clock.now()
    outcomes: list[Outcome | None] = [_refusal(item, polls, now) for item in items]
    newest: dict[tuple[int, int, int], Item] = {}
    for item, outcome in zip(items, outcomes, strict=True):
        if outcome is None:
            key = (*_gate(item), int(item.key))
            if key not in newest or newest[key].revision < item.revision:
                newest[key] = item
    # In one order everywhere, so that two batches with the same people cannot wait for each other.
    rows = [(*key, item.body["option"], item.revision, item.at or now) for key, item in sorted(newest.items())]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(UPSERT, [list(column) for column in zip(*rows, strict=True)])
    standing = _standing(newest)
    return [outcome or _outcome(item, polls, standing) for item, outcome in zip(items, outcomes, strict=True)]


def _locked(items: Sequence[Item]) -> dict[int, Poll]:
    """The polls, held against closing until these answers are written; answers of other people don't wait."""
    return _held({_gate(item)[0] for item in items})


def _held(poll_ids: Iterable[int]) -> dict[int, Poll]:
    wanted = sorted(poll_ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM polls_poll WHERE id = ANY(%s) ORDER BY id FOR SHARE", [wanted])
    return Poll.objects.in_bulk(wanted)


def _gate(item: Item) -> tuple[int, int]:
    return _read(item.gate)


def _read(gate: str) -> tuple[int, int]:
    """The poll and its round, of a name that `Poll.gate` made."""
    _name, poll_id, number = gate.split("/")
    return int(poll_id), int(number)


def _refusal(item: Item, polls: dict[int, Poll], now: datetime) -> Refused | None:
    poll_id, number = _gate(item)
    poll = polls.get(poll_id)
    if poll is None:
        return selectors.unknown()
    if item.at is not None:
        return None  # its gate was open when it was acknowledged, and no clock but the gate's own may say otherwise
    return _why_closed(poll, number, now)


def _why_closed(poll: Poll, number: int, now: datetime) -> Refused | None:
    if number != poll.round:
        return Refused("poll.begun_anew", _("This poll was begun anew. Answer it once more."))
    try:
        check_open(poll, now)
    except Refused as refusal:
        return refusal
    return None


def check_open(poll: Poll, now: datetime) -> None:
    if poll.state == Poll.State.DRAFT:
        raise Refused("poll.not_open", _("This poll is not open yet. It appears here when it is."))
    if not poll.takes_answers_at(now):
        raise _closed()


def _closed() -> Refused:
    return Refused("poll.closed", _("This poll is closed. Your answer came too late and was not counted."))


def _standing(keys: Iterable[tuple[int, int, int]]) -> dict[tuple[int, int, int], Standing]:
    wanted = list(keys)
    found = Answer.objects.filter(
        poll__in={key[0] for key in wanted}, round__in={key[1] for key in wanted}, user__in={key[2] for key in wanted}
    )
    return {
        (answer.poll_id, answer.round, answer.user_id): Standing(answer.revision, {"option": answer.option_id})
        for answer in found
    }


def _outcome(item: Item, polls: dict[int, Poll], standing: dict[tuple[int, int, int], Standing]) -> Outcome:
    poll_id, number = _gate(item)
    stands = standing[poll_id, number, int(item.key)]
    if not polls[poll_id].may_change and stands.body != item.body:
        return _answered()
    return stands


def _answered() -> Refused:
    return Refused("poll.answered", _("You have answered this poll already, and answers to it stay as they are."))


def tell_results(poll: Poll) -> None:
    publish.state(poll.event_id, broadcasts.turnout_topic(poll.pk))
    publish.state(poll.event_id, broadcasts.results_topic(poll.pk))
    publish.state(poll.event_id, broadcasts.staff_topic(poll.pk))


class Answers(Owner):
    """Polls as the owner of answers: the gate of a poll's round is open while that round is."""

    kind = ANSWER

    def apply(self, items: Sequence[Item]) -> list[Outcome]:
        return apply_answers(items)

    def gates(self, names: Sequence[str]) -> dict[str, Gate]:
        wanted = {name: _read(name) for name in names}
        polls = _held({poll_id for poll_id, _round in wanted.values()})
        return {
            name: Gate(
                event_id=polls[poll_id].event_id,
                open=polls[poll_id].state == Poll.State.OPEN and polls[poll_id].round == number,
                until=polls[poll_id].closes_at,
                once=not polls[poll_id].may_change,
            )
            for name, (poll_id, number) in wanted.items()
            if poll_id in polls
        }

    def counts(self, gate: str) -> Counts:
        poll_id, number = _read(gate)
        found = Answer.objects.filter(poll=poll_id, round=number).order_by()
        tally = dict(found.values_list("option").annotate(votes=Count("pk")))
        return Counts(sum(tally.values()), {str(option): votes for option, votes in tally.items()})

    def standing(self, gate: str, keys: Iterable[str]) -> dict[str, Standing]:
        poll_id, number = _read(gate)
        found = _standing((poll_id, number, int(key)) for key in keys)
        return {str(user_id): standing for (_poll, _round, user_id), standing in found.items()}

    def tally(self, body: Mapping[str, Any]) -> dict[str, int]:
        return {str(body["option"]): 1}

    def refusal(self, gate: str, why: Why) -> Refused:
        if why == Why.SETTLED:
            return _answered()
        poll_id, number = _read(gate)
        poll = Poll.objects.filter(pk=poll_id).first()
        if poll is None:
            return selectors.unknown()
        return _why_closed(poll, number, clock.now()) or _closed()

    def title(self, gate: str) -> str:
        poll = Poll.objects.filter(pk=_read(gate)[0]).first()
        return str(poll) if poll else gate

    def changed(self, gates: Iterable[str]) -> None:
        for poll in Poll.objects.filter(pk__in={_read(gate)[0] for gate in gates}):
            tell_results(poll)
