"""Polls for those who run them: figures, and what can be run from where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events.models import Event
from apps.events.registry import Number
from apps.events.registry.work import Part, Task
from apps.polls import broadcasts, kinds, permissions
from apps.polls.models import Answer, Participation, Poll
from apps.polls.selectors import lists, order, results
from apps.polls.selectors.said import first_sayings
from apps.tracks import selectors as tracks
from apps.tracks.models import Session, SessionSpeaker

A_PAGE = 60
MOST_DUE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A poll to be run: as its audience sees it with all results, and the words to decide on."""

    poll: Poll
    shown: lists.Shown
    sayings: list[broadcasts.Saying]
    said: int
    """How many words there are; `sayings` are the first of them. Of a great many texts, how many people wrote one."""

    @property
    def waiting(self) -> list[broadcasts.Saying]:
        """Words that nobody has decided on."""
        return [saying for saying in self.sayings if saying.shown is None] if self.poll.moderated else []

    @property
    def trouble(self) -> Any:
        """Why it cannot open by itself as it is; nothing where it can, or shall not."""
        return why_not(self.poll) if self.poll.state == Poll.State.SCHEDULED else ""

    @property
    def mark(self) -> str:
        """Its place on the page."""
        return f"#poll-{self.poll.pk}"

    @property
    def deeds(self) -> list[tuple[str, Any]]:
        return deeds_for(self.poll)


def own_numbers(event: Event) -> Iterable[Number]:
    """The event's polls in figures, for the organisers' desk."""
    answers = Answer.objects.filter(poll__event=event, round=F("poll__round"))
    found = answers.aggregate(answers=Count("pk"), people=Count("user", distinct=True))
    address = reverse("admin:polls_poll_changelist") + f"?event__id__exact={event.pk}"
    yield Number(_("Poll answers"), found["answers"], address)
    yield Number(_("People who answered"), found["people"], address)


def runnable(event: Event, session: Session | None, *, is_open: bool) -> QuerySet[Poll]:
    """The polls of a session, or of the event as a whole: those that are open, or the others, what waits before those
    that are closed."""
    now = clock.now()
    found = Poll.objects.filter(event=event, session=session).exclude(state=Poll.State.ARCHIVED)
    found = found.filter(order.is_on(now)) if is_open else found.exclude(order.is_on(now))
    return results.with_options(found).order_by(*order.to_run(now))


def lines_of(polls: Sequence[Poll]) -> list[Line]:
    """These as they are run."""
    now = clock.now()
    found_results = results.results_of(polls)
    late_results = results.results_of([poll for poll in polls if poll.takes_late], late=True)
    lines = []
    for poll in polls:
        known = found_results[poll.pk]
        shown = lists.Shown(poll, kinds.question(poll, now), None, known, known.total, late_results.get(poll.pk))
        has_words = kinds.kind_of(poll).has_words
        first, said = first_sayings(poll, known, shown.late, newest_only=True) if has_words else ([], 0)
        lines.append(Line(poll, shown, first, said))
    return lines


def put_away(event: Event, session: Session | None) -> QuerySet[Poll]:
    """What can be brought back, the newest first."""
    found = Poll.objects.filter(event=event, session=session, state=Poll.State.ARCHIVED)
    return found.select_related("event")


def deeds_for(poll: Poll) -> list[tuple[str, Any]]:
    """What can be done with it now, by `services.DEEDS`, and the words for it; what is likeliest wanted first."""
    if poll.state == Poll.State.ARCHIVED:
        return [("restore", _("Bring back"))]
    show = ("hide", _("Hide the results")) if poll.revealed else ("reveal", _("Show the results"))
    if poll.is_on_at(clock.now()):
        lock = ("unlock", _("Take answers again")) if poll.locked else ("lock", _("Take no answers"))
        # Where it has no closing time, more time would be less.
        time = _("30 seconds more") if poll.closes_at else _("Close in 30 seconds")
        deeds = [("close", pgettext_lazy("what to do with a poll", "Close")), lock, ("extend", time)]
        return [*deeds, show] if poll.results != Poll.Results.LIVE else deeds
    if poll.state == Poll.State.DRAFT:
        return [("open", pgettext_lazy("what to do with a poll", "Open")), ("archive", _("Put away"))]
    if poll.state == Poll.State.SCHEDULED:
        return [("open", pgettext_lazy("what to do with a poll", "Open")), ("unschedule", _("Do not open by itself"))]
    again = [("open", _("Open again")), ("archive", _("Put away"))]
    return [*again, show] if poll.results in (Poll.Results.HIDDEN, Poll.Results.ANSWERED) else again


def why_not(poll: Poll) -> Any:
    """Why it cannot be asked, in words; nothing where it can. Needs `options`."""
    try:
        kinds.check_askable(poll)
    except Refused as refused:
        return refused.message
    return ""


def tasks(event: Event) -> Iterable[Task]:
    """Polls that should have opened and did not: where there are any."""
    due = Poll.objects.filter(event=event, state=Poll.State.SCHEDULED, opens_at__lte=clock.now())
    if any(why_not(poll) for poll in results.with_options(due)[:MOST_DUE]):
        address = reverse("admin:polls_poll_changelist") + f"?event__id__exact={event.pk}&state__exact=scheduled"
        yield Task(Part.LIVE, _("Every poll could be opened at its time"), False, address)


def polls_of(event: Event, *, state: str | None = None) -> QuerySet[Poll]:
    """All of the event, the newest first, for those who run them."""
    found = results.with_options(Poll.objects.filter(event=event)).order_by("-created_at", "-pk")
    return found.filter(state=state) if state else found


def own_sessions(event: Event, user: User | None, roles: frozenset[str]) -> frozenset[int]:
    """The sessions in which this person speaks, and whose polls they run by that."""
    if user is None or not permissions.can_run_own(roles):
        return frozenset()
    found = SessionSpeaker.objects.filter(session__event=event, speaker__user=user)
    return frozenset(found.values_list("session", flat=True))


def visible(event: Event, user: User | None, roles: frozenset[str]) -> QuerySet[Poll]:
    """Those of the event that this person may see, the newest first: what was asked, in sessions that they may go into;
    and in any state what they run."""
    every = polls_of(event)
    if permissions.can_run(roles):
        return every
    if user is None:
        return every.none()
    off = Q(state__in=permissions.HIDDEN_STATES) | Q(session__state__in=Session.OFF_AGENDA)
    shut = Q(session__in=tracks.shut_to(event, roles, user))
    return every.filter((~off & ~shut) | Q(session__in=own_sessions(event, user, roles)))


def named_answers(poll: Poll, *, late: bool | None = None) -> QuerySet[Answer]:
    """What is written so far of the current round, each with its person. Refused of an anonymous poll, also in what
    order its answers came."""
    if poll.anonymous:
        raise Refused("poll.anonymous", _("This poll is anonymous: nobody learns who answered what."))
    rows = Answer.objects.filter(poll=poll, round=poll.round).select_related("user")
    return rows if late is None else rows.filter(late=late)


def participants(poll: Poll) -> int:
    """How many people took part in the round of an anonymous poll that is over."""
    return Participation.objects.filter(poll=poll, round=poll.round).count()
