"""What is read of polls: the list of a session, results for each audience, one's own answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events.models import Event
from apps.events.registry import Number
from apps.intake import queue
from apps.polls import broadcasts, permissions
from apps.polls.models import Answer, Option, Poll
from apps.tracks.models import Session

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MOST_LISTED = 30
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Row:
    """One option as a page shows it."""

    option: Option
    letter: str
    mine: bool
    votes: int
    percent: int
    top: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A poll for one reader: what everybody sees, their own answer, and the results if they may see them."""

    poll: Poll
    question: broadcasts.Question
    mine: broadcasts.Mine | None
    results: broadcasts.Results | None
    answers: int

    @property
    def is_open(self) -> bool:
        return self.question.state == Poll.State.OPEN

    @property
    def next_revision(self) -> int:
        return self.mine.revision + 1 if self.mine else 1

    @property
    def can_answer(self) -> bool:
        return self.is_open and (self.mine is None or self.question.may_change)

    @property
    def shows_bars(self) -> bool:
        """Until the reader has answered, the shares stand with the options they choose from."""
        return self.results is not None and not (self.can_answer and self.mine is None)

    @property
    def rows(self) -> list[Row]:
        votes = {tally.option: tally.votes for tally in self.results.votes} if self.results else {}
        total, most = sum(votes.values()), max(votes.values(), default=0)
        return [
            Row(
                option=option,
                letter=LETTERS[place % len(LETTERS)],
                mine=bool(self.mine and self.mine.option == option.pk),
                votes=votes.get(option.pk, 0),
                percent=percent(votes.get(option.pk, 0), total),
                top=bool(most) and votes.get(option.pk, 0) == most,
            )
            for place, option in enumerate(self.poll.options.all())
        ]


def percent(part: int, whole: int) -> int:
    """Rounded as the page's script rounds: half up."""
    return (200 * part + whole) // (2 * whole) if whole else 0


def get_poll(event_id: int, poll_id: int) -> Poll:
    """The poll of this event, drafts included: ask `permissions` what may be shown of it."""
    poll = _with_options(Poll.objects.filter(event_id=event_id, pk=poll_id).select_related("session")).first()
    if poll is None:
        raise unknown()
    return poll


def unknown() -> Refused:
    return Refused("poll.unknown", _("This poll does not exist (any more)."), status=404)


def session_polls(session: Session, user: "User | AnonymousUser | None") -> list[Shown]:
    """The polls of a session that are open or closed, the open ones first, as this person sees them. Four queries."""
    return _shown(_listed(Poll.objects.filter(event_id=session.event_id, session=session)), user)


def event_polls(event: Event, user: "User | AnonymousUser | None") -> list[Shown]:
    """The same for polls of the event as a whole."""
    return _shown(_listed(Poll.objects.filter(event=event, session=None)), user)


def shown_poll(poll: Poll, user: "User | AnonymousUser | None") -> Shown:
    """One poll as this person sees it. Refused as unknown while it is a draft."""
    if not permissions.can_see(poll):
        raise unknown()
    return _shown([poll], user)[0]


def session_questions(event_id: int, session_id: int) -> list[broadcasts.Question]:
    now = clock.now()
    listed = _listed(Poll.objects.filter(event_id=event_id, session_id=session_id))
    return [broadcasts.question(poll, now) for poll in listed]


def event_questions(event_id: int) -> list[broadcasts.Question]:
    now = clock.now()
    return [broadcasts.question(poll, now) for poll in _listed(Poll.objects.filter(event_id=event_id, session=None))]


def all_results(event_id: int, poll_id: int) -> broadcasts.Results:
    """For those who run polls."""
    poll = get_poll(event_id, poll_id)
    return broadcasts.results(poll, tallies([poll]).get(poll.pk, {}))


def results_for_staff(poll: Poll) -> Shown:
    """The poll with its results, whatever its state and its audience may see."""
    votes = tallies([poll]).get(poll.pk, {})
    results = broadcasts.results(poll, votes)
    return Shown(poll, broadcasts.question(poll, clock.now()), None, results, results.total)


def public_results(event_id: int, poll_id: int) -> broadcasts.Results | None:
    """For those who were let in to the results; None while there is nothing that they may see."""
    poll = get_poll(event_id, poll_id)
    if not permissions.can_see_results(poll, has_answered=True, now=clock.now()):
        return None
    return broadcasts.results(poll, tallies([poll]).get(poll.pk, {}))


def turnout(event_id: int, poll_id: int) -> broadcasts.Turnout:
    poll = get_poll(event_id, poll_id)
    live = queue.tallies([poll.gate]).get(poll.gate)
    answers = live.keys if live else Answer.objects.filter(poll=poll, round=poll.round).count()
    return broadcasts.Turnout(poll=poll.pk, answers=answers)


def has_answered(poll: Poll, user_id: int | None) -> bool:
    return user_id is not None and bool(standing_answers([(poll, user_id)]))


def own_answers(polls: Iterable[Poll], user: "User | AnonymousUser | None") -> dict[int, broadcasts.Mine]:
    """By poll: the person's standing answers in the polls' current rounds."""
    if user is None or not user.is_authenticated:
        return {}
    found = standing_answers([(poll, user.pk) for poll in polls])
    return {poll_id: mine for (poll_id, _user), mine in found.items()}


def standing_answers(wanted: Collection[tuple[Poll, int]]) -> dict[tuple[int, int], broadcasts.Mine]:
    """By poll and person: what stands in the poll's current round, also where it is not written yet. One query."""
    if not wanted:
        return {}
    rows = Answer.objects.filter(
        poll__in={poll.pk for poll, _user in wanted}, user__in={user for _poll, user in wanted}, round=F("poll__round")
    )
    # The queue first: what it no longer knows is a row by then.
    newer = queue.standing([(poll.gate, str(user)) for poll, user in wanted])
    found = {
        (row.poll_id, row.user_id): broadcasts.Mine(poll=row.poll_id, option=row.option_id, revision=row.revision)
        for row in rows
    }
    for poll, user in wanted:
        word = newer.get((poll.gate, str(user)))
        known = found.get((poll.pk, user))
        if word and (known is None or word.revision > known.revision):
            found[poll.pk, user] = broadcasts.Mine(poll=poll.pk, option=word.body["option"], revision=word.revision)
    return found


def answered_in_queue(polls: Iterable[Poll], user_id: int) -> set[int]:
    """Ids of the polls that the queue knows this person has answered; the rows may still be on their way."""
    by_gate = {poll.gate: poll.pk for poll in polls}
    found = queue.standing([(gate, str(user_id)) for gate in by_gate])
    return {by_gate[gate] for gate, _user in found}


def tallies(polls: Iterable[Poll]) -> dict[int, dict[int, int]]:
    """By poll and option: how many chose it in the current round.

    While the queue knows more than the database, by its counters; they are exact, and cost the same for any number of
    answers.
    """
    asked = list(polls)
    live = queue.tallies([poll.gate for poll in asked])
    votes: dict[int, dict[int, int]] = {
        poll.pk: {int(option): number for option, number in live[poll.gate].counts.items()}
        for poll in asked
        if poll.gate in live
    }
    counted = [poll.pk for poll in asked if poll.gate not in live]
    if not counted:
        return votes
    found = (
        Answer.objects.filter(poll__in=counted, round=F("poll__round"))
        .order_by()
        .values_list("poll", "option")
        .annotate(votes=Count("pk"))
    )
    for poll_id, option_id, count in found:
        votes.setdefault(poll_id, {})[option_id] = count
    return votes


def own_numbers(event: Event) -> Iterable[Number]:
    """The event's polls in figures, for the organisers' desk."""
    found = Answer.objects.filter(poll__event=event, round=F("poll__round")).aggregate(
        answers=Count("pk"), people=Count("user", distinct=True)
    )
    address = reverse("admin:polls_poll_changelist") + f"?event__id__exact={event.pk}"
    yield Number(_("Poll answers"), found["answers"], address)
    yield Number(_("People who answered"), found["people"], address)


def _shown(polls: list[Poll], user: "User | AnonymousUser | None") -> list[Shown]:
    if not polls:
        return []
    now = clock.now()
    mine = own_answers(polls, user)
    votes = tallies(polls)
    return [
        Shown(
            poll=poll,
            question=broadcasts.question(poll, now),
            mine=mine.get(poll.pk),
            results=broadcasts.results(poll, votes.get(poll.pk, {}))
            if permissions.can_see_results(poll, has_answered=poll.pk in mine, now=now)
            else None,
            answers=sum(votes.get(poll.pk, {}).values()),
        )
        for poll in polls
    ]


def _listed(polls: QuerySet[Poll]) -> list[Poll]:
    """Open ones first, then the latest closed."""
    found = list(_with_options(polls.exclude(state=Poll.State.DRAFT)).order_by("-opened_at", "-pk")[:MOST_LISTED])
    now = clock.now()
    return sorted(found, key=lambda poll: not poll.takes_answers_at(now))


def _with_options(polls: QuerySet[Poll]) -> QuerySet[Poll]:
    return polls.select_related("event").prefetch_related("options")
