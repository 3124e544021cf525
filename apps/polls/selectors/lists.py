"""Polls as a page shows them to one reader: listed, with their own answer, and the results where they may see them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

from apps.accounts.models import User
from apps.core import clock
from apps.events.models import Event
from apps.media.selectors import image_url
from apps.polls import broadcasts, kinds, permissions
from apps.polls.models import Poll
from apps.polls.selectors import order, own, results
from apps.tracks.models import Session

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MOST_LISTED = 30
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Row:
    """One option, or one step of a scale, as a page shows it."""

    number: int
    words: Any
    picture: str
    letter: str
    mine: bool
    given: int | str | None
    """By the reader: its rank, or its points; in a form also what cannot be either."""
    votes: int
    percent: int
    top: bool


@dataclass(frozen=True)
class Shown:
    """A poll for one reader: what everybody sees, their own answer, and the results if they may see them."""

    poll: Poll
    question: broadcasts.Question
    mine: broadcasts.Mine | None
    results: broadcasts.Results | None
    answers: int
    late: broadcasts.Results | None = None
    """Of those who watched the recording."""
    is_of_late: bool = False
    """`results` are those of who watched the recording."""

    @property
    def control(self) -> str:
        return kinds.kind_of(self.poll).control

    @property
    def is_open(self) -> bool:
        return self.question.state == Poll.State.OPEN

    @property
    def takes_answers(self) -> bool:
        return self.question.late or (self.is_open and not self.question.locked)

    @property
    def next_revision(self) -> int:
        return self.mine.revision + 1 if self.mine else 1

    @property
    def can_answer(self) -> bool:
        if self.mine is None:
            return self.takes_answers
        # Who was there answers no second time with the recording; who took part before a reopening neither.
        again = self.mine.late == self.question.late and self.mine.revision > 0
        return self.takes_answers and self.question.may_change and again

    @property
    def shows_bars(self) -> bool:
        """Until the reader has answered, the shares stand with the options they choose from."""
        return self.results is not None and not (self.can_answer and self.mine is None)

    @cached_property
    def given(self) -> dict[int, int]:
        """What the reader gave each row: 1, its rank, or its points."""
        match self.mine.answer if self.mine else None:
            case {"option": number} | {"value": number}:
                return {number: 1}
            case {"options": numbers}:
                return dict.fromkeys(numbers, 1)
            case {"order": numbers}:
                return {number: place for place, number in enumerate(numbers, 1)}
            case {"points": points}:
                return {int(number): value for number, value in points.items()}
        return {}

    @cached_property
    def rows(self) -> list[Row]:
        votes = {tally.option: tally.votes for tally in self.results.votes} if self.results else {}
        of, most = self.results.of if self.results else 0, max(votes.values(), default=0)
        return [
            Row(
                number=number,
                words=words,
                picture=image_url(option.picture) if option else "",
                letter=LETTERS[place % len(LETTERS)],
                mine=number in self.given,
                given=self.given.get(number),
                votes=votes.get(number, 0),
                percent=percent(votes.get(number, 0), of),
                top=bool(most) and votes.get(number, 0) == most,
            )
            for place, (number, words, option) in enumerate(kinds.kind_of(self.poll).rows(self.poll))
        ]

    @property
    def outcome(self) -> list[Row]:
        """The rows as the results have them: of a ranking the first comes first."""
        if self.poll.kind != Poll.Kind.RANKING or self.results is None:
            return self.rows
        return sorted(self.rows, key=lambda row: -row.votes)

    @property
    def of_late(self) -> "Shown":
        """The same poll with the results of those who watched the recording."""
        return Shown(
            self.poll, self.question, self.mine, self.late, self.late.total if self.late else 0, is_of_late=True
        )

    @property
    def has_more_texts(self) -> bool:
        """More than stand here."""
        return self.results is not None and len(self.results.texts) >= kinds.TEXTS

    @property
    def texts_page(self) -> str:
        """Where all of them stand."""
        address = reverse("polls:texts", args=[self.poll.event.slug, self.poll.pk])
        return address + "?late=1" if self.is_of_late else address

    @property
    def slots(self) -> list[str]:
        """What stands in the fields of a word cloud or of an open text."""
        answer = (self.mine.answer if self.mine else None) or {}
        if self.control == "text":
            return [answer.get("text", "")]
        words = list(answer.get("words", ()))
        return words + [""] * (self.question.most - len(words)) if self.control == "word" else []

    @property
    def own_words(self) -> list[str]:
        """The reader's answer, part by part, in words."""
        if not self.mine or self.mine.answer is None:
            return []
        if self.control in ("word", "text"):
            return [word for word in self.slots if word]
        chosen = sorted(
            (row for row in self.rows if row.mine),
            key=lambda row: self.given[row.number] if self.control == "rank" else 0,
        )
        if self.control == "share":
            return [f"{row.words} {row.given}" for row in chosen]
        if self.control == "rank":
            return [f"{row.given}. {row.words}" for row in chosen]
        return [str(row.words) for row in chosen]

    @property
    def sizes(self) -> list[tuple[str, int, int]]:
        """The words of a cloud, how many said each, and a size from 1 to 5."""
        words = self.results.words if self.results else []
        most = max((word.votes for word in words), default=1)
        return [(word.text, word.votes, size(word.votes, most)) for word in words]


def percent(part: int, whole: int) -> int:
    """Rounded as the page's script rounds: half up."""
    return (200 * part + whole) // (2 * whole) if whole else 0


def size(votes: int, most: int) -> int:
    """Of a cloud's word: 5 for what most people said, down to 1."""
    return max(1, -(-5 * votes // most))


def session_polls(session: Session, user: "User | AnonymousUser | None") -> list[Shown]:
    """The polls of a session that are open or closed, the open ones first, as this person sees them. Four queries."""
    return _shown(_listed(Poll.objects.filter(event_id=session.event_id, session=session)), user)


def event_polls(event: Event, user: "User | AnonymousUser | None") -> list[Shown]:
    """The same for polls of the event as a whole."""
    return _shown(_listed(Poll.objects.filter(event=event, session=None)), user)


def stage_polls(session: Session, user: "User | AnonymousUser | None") -> list[Shown]:
    """Those of a session, and after them what is open in the event as a whole: nobody leaves the stage to answer it.
    One query more."""
    event = Poll.objects.filter(event_id=session.event_id, session=None, state=Poll.State.OPEN)
    open_to_all = [poll for poll in _listed(event) if poll.is_on_at(clock.now())]
    return _shown([*_listed(Poll.objects.filter(event_id=session.event_id, session=session)), *open_to_all], user)


def seen(event: Event, session: Session | None) -> QuerySet[Poll]:
    """All polls of a session, or of the event as a whole, that whoever takes part may see; open ones first."""
    found = Poll.objects.filter(event=event, session=session).exclude(state__in=permissions.HIDDEN_STATES)
    return found.select_related("event").order_by(*order.open_first(clock.now()))


def has_more(polls: Iterable[Shown]) -> bool:
    """Whether a page that lists these may not list all of their place: so many belong to one."""
    places = Counter(shown.poll.session_id for shown in polls)
    return any(number >= MOST_LISTED for number in places.values())


def shown_poll(poll: Poll, user: "User | AnonymousUser | None", *, of_staff: bool = False) -> Shown:
    """One poll as this person sees it. Refused as unknown while it is not to be seen, but `of_staff` who run it."""
    if not of_staff and not permissions.can_see(poll):
        raise results.unknown()
    return _shown([poll], user)[0]


def results_for_staff(poll: Poll) -> Shown:
    """The poll with its results, whatever its state and its audience may see."""
    found = results.results(poll)
    late = results.results(poll, late=True) if poll.takes_late else None
    return Shown(poll, kinds.question(poll, clock.now()), None, found, found.total, late)


def screen_poll(poll: Poll) -> Shown:
    """As a shared screen shows it: to everybody at once, and to nobody in particular."""
    now = clock.now()
    found = results.results(poll)
    shown = found if permissions.can_show_results(poll, now=now) else None
    return Shown(poll, kinds.question(poll, now), None, shown, found.total)


def same_place(poll: Poll) -> list[Poll]:
    """The others that are listed where this one is, open ones first."""
    return _listed(Poll.objects.filter(event=poll.event_id, session=poll.session).exclude(pk=poll.pk))


def session_questions(event_id: int, session_id: int) -> list[broadcasts.Question]:
    now = clock.now()
    listed = _listed(Poll.objects.filter(event_id=event_id, session_id=session_id))
    return [kinds.question(poll, now) for poll in listed]


def event_questions(event_id: int) -> list[broadcasts.Question]:
    now = clock.now()
    return [kinds.question(poll, now) for poll in _listed(Poll.objects.filter(event_id=event_id, session=None))]


def _shown(polls: list[Poll], user: "User | AnonymousUser | None") -> list[Shown]:
    if not polls:
        return []
    now = clock.now()
    late_ones = [poll for poll in polls if poll.takes_late_at(now)]
    # Also where it is open again: who answered with the recording has answered.
    answered_late = [poll for poll in polls if poll.takes_late]
    mine = own.own_answers(answered_late, user, late=True) if answered_late else {}
    mine |= own.own_answers(polls, user)
    found = results.results_of(polls)
    late = results.results_of(late_ones, late=True) if late_ones else {}
    return [
        Shown(
            poll=poll,
            question=kinds.question(poll, now),
            mine=mine.get(poll.pk),
            results=found[poll.pk]
            if permissions.can_see_results(poll, has_answered=poll.pk in mine, now=now)
            else None,
            answers=found[poll.pk].total,
            late=late[poll.pk] if permissions.can_see_late(poll, has_answered=poll.pk in mine, now=now) else None,
        )
        for poll in polls
    ]


def _listed(polls: QuerySet[Poll]) -> list[Poll]:
    """Open ones first, then the latest closed."""
    seen = polls.exclude(state__in=permissions.HIDDEN_STATES)
    return list(results.with_options(seen).order_by(*order.open_first(clock.now()))[:MOST_LISTED])
