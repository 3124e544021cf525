"""Answering polls: what people send is checked and handed to the intake, many at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.chat.services import wordlist
from apps.core import clock
from apps.core.errors import Refused
from apps.intake import queue
from apps.intake.items import Item, Outcome, Standing
from apps.polls import broadcasts, kinds, permissions, selectors, voters
from apps.polls.kinds import Said
from apps.polls.models import Poll
from apps.polls.services import unheard
from apps.polls.services.applying import ANSWER, answered, check_open, closed, tell_results
from apps.tracks import selectors as tracks


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's answer. `revision` is one more than the newest that their device knows; None: than what stands."""

    event_id: int
    poll_id: int
    user_id: int
    said: Said
    revision: int | None = None
    roles: frozenset[str] = frozenset()
    """Theirs in the event: whether they may be in the poll's session."""


Wish = tuple[Poll, bool, Item]
"""Of which poll, whether with the recording, and what."""


def cast_votes(votes: Sequence[Vote]) -> list[broadcasts.Mine | Refused]:
    """Takes all of these; for each, in order, the person's standing answer or the refusal.

    Where what stands is not what was sent, another device of theirs was quicker: `counted` is false, and `revision`
    is the one to go on from. What is answered here is durable, and in the results at once; its row follows.
    """
    found = selectors.with_options(Poll.objects.filter(pk__in={vote.poll_id for vote in votes}))
    booth = _Booth(votes, {(poll.event_id, poll.pk): poll for poll in found})
    answers: list[broadcasts.Mine | Refused | None] = []
    wishes: list[Wish] = []
    for vote in votes:
        try:
            wishes.append(booth.wish(vote))
        except Refused as refusal:
            answers.append(refusal)
        else:
            answers.append(None)
    outcomes = queue.accept_many([item for _poll, _late, item in wishes])
    taken = {}
    standing = []
    for (poll, late, item), outcome in zip(wishes, outcomes, strict=True):
        standing.append(_mine(poll, item, outcome, late=late))
        if not isinstance(outcome, Refused):
            taken[poll.pk] = poll
    for poll in taken.values():
        tell_results(poll)
    stands = iter(standing)
    return _unheard(booth, votes, [next(stands) if answer is None else answer for answer in answers])


def _unheard(
    booth: "_Booth", votes: Sequence[Vote], answers: list[broadcasts.Mine | Refused]
) -> list[broadcasts.Mine | Refused]:
    """Who comes too late perhaps came in time as well, and only never heard of it."""
    places, refused = [], []
    for place, (vote, answer) in enumerate(zip(votes, answers, strict=True)):
        poll = booth.polls.get((vote.event_id, vote.poll_id))
        if poll is not None and isinstance(answer, Refused) and answer.code in unheard.TOO_LATE:
            late = poll.takes_late_at(booth.now)
            places.append(place)
            refused.append(unheard.Late(poll, vote.user_id, vote.said, late, answer))
    if refused:
        for place, answer in zip(places, unheard.what_stands(refused), strict=True):
            answers[place] = answer
    return answers


class _Booth:
    """What is known about these votes before they are taken, asked for all of them together."""

    def __init__(self, votes: Sequence[Vote], polls: Mapping[tuple[int, int], Poll]) -> None:
        self.now: datetime = clock.now()
        self.polls = polls
        self.matchers: dict[int, wordlist.Matcher] = {}
        pairs = [(poll, vote.user_id) for vote in votes if (poll := self._known(vote)) is not None]
        self.pairs = pairs
        early = [(poll, user) for poll, user in pairs if not poll.takes_late_at(self.now)]
        late = [(poll, user) for poll, user in pairs if poll.takes_late_at(self.now)]
        # Before who took part: of a close in between the one or the other tells.
        self.voters = voters.voters(early) | (voters.voters(late, late=True) if late else {})
        self.took_part = voters.took_part(pairs)
        # Also where it is open again: who answered with the recording has answered.
        with_recording = [(poll, user) for poll, user in early if poll.takes_late]
        self.were_there = {*selectors.standing_answers(late), *selectors.standing_answers(with_recording, late=True)}
        self.newest = self._newest(votes)
        self.shut = self._shut(votes)

    def _known(self, vote: Vote) -> Poll | None:
        return self.polls.get((vote.event_id, vote.poll_id))

    def _newest(self, votes: Iterable[Vote]) -> dict[tuple[int, int], int]:
        """The revisions that stand, of those who do not say themselves which one they go on from."""
        blind = [
            (poll, vote.user_id) for vote in votes if vote.revision is None and (poll := self._known(vote)) is not None
        ]
        early = selectors.standing_answers([pair for pair in blind if not pair[0].takes_late_at(self.now)])
        late = selectors.standing_answers([pair for pair in blind if pair[0].takes_late_at(self.now)], late=True)
        return {key: mine.revision for key, mine in (early | late).items()}

    def _shut(self, votes: Iterable[Vote]) -> dict[tuple[int, int], Refused]:
        """By poll and person: whom the poll's session does not let in."""
        people: dict[Poll, dict[int, frozenset[str]]] = defaultdict(dict)
        for vote in votes:
            if (poll := self._known(vote)) is not None and poll.session_id is not None:
                people[poll][vote.user_id] = vote.roles
        return {
            (poll.pk, user_id): refusal
            for poll, asked in people.items()
            for user_id, refusal in tracks.shut_out(poll.event_id, poll.session_id or 0, asked).items()
        }

    def wish(self, vote: Vote) -> Wish:
        poll = self._known(vote)
        if poll is None or (poll.state not in permissions.HIDDEN_STATES and not permissions.can_see(poll)):
            raise selectors.unknown()
        if (shut := self.shut.get((poll.pk, vote.user_id))) is not None:
            raise shut
        late = poll.takes_late_at(self.now)
        check_open(poll, self.now, late=late)
        body = kinds.kind_of(poll).read(poll, vote.said)
        key = (poll.pk, vote.user_id)
        if key in self.took_part or key in self.were_there:
            raise answered()
        voter = self.voters.get(key)
        if voter is None:
            raise closed()
        if kinds.kind_of(poll).has_words:
            self.check_words(poll, body, vote.user_id)
        revision = vote.revision or self.newest.get(key, 0) + 1
        gate = poll.late_gate if late else poll.gate
        return poll, late, Item(ANSWER, gate, voter.name, revision, body, mark=voter.mark)

    @cached_property
    def standing(self) -> dict[tuple[int, int], Standing]:
        """What stands of who types here."""
        pairs = [pair for pair in self.pairs if kinds.kind_of(pair[0]).has_words]
        early = selectors.standing_words([pair for pair in pairs if not pair[0].takes_late_at(self.now)])
        late = selectors.standing_words([pair for pair in pairs if pair[0].takes_late_at(self.now)], late=True)
        return early | late

    def check_words(self, poll: Poll, body: Mapping[str, Any], user_id: int) -> None:
        """What the organisers let nobody write. Words that should wait are refused where nobody decides on any. What
        stands already was let through, and is no less taken because it is sent again after the list has grown."""
        if poll.event_id not in self.matchers:
            self.matchers[poll.event_id] = wordlist.matcher_of(poll.event_id)
        hits = (self.matchers[poll.event_id].find(text) for text in (body.get("words") or [body.get("text", "")]))
        hit = next((hit for hit in hits if hit is not None and (hit.refuse or not poll.moderated)), None)
        if hit is None:
            return
        stands = self.standing.get((poll.pk, user_id))
        if stands is None or stands.body != body:
            raise Refused(
                "poll.word",
                _("The organisers do not let “%(word)s” through here."),
                values={"word": hit.text},
                field=kinds.kind_of(poll).field,
                status=400,
            )


def _mine(poll: Poll, item: Item, outcome: Outcome, *, late: bool) -> broadcasts.Mine | Refused:
    if isinstance(outcome, Refused):
        return outcome
    counted = outcome.body == item.body
    return selectors.mine(poll, outcome.revision, outcome.body, late=late, counted=counted)
