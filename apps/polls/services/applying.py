"""Writing answers: polls as the owner of what the intake took in for them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.intake.items import Counts, Gate, Item, Outcome, Owner, Standing, Why
from apps.live import publish
from apps.polls import broadcasts, kinds, selectors
from apps.polls.models import Answer, Poll, Secret
from apps.polls.services import going, mixing

ANSWER = "polls.answer"

UPSERT = """
INSERT INTO polls_answer (poll_id, round, late, voter, user_id, said, counts, revision, answered_at)
SELECT poll_id, round, late, voter, user_id, said, counts, revision, answered_at
FROM jsonb_to_recordset(%s::jsonb) AS given (poll_id bigint, round int, late boolean, voter text, user_id bigint,
    said jsonb, counts jsonb, revision bigint, answered_at timestamptz)
ON CONFLICT (poll_id, round, late, voter) DO UPDATE
SET said = excluded.said, counts = excluded.counts, revision = excluded.revision, answered_at = excluded.answered_at
WHERE polls_answer.revision < excluded.revision
  AND (SELECT may_change FROM polls_poll WHERE id = excluded.poll_id)
RETURNING poll_id, round, late, voter
"""

KNOW_PEOPLE = "SELECT id FROM unnest(%s::bigint[]) AS given (id) JOIN accounts_user USING (id)"
"""A join, since `= ANY` looks through all thousand for each row."""


class Place(NamedTuple):
    """Behind which gate: the poll, its round, and whether those who watch the recording answer there."""

    poll: int
    round: int
    late: bool


Key = tuple[Place, str]
LONGEST_NUMBER = 20
"""Digits of a person's number; the names of anonymous voters are longer."""


@transaction.atomic
def apply_answers(items: Sequence[Item]) -> list[Outcome]:
    """Writes a batch of answers, each at most once, and says what stands."""
    polls = _held({place_of(item.gate).poll for item in items})
    people = _held_people({int(item.key) for item in items if _is_named(item)})
    now = clock.now()
    marks = _marks(polls.values()) if any(item.mark for item in items) else {}
    outcomes: list[Outcome | None] = [_refusal(item, polls, people, marks, now) for item in items]
    newest: dict[Key, Item] = {}
    for item, outcome in zip(items, outcomes, strict=True):
        if outcome is None:
            key = (place_of(item.gate), item.key)
            if key not in newest or newest[key].revision < item.revision:
                newest[key] = item
    sealed = {place for place, _voter in newest if _is_sealed(polls[place.poll], place, now)}
    mixing.owe_mixing({(place.poll, place.round) for place in sealed})
    # In one order everywhere, so that two batches with the same people cannot wait for each other.
    rows = [_row(polls[place.poll], place, item, now) for (place, _voter), item in sorted(newest.items(), key=_by_key)]
    written: dict[Key, Standing] = {}
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(UPSERT, [msgspec.json.encode(rows).decode()])
            for *place, voter in cursor.fetchall():
                item = newest[key := (Place(*place), voter)]
                written[key] = Standing(item.revision, item.body)
    for poll in {place.poll for place, _voter in newest}:
        if polls[poll].kind == Poll.Kind.TEXT:
            tell_results(polls[poll])  # the texts that are shown come from the rows
    standing = written | _standing(key for key in newest if key not in written)
    return [outcome or _outcome(item, polls, standing) for item, outcome in zip(items, outcomes, strict=True)]


def _by_key(entry: tuple[Key, Item]) -> Key:
    return entry[0]


def _row(poll: Poll, place: Place, item: Item, now: datetime) -> dict[str, Any]:
    """As UPSERT reads it: one text for a thousand rows, which the database takes apart more cheaply than parameters."""
    is_named = _is_named(item) and not poll.anonymous
    return {
        "poll_id": place.poll,
        "round": place.round,
        "late": place.late,
        "voter": item.key,
        "user_id": int(item.key) if is_named else None,
        "said": item.body,
        "counts": kinds.counts_of(item.body),
        "revision": item.revision,
        "answered_at": (item.at or now) if is_named else None,
    }


def _is_named(item: Item) -> bool:
    """Former rounds may have been anonymous, or not, whatever the poll is now: a voter's name says it."""
    return item.key.isdecimal() and len(item.key) < LONGEST_NUMBER


def _is_sealed(poll: Poll, place: Place, now: datetime) -> bool:
    """An anonymous round that is over: its rows were mixed, and these come after them."""
    if not poll.anonymous or place.round != poll.round:
        return poll.anonymous
    return not poll.takes_late_at(now) if place.late else poll.state != Poll.State.OPEN


def _held(poll_ids: Iterable[int]) -> dict[int, Poll]:
    """The polls, held against closing until these answers are written; answers of other people don't wait."""
    wanted = sorted(poll_ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM polls_poll WHERE id = ANY(%s) ORDER BY id FOR SHARE", [wanted])
    return Poll.objects.select_related("session").in_bulk(wanted)


def _held_people(user_ids: Collection[int]) -> set[int]:
    """Those of them who have an account. None is deleted until their answers are written."""
    if not user_ids:
        return set()
    going.hold_people()
    with connection.cursor() as cursor:
        cursor.execute(KNOW_PEOPLE, [list(user_ids)])
        return {user_id for (user_id,) in cursor.fetchall()}


@lru_cache(1024)
def place_of(gate: str) -> Place:
    """Of a name that `models.gate_of` made."""
    _name, poll_id, number, *late = gate.split("/")
    return Place(int(poll_id), int(number), bool(late))


def _marks(polls: Iterable[Poll]) -> dict[Place, str]:
    """Of the secrets of anonymous polls, as they are now; hold the polls."""
    hidden = [poll for poll in polls if poll.anonymous]
    rows = Secret.objects.filter(poll__in=hidden) if hidden else []
    return {Place(row.poll_id, row.round, row.late): row.mark for row in rows}


def _refusal(
    item: Item, polls: dict[int, Poll], people: Collection[int], marks: dict[Place, str], now: datetime
) -> Refused | None:
    place = place_of(item.gate)
    poll = polls.get(place.poll)
    if poll is None:
        return selectors.unknown()
    if _is_named(item) and int(item.key) not in people:
        return account_gone()
    if item.at is not None:
        return None  # its gate was open when it was acknowledged, and no clock but the gate's own may say otherwise
    return _why_closed(poll, place, now) or (reopened() if item.mark != marks.get(place, "") else None)


def _why_closed(poll: Poll, place: Place, now: datetime) -> Refused | None:
    if place.round != poll.round:
        return Refused("poll.begun_anew", _("This poll was begun anew. Answer it once more."))
    try:
        check_open(poll, now, late=place.late)
    except Refused as refusal:
        return refusal
    return None


def check_open(poll: Poll, now: datetime, *, late: bool = False) -> None:
    """Needs `session`."""
    if poll.state in (Poll.State.DRAFT, Poll.State.SCHEDULED):
        raise Refused("poll.not_open", _("This poll is not open yet. It appears here when it is."))
    if late:
        if not poll.takes_late_at(now):
            raise closed()
        return
    if not poll.is_on_at(now):
        raise closed()
    if poll.locked:
        raise Refused(
            "poll.locked", _("No answers are taken just now. Yours is not counted; send it when the poll goes on.")
        )


def closed() -> Refused:
    return Refused("poll.closed", _("This poll is closed. Your answer came too late and was not counted."))


def reopened() -> Refused:
    return Refused(
        "poll.reopened",
        _("This poll was closed and opened again while your answer was on its way. It was not counted: send it again."),
    )


def account_gone() -> Refused:
    return Refused("poll.account_gone", _("This account was deleted. Its answer was not counted."))


def answered() -> Refused:
    return Refused("poll.answered", _("You have answered this poll already, and answers to it stay as they are."))


def _standing(keys: Iterable[Key]) -> dict[Key, Standing]:
    wanted = list(keys)
    if not wanted:
        return {}
    found = Answer.objects.filter(
        poll__in={place.poll for place, _voter in wanted},
        round__in={place.round for place, _voter in wanted},
        voter__in={voter for _place, voter in wanted},
    ).values_list("poll", "round", "late", "voter", "revision", "said")
    return {
        (Place(poll, number, late), voter): Standing(revision, said)
        for poll, number, late, voter, revision, said in found
    }


def _outcome(item: Item, polls: dict[int, Poll], standing: dict[Key, Standing]) -> Outcome:
    place = place_of(item.gate)
    stands = standing[place, item.key]
    if not polls[place.poll].may_change and stands.body != item.body:
        return answered()
    return stands


def tell_results(poll: Poll) -> None:
    publish.state(poll.event_id, broadcasts.turnout_topic(poll.pk))
    publish.state(poll.event_id, broadcasts.results_topic(poll.pk))
    publish.state(poll.event_id, broadcasts.screen_topic(poll.pk))
    publish.state(poll.event_id, broadcasts.staff_topic(poll.pk))
    if poll.takes_late:
        publish.state(poll.event_id, broadcasts.late_topic(poll.pk))
    tell_those_who_answered(poll, poll.round)


def tell_those_who_answered(poll: Poll, number: int) -> None:
    """Of this round; of one that is over, that there is nothing any more. Only where they hear what others do not."""
    if poll.results == Poll.Results.ANSWERED:
        tell_whoever_answered(poll, number)


def tell_whoever_answered(poll: Poll, number: int) -> None:
    """Also where everybody hears the results now, or nobody: that may just have been changed."""
    publish.state(poll.event_id, broadcasts.answered_topic(poll.pk, number))
    if poll.takes_late:
        publish.state(poll.event_id, broadcasts.answered_late_topic(poll.pk, number))


class Answers(Owner):
    """Polls as the owner of answers: the gate of a poll's round is open while that round is."""

    kind = ANSWER

    def apply(self, items: Sequence[Item]) -> list[Outcome]:
        return apply_answers(items)

    def gates(self, names: Sequence[str]) -> dict[str, Gate]:
        places = {name: place_of(name) for name in names}
        polls = _held({place.poll for place in places.values()})
        marks, now = _marks(polls.values()), clock.now()
        return {
            name: self._gate(polls[place.poll], place, marks.get(place, ""), now)
            for name, place in places.items()
            if place.poll in polls
        }

    def _gate(self, poll: Poll, place: Place, mark: str, now: datetime) -> Gate:
        once = not poll.may_change
        this_round = poll.round == place.round
        if place.late:
            is_open = this_round and poll.takes_late_at(now)
            return Gate(event_id=poll.event_id, open=is_open, once=once, mark=mark)
        is_open = this_round and poll.state == Poll.State.OPEN and not poll.locked
        return Gate(event_id=poll.event_id, open=is_open, until=poll.closes_at, once=once, mark=mark)

    def counts(self, gate: str) -> Counts:
        place = place_of(gate)
        found = selectors.counted_rows([place]).get(place, kinds.Counted())
        return Counts(found.keys, found.counts)

    def standing(self, gate: str, keys: Iterable[str]) -> dict[str, Standing]:
        place = place_of(gate)
        return {voter: standing for (_place, voter), standing in _standing((place, key) for key in keys).items()}

    def tally(self, body: Mapping[str, Any]) -> dict[str, int]:
        return kinds.counters_of(body)

    def refusal(self, gate: str, why: Why) -> Refused:
        if why == Why.SETTLED:
            return answered()
        if why == Why.REOPENED:
            return reopened()
        place = place_of(gate)
        poll = Poll.objects.select_related("session").filter(pk=place.poll).first()
        if poll is None:
            return selectors.unknown()
        return _why_closed(poll, place, clock.now()) or closed()

    def title(self, gate: str) -> str:
        poll = Poll.objects.filter(pk=place_of(gate).poll).first()
        return str(poll) if poll else gate

    def hides_time(self, gate: str) -> bool:
        return Poll.objects.filter(pk=place_of(gate).poll, anonymous=True).exists()

    def changed(self, gates: Iterable[str]) -> None:
        names = list(gates)
        selectors.forget_sums(names)
        for poll in Poll.objects.filter(pk__in={place_of(gate).poll for gate in names}):
            tell_results(poll)
