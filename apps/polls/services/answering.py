"""Answering polls: what people send is checked and handed to the intake, many at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import queue
from apps.intake.items import Item, Outcome
from apps.polls import broadcasts, selectors
from apps.polls.models import Poll
from apps.polls.services.applying import ANSWER, check_open, tell_results


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's answer. `revision` is one more than the newest that their device knows; None: than what stands."""

    event_id: int
    poll_id: int
    user_id: int
    option_id: int
    revision: int | None = None


def cast_votes(votes: Sequence[Vote]) -> list[broadcasts.Mine | Refused]:
    """Takes all of these; for each, in order, the person's standing answer or the refusal.

    Where the standing answer is not the one asked for, another device of theirs was quicker: it carries the
    revision to go on from. What is answered here is durable, and in the results at once; its row follows.
    """
    polls = {
        (poll.event_id, poll.pk): poll
        for poll in Poll.objects.filter(pk__in={vote.poll_id for vote in votes}).prefetch_related("options")
    }
    newest = _newest_revisions(votes, polls)
    answers: list[broadcasts.Mine | Refused | None] = []
    wishes: list[tuple[Poll, Item]] = []
    for vote in votes:
        try:
            poll = _poll_of(vote, polls)
        except Refused as refusal:
            answers.append(refusal)
            continue
        answers.append(None)
        revision = vote.revision or newest.get((vote.poll_id, vote.user_id), 0) + 1
        wishes.append((poll, Item(ANSWER, poll.gate, str(vote.user_id), revision, {"option": vote.option_id})))
    outcomes = queue.accept_many([item for _poll, item in wishes])
    taken = {}
    standing = []
    for (poll, _item), outcome in zip(wishes, outcomes, strict=True):
        standing.append(_mine(poll, outcome))
        if not isinstance(outcome, Refused):
            taken[poll.pk] = poll
    for poll in taken.values():
        tell_results(poll)
    found = iter(standing)
    return [next(found) if answer is None else answer for answer in answers]


def _poll_of(vote: Vote, polls: dict[tuple[int, int], Poll]) -> Poll:
    poll = polls.get((vote.event_id, vote.poll_id))
    if poll is None:
        raise selectors.unknown()
    check_open(poll, clock.now())
    if vote.option_id not in {option.pk for option in poll.options.all()}:
        raise Refused(
            "poll.option_unknown",
            _("This is not an answer to this poll. Choose one of its own."),
            field="option",
            status=400,
        )
    return poll


def _newest_revisions(votes: Iterable[Vote], polls: dict[tuple[int, int], Poll]) -> dict[tuple[int, int], int]:
    wanted = [
        (polls[vote.event_id, vote.poll_id], vote.user_id)
        for vote in votes
        if vote.revision is None and (vote.event_id, vote.poll_id) in polls
    ]
    return {key: mine.revision for key, mine in selectors.standing_answers(wanted).items()}


def _mine(poll: Poll, outcome: Outcome) -> broadcasts.Mine | Refused:
    if isinstance(outcome, Refused):
        return outcome
    return broadcasts.Mine(poll=poll.pk, option=outcome.body["option"], revision=outcome.revision)
