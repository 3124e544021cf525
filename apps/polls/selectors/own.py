"""One's own answer: what stands of a person in a poll, also where it is not written yet."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db.models import F

from apps.accounts.models import User
from apps.core import clock
from apps.intake import queue
from apps.intake.items import Standing
from apps.polls import broadcasts, permissions, voters
from apps.polls.models import Answer, Poll
from apps.polls.selectors import running

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def has_answered(poll: Poll, user_id: int | None) -> bool:
    return user_id is not None and bool(standing_answers([(poll, user_id)]))


def may_read_texts(
    poll: Poll, user: "User | AnonymousUser | None", roles: frozenset[str], *, late: bool = False
) -> bool:
    """Whoever may see its results, or runs it."""
    if running.can_run(poll, roles, user.pk if user else None):
        return True
    has_answered = bool(own_answers([poll], user) or own_answers([poll], user, late=True))
    can_see = permissions.can_see_late if late else permissions.can_see_results
    return can_see(poll, has_answered=has_answered, now=clock.now())


def hears_round(poll: Poll, number: int, user_id: int | None) -> bool:
    """Whether this person answered this round, which goes on, of a poll that shows its results to those who did."""
    if user_id is None or poll.round != number or poll.results != Poll.Results.ANSWERED:
        return False
    return has_answered(poll, user_id) or bool(standing_answers([(poll, user_id)], late=True))


def own_answers(
    polls: Iterable[Poll], user: "User | AnonymousUser | None", *, late: bool = False
) -> dict[int, broadcasts.Mine]:
    """By poll: the person's standing answers in the polls' current rounds."""
    if user is None or not user.is_authenticated:
        return {}
    found = standing_answers([(poll, user.pk) for poll in polls], late=late)
    return {poll_id: mine for (poll_id, _user), mine in found.items()}


def standing_answers(
    wanted: Collection[tuple[Poll, int]], *, late: bool = False
) -> dict[tuple[int, int], broadcasts.Mine]:
    """By poll and person: what stands in the poll's current round. One query; for anonymous polls two more, and only
    that something stands."""
    polls = {poll.pk: poll for poll, _user in wanted}
    found = {
        key: mine(polls[key[0]], word.revision, word.body, late=late)
        for key, word in standing_words(wanted, late=late).items()
    }
    if wanted and not late:
        for poll_id, user in voters.took_part(wanted) - set(found):
            found[poll_id, user] = mine(polls[poll_id], 0, None)
    return found


def standing_words(wanted: Collection[tuple[Poll, int]], *, late: bool = False) -> dict[tuple[int, int], Standing]:
    """The same as it was sent, also in anonymous polls while they are open: to compare it, and never to be told."""
    if not wanted:
        return {}
    names = voters.names(wanted, late=late)
    gates = {(poll.pk, user): (poll.late_gate if late else poll.gate) for poll, user in wanted}
    # The queue first: what it no longer knows is a row by then.
    newer = queue.standing([(gates[key], voter) for key, voter in names.items()])
    rows = {
        (row.poll_id, row.voter): row
        for row in Answer.objects.filter(
            poll__in={poll_id for poll_id, _user in names},
            voter__in=set(names.values()),
            round=F("poll__round"),
            late=late,
        )
    }
    found: dict[tuple[int, int], Standing] = {}
    for (poll_id, user), voter in names.items():
        row, word = rows.get((poll_id, voter)), newer.get((gates[poll_id, user], voter))
        if row and not (word and word.revision > row.revision):
            found[poll_id, user] = Standing(row.revision, row.said)
        elif word:
            found[poll_id, user] = word
    return found


def mine(
    poll: Poll, revision: int, answer: dict[str, object] | None, *, late: bool = False, counted: bool = True
) -> broadcasts.Mine:
    return broadcasts.Mine(
        poll=poll.pk,
        round=poll.round,
        revision=revision,
        answer=None if poll.anonymous else answer,
        counted=counted,
        late=late,
    )
