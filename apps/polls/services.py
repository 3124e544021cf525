"""What is done with polls: made, opened, closed, answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.events.models import Event
from apps.intake import queue
from apps.intake.items import Item, Outcome, Standing
from apps.live import publish
from apps.polls import broadcasts, selectors, signals
from apps.polls.models import Answer, Option, Poll
from apps.tracks.models import Session

ANSWER = "polls.answer"
LEAST_OPTIONS, MOST_OPTIONS = 2, 12
SESSION_UNKNOWN = _("There is no such session in this event.")

UPSERT = """
INSERT INTO polls_answer (poll_id, round, user_id, option_id, revision, answered_at)
SELECT * FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[])
ON CONFLICT (poll_id, round, user_id) DO UPDATE
SET option_id = excluded.option_id, revision = excluded.revision, answered_at = excluded.answered_at
WHERE polls_answer.revision < excluded.revision
  AND (SELECT may_change FROM polls_poll WHERE id = excluded.poll_id)
"""


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's answer. `revision` is one more than the newest that their device knows; None: than what stands."""

    event_id: int
    poll_id: int
    user_id: int
    option_id: int
    revision: int | None = None


# Running a poll ------------------------------------------------------------------------------------------------


@transaction.atomic
def create_poll(
    *,
    event: Event,
    question: Any,
    options: Sequence[Any],
    session: Session | None = None,
    results: str = Poll.Results.LIVE,
    may_change: bool = True,
    closes_at: datetime | None = None,
) -> Poll:
    """A draft. `question` and `options` are texts, or texts by language."""
    if session is not None and session.event_id != event.pk:
        raise Refused("poll.session_unknown", SESSION_UNKNOWN, field="session", status=400)
    _check_count(len(options))
    poll = Poll.objects.create(
        event=event, session=session, question=question, results=results, may_change=may_change, closes_at=closes_at
    )
    Option.objects.bulk_create(Option(poll=poll, text=text, position=place) for place, text in enumerate(options))
    return poll


@transaction.atomic
def open_poll(poll: Poll) -> Poll:
    """From now on people can answer; a closed poll goes on with the answers it has. A closing time that is over is
    dropped."""
    _check_count(poll.options.count())
    now = clock.now()
    opened = (
        Poll.objects.filter(pk=poll.pk)
        .exclude(state=Poll.State.OPEN)
        .update(
            state=Poll.State.OPEN,
            opened_at=Coalesce(F("opened_at"), Value(now), output_field=DateTimeField()),
            closed_at=None,
        )
    )
    if not opened:
        raise Refused("poll.open_already", _("This poll is open already."))
    Poll.objects.filter(pk=poll.pk, closes_at__lte=now).update(closes_at=None)
    poll.refresh_from_db()
    signals.poll_opened.send(Poll, poll=poll)
    _tell(poll)
    close_in_time(poll)
    return poll


@transaction.atomic
def close_poll(poll: Poll) -> Poll:
    """Nobody can answer any more. Waits for answers that are being written: they count, nothing after them does."""
    if not _close(Q(pk=poll.pk)):
        raise Refused("poll.not_open", _("This poll is not open."))
    poll.refresh_from_db()
    return poll


@transaction.atomic
def close_due_polls() -> int:
    """Closes the polls whose time is over."""
    return len(_close(Q(closes_at__lte=clock.now())))


def _close(which: Q) -> list[Poll]:
    now = clock.now()
    due = Poll.objects.select_for_update(no_key=True, of=("self",)).filter(which, state=Poll.State.OPEN)
    polls = list(due.select_related("event").order_by("pk"))
    Poll.objects.filter(pk__in=[poll.pk for poll in polls]).update(
        state=Poll.State.CLOSED,
        closed_at=Least(Value(now), Coalesce(F("closes_at"), Value(now)), output_field=DateTimeField()),
    )
    for poll in polls:
        poll.refresh_from_db()
        signals.poll_closed.send(Poll, poll=poll)
        _tell(poll)
    return polls


def close_in_time(poll: Poll) -> None:
    """Asks for the closing at its time; a sweep finds what this misses, and no answer is taken after it anyway."""
    due = poll.closes_at
    if poll.state == Poll.State.OPEN and due is not None:
        transaction.on_commit(lambda: current_app.send_task("polls.close_due", eta=due), robust=True)


def publish_changes(poll: Poll) -> None:
    """Tells the pages that show it that the poll's words or times have changed."""
    if poll.state != Poll.State.DRAFT:
        _tell(poll)
        close_in_time(poll)


def _check_count(count: int) -> None:
    if not LEAST_OPTIONS <= count <= MOST_OPTIONS:
        raise Refused(
            "poll.options",
            _("A poll has %(least)s to %(most)s options; this one has %(count)s.")
            % {"least": LEAST_OPTIONS, "most": MOST_OPTIONS, "count": count},
            field="options",
            status=400,
        )


def _tell(poll: Poll) -> None:
    publish.state(poll.event_id, broadcasts.list_topic(poll))
    _tell_results(poll)


def _tell_results(poll: Poll) -> None:
    publish.state(poll.event_id, broadcasts.turnout_topic(poll.pk))
    publish.state(poll.event_id, broadcasts.results_topic(poll.pk))
    publish.state(poll.event_id, broadcasts.staff_topic(poll.pk))


# Answering -----------------------------------------------------------------------------------------------------


@transaction.atomic
def cast_votes(votes: Sequence[Vote]) -> list[broadcasts.Mine | Refused]:
    """Takes all of these; for each, in order, the person's standing answer or the refusal.

    Where the standing answer is not the one asked for, another device of theirs was quicker: it carries the
    revision to go on from.
    """
    polls = {
        (poll.event_id, poll.pk): poll
        for poll in Poll.objects.filter(pk__in={vote.poll_id for vote in votes}).prefetch_related("options")
    }
    newest = _newest_revisions(votes)
    answers: list[broadcasts.Mine | Refused | None] = []
    items: list[Item] = []
    for vote in votes:
        try:
            poll = _poll_of(vote, polls)
        except Refused as refusal:
            answers.append(refusal)
            continue
        answers.append(None)
        revision = vote.revision or newest.get((vote.poll_id, vote.user_id), 0) + 1
        items.append(
            Item(ANSWER, f"poll/{poll.pk}/{poll.round}", str(vote.user_id), revision, {"option": vote.option_id})
        )
    outcomes = iter(zip(items, queue.accept_many(items), strict=True))
    return [_mine(*next(outcomes)) if answer is None else answer for answer in answers]


def _poll_of(vote: Vote, polls: dict[tuple[int, int], Poll]) -> Poll:
    poll = polls.get((vote.event_id, vote.poll_id))
    if poll is None:
        raise selectors.unknown()
    _check_open(poll, clock.now())
    if vote.option_id not in {option.pk for option in poll.options.all()}:
        raise Refused(
            "poll.option_unknown",
            _("This is not an answer to this poll. Choose one of its own."),
            field="option",
            status=400,
        )
    return poll


def _check_open(poll: Poll, now: datetime) -> None:
    if poll.state == Poll.State.DRAFT:
        raise Refused("poll.not_open", _("This poll is not open yet. It appears here when it is."))
    if not poll.takes_answers_at(now):
        raise Refused("poll.closed", _("This poll is closed. Your answer came too late and was not counted."))


def _newest_revisions(votes: Iterable[Vote]) -> dict[tuple[int, int], int]:
    blind = [vote for vote in votes if vote.revision is None]
    if not blind:
        return {}
    found = Answer.objects.filter(
        poll__in={vote.poll_id for vote in blind}, user__in={vote.user_id for vote in blind}, round=F("poll__round")
    )
    return {(poll, user): revision for poll, user, revision in found.values_list("poll", "user", "revision")}


def _mine(item: Item, outcome: Outcome) -> broadcasts.Mine | Refused:
    if isinstance(outcome, Refused):
        return outcome
    poll_id, _round = _gate(item)
    return broadcasts.Mine(poll=poll_id, option=outcome.body["option"], revision=outcome.revision)


def _gate(item: Item) -> tuple[int, int]:
    _name, poll_id, number = item.gate.split("/")
    return int(poll_id), int(number)


@transaction.atomic
def apply_answers(items: Sequence[Item]) -> list[Outcome]:
    """The intake's handler: writes a batch of answers, each at most once, and says what stands."""
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
    for poll_id in {poll_id for poll_id, _round, _user in newest}:
        _tell_results(polls[poll_id])
    return [outcome or _outcome(item, polls, standing) for item, outcome in zip(items, outcomes, strict=True)]


def _locked(items: Sequence[Item]) -> dict[int, Poll]:
    """The polls, held against closing until these answers are written; answers of other people don't wait."""
    wanted = sorted({_gate(item)[0] for item in items})
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM polls_poll WHERE id = ANY(%s) ORDER BY id FOR SHARE", [wanted])
    return Poll.objects.in_bulk(wanted)


def _refusal(item: Item, polls: dict[int, Poll], now: datetime) -> Refused | None:
    poll_id, number = _gate(item)
    poll = polls.get(poll_id)
    if poll is None:
        return selectors.unknown()
    if number != poll.round:
        return Refused("poll.begun_anew", _("This poll was begun anew. Answer it once more."))
    if item.at is None:
        try:
            _check_open(poll, now)
        except Refused as refusal:
            return refusal
    elif poll.closed_at is not None and item.at >= poll.closed_at:
        return Refused("poll.closed", _("This poll is closed. Your answer came too late and was not counted."))
    return None


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
        return Refused("poll.answered", _("You have answered this poll already, and answers to it stay as they are."))
    return stands
