"""Answers that were taken and whose acknowledgement was lost: who sends one again after the close is told what stands.

A refusal says that nothing was counted. That must be true of whoever hears it, so each who is refused because it is too
late is looked up first. Of an anonymous round that is over nobody can tell what stands, and so it is said.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.intake import aside, queue
from apps.intake.items import Standing
from apps.polls import broadcasts, kinds, selectors, voters
from apps.polls.kinds import Said
from apps.polls.models import Poll

LOOK_AGAIN_SECONDS = 5.0
TOO_LATE = frozenset({"poll.closed", "poll.locked", "poll.answered"})

Pair = tuple[Poll, int]


class Late(NamedTuple):
    """Who was refused, and what they sent."""

    poll: Poll
    user_id: int
    said: Said
    late: bool
    """Whether the poll is answered with the recording by now: that is another gate."""
    refusal: Refused


def what_stands(refused: Sequence[Late]) -> list[broadcasts.Mine | Refused]:
    """For each, in order: the answer that stands, where it is the one that was sent; else the refusal. One read of the
    queue and a few queries for all of them."""
    pairs = [(one.poll, one.user_id) for one in refused]
    answered_late = [(one.poll, one.user_id) for one in refused if one.late]
    words = _words(pairs)
    late_words = _words(answered_late, late=True) if answered_late else {}
    took_part = voters.took_part(pairs)
    unsure = _unsure([pair for pair in pairs if (pair[0].pk, pair[1]) not in words])
    found: list[broadcasts.Mine | Refused] = []
    for one in refused:
        key = (one.poll.pk, one.user_id)
        body = _body(one)
        if body is not None and key in words and words[key].body == body:
            found.append(selectors.mine(one.poll, words[key].revision, body))
        elif body is not None and key in late_words and late_words[key].body == body:
            found.append(selectors.mine(one.poll, late_words[key].revision, body, late=True))
        elif one.refusal.code == "poll.closed" and key in took_part:
            found.append(perhaps_counted())
        elif one.refusal.code != "poll.answered" and key in unsure:
            found.append(not_known_yet())
        else:
            found.append(one.refusal)
    return found


def _words(wanted: Sequence[Pair], *, late: bool = False) -> Mapping[tuple[int, int], Standing]:
    """What stands, also where it was set aside for a fault of ours."""
    found = selectors.standing_words(wanted, late=late)
    missing = [pair for pair in wanted if (pair[0].pk, pair[1]) not in found]
    places = _places(missing, late=late)
    set_aside = aside.newest(list(places.values()))
    return found | {key: set_aside[place] for key, place in places.items() if place in set_aside}


def _unsure(wanted: Sequence[Pair]) -> set[tuple[int, int]]:
    """Those whose word is on its way to the queue, or perhaps there already."""
    places = _places(wanted)
    held = queue.unsure(list(places.values()))
    return {key for key, place in places.items() if place in held}


def _places(wanted: Sequence[Pair], *, late: bool = False) -> dict[tuple[int, int], tuple[str, str]]:
    """By poll and person: gate and key; nobody of an anonymous round that is over."""
    polls = {poll.pk: poll for poll, _user in wanted}
    names = voters.names(wanted, late=late)
    return {(pk, user): (polls[pk].late_gate if late else polls[pk].gate, name) for (pk, user), name in names.items()}


def _body(one: Late) -> kinds.Body | None:
    """None where it could not have been taken."""
    try:
        return kinds.kind_of(one.poll).read(one.poll, one.said)
    except Refused:
        return None


def perhaps_counted() -> Refused:
    return Refused(
        "poll.closed",
        _(
            "This poll is closed, and an answer of yours counts. Whether it is this one, nobody can tell any more: "
            "the poll is anonymous."
        ),
    )


def not_known_yet() -> Refused:
    return Refused(
        "intake.busy",
        _("This poll is closed. Whether your answer came in time is not known yet; look again in a moment."),
        retry_after=LOOK_AGAIN_SECONDS,
        status=503,
    )
