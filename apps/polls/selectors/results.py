"""Results of polls for each audience: counted by the queue's counters while they know more, else by rows."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from django.core.cache import cache
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import queue
from apps.polls import broadcasts, kinds, permissions
from apps.polls.models import Answer, Option, Poll, Ruling
from apps.polls.selectors import clouds

SETTLED_AFTER = timedelta(minutes=10)
"""After the close: by then all that was acknowledged is written, but what nobody could write."""
KEPT_SECONDS = 60
BRIEF_SECONDS = 2
"""Of those that were closed just now, or take no answers for the moment, where the queue knows nothing of them."""

SUMS = """
WITH wanted AS (SELECT * FROM unnest(%s::bigint[], %s::int[], %s::boolean[]) AS w (poll_id, round, late)),
     found AS (SELECT poll_id, round, late, said, counts FROM polls_answer JOIN wanted USING (poll_id, round, late))
SELECT poll_id, round, late, '#', count(*) FROM found GROUP BY 1, 2, 3
UNION ALL
SELECT poll_id, round, late, one.key, sum(one.value::bigint) FROM found, jsonb_each_text(found.counts) AS one
WHERE NOT jsonb_exists(said, 'text') GROUP BY 1, 2, 3, 4
"""

TEXTS = """
SELECT p.id, one.text FROM polls_poll p CROSS JOIN LATERAL (
    SELECT a.said->>'text' AS text, a.id FROM polls_answer a LEFT JOIN polls_ruling r
        ON r.poll_id = a.poll_id AND r.subject = (SELECT jsonb_object_keys(a.counts) LIMIT 1)
    WHERE a.poll_id = p.id AND a.round = p.round AND a.late = %s AND coalesce(r.shown, NOT p.moderated)
    ORDER BY a.id DESC LIMIT %s
) AS one WHERE p.id = ANY(%s) ORDER BY p.id, one.id DESC
"""


def get_poll(event_id: int, poll_id: int) -> Poll:
    """The poll of this event, drafts included: ask `permissions` what may be shown of it."""
    poll = with_options(Poll.objects.filter(event_id=event_id, pk=poll_id)).first()
    if poll is None:
        raise unknown()
    return poll


def unknown() -> Refused:
    return Refused("poll.unknown", _("This poll does not exist (any more)."), status=404)


def results_hidden() -> Refused:
    return Refused("poll.results_hidden", _("The results are not shown (yet)."), status=403)


def with_options(polls: models.QuerySet[Poll]) -> models.QuerySet[Poll]:
    options = models.Prefetch("options", Option.objects.select_related("picture"))
    return polls.select_related("event", "session").prefetch_related(options)


def counted(polls: Iterable[Poll], *, late: bool = False) -> dict[int, kinds.Counted]:
    """By poll: the current round's answers, added up.

    By the queue's counters while it has them; they are exact, and cost the same for any number of answers, but one
    more of each word of a cloud (`clouds` keeps what is made of them). Else by rows.
    """
    asked = list(polls)
    gates = {poll.pk: poll.late_gate if late else poll.gate for poll in asked}
    live = queue.tallies(list(gates.values()))
    rows = _rows([poll for poll in asked if gates[poll.pk] not in live], late=late)
    found = {}
    for poll in asked:
        known = live.get(gates[poll.pk])
        by_rows = rows.get((poll.pk, poll.round, late), kinds.Counted())
        found[poll.pk] = kinds.Counted(known.keys, known.counts) if known else by_rows
    return found


def _rows(polls: list[Poll], *, late: bool) -> dict[tuple[int, int, bool], kinds.Counted]:
    """Of polls that take no answers as they were counted last: a page must not add up a hundred thousand rows."""
    wanted = {(poll.pk, poll.round, late): poll for poll in polls}
    lasts = {} if late else {place: _lasts(poll) for place, poll in wanted.items()}
    names = {_sums_of(wanted[place].gate): place for place, seconds in lasts.items() if seconds}
    kept = cache.get_many(names) if names else {}
    found: dict[tuple[int, int, bool], kinds.Counted] = {names[name]: sums for name, sums in kept.items()}
    fresh = counted_rows([place for place in wanted if place not in found])
    for seconds in (KEPT_SECONDS, BRIEF_SECONDS):
        news = {
            name: fresh.get(place, kinds.Counted())
            for name, place in names.items()
            if place not in found and lasts[place] == seconds
        }
        if news:
            cache.set_many(news, seconds)
    return found | fresh


def _lasts(poll: Poll) -> int:
    """How many seconds its sums are good for."""
    if poll.state == Poll.State.CLOSED and poll.closed_at:
        return KEPT_SECONDS if poll.closed_at < clock.now() - SETTLED_AFTER else BRIEF_SECONDS
    return BRIEF_SECONDS if poll.state == Poll.State.OPEN and poll.locked else 0


def _sums_of(gate: str) -> str:
    return f"polls.sums.{gate}"


def forget_sums(gates: Iterable[str]) -> None:
    """The rows behind these gates have changed by other means than an answer."""
    cache.delete_many([_sums_of(gate) for gate in gates])


def counted_rows(wanted: Collection[tuple[int, int, bool]]) -> dict[tuple[int, int, bool], kinds.Counted]:
    """By poll, round and whether late: what the database holds. One query."""
    if not wanted:
        return {}
    keys: dict[tuple[int, int, bool], int] = {}
    counts: dict[tuple[int, int, bool], dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [list(column) for column in zip(*wanted, strict=True)])
        for poll_id, number, late, name, total in cursor.fetchall():
            place = (poll_id, number, late)
            if name == "#":
                keys[place] = int(total)
            else:
                counts.setdefault(place, {})[name] = int(total)
    return {place: kinds.Counted(number, counts.get(place, {})) for place, number in keys.items()}


def results_of(polls: Iterable[Poll], *, late: bool = False) -> dict[int, broadcasts.Results]:
    """By poll: everything that may be shown to anybody who may see results. The queue's counters and up to four
    queries, however many polls."""
    asked = list(polls)
    of_words = [poll for poll in asked if poll.kind == Poll.Kind.WORDS]
    found = _made([poll for poll in asked if poll.kind != Poll.Kind.WORDS], late=late)
    if of_words:
        found |= clouds.kept("cloud", of_words, lambda fresh: _made(fresh, late=late), late=late)
    return found


def _made(polls: list[Poll], *, late: bool) -> dict[int, broadcasts.Results]:
    sums = counted(polls, late=late)
    words = _words([poll for poll in polls if kinds.kind_of(poll).has_words], late=late)
    return {
        poll.pk: kinds.kind_of(poll).results(poll, sums[poll.pk], words.get(poll.pk, kinds.Words())) for poll in polls
    }


def results(poll: Poll, *, late: bool = False) -> broadcasts.Results:
    return results_of([poll], late=late)[poll.pk]


def _words(polls: list[Poll], *, late: bool) -> dict[int, kinds.Words]:
    if not polls:
        return {}
    rulings: dict[int, dict[str, bool]] = {}
    for poll_id, subject, shown in Ruling.objects.filter(poll__in=polls).values_list("poll", "subject", "shown"):
        rulings.setdefault(poll_id, {})[subject] = shown
    texts: dict[int, list[str]] = {}
    written = [poll.pk for poll in polls if poll.kind == Poll.Kind.TEXT]
    if written:
        with connection.cursor() as cursor:
            cursor.execute(TEXTS, [late, kinds.TEXTS, written])
            for poll_id, text in cursor.fetchall():
                texts.setdefault(poll_id, []).append(text)
    return {poll.pk: kinds.Words(rulings.get(poll.pk, {}), texts.get(poll.pk, [])) for poll in polls}


# For each audience -----------------------------------------------------------------------------------------------


def public_results(event_id: int, poll_id: int, *, late: bool = False) -> broadcasts.Results | None:
    """For everybody; None while they may not see them. `late`: those of who watched the recording."""
    return _results_for(get_poll(event_id, poll_id), has_answered=False, late=late)


def results_of_round(event_id: int, poll_id: int, number: int, *, late: bool = False) -> broadcasts.Results | None:
    """For those who answered this round, where only they see its results; None once another one has begun."""
    poll = get_poll(event_id, poll_id)
    hear = poll.round == number and poll.results == Poll.Results.ANSWERED
    return _results_for(poll, has_answered=True, late=late) if hear else None


def _results_for(poll: Poll, *, has_answered: bool, late: bool) -> broadcasts.Results | None:
    can_see = permissions.can_see_late if late else permissions.can_see_results
    return results(poll, late=late) if can_see(poll, has_answered=has_answered, now=clock.now()) else None


def screen(event_id: int, poll_id: int) -> broadcasts.Screen:
    poll = get_poll(event_id, poll_id)
    now = clock.now()
    found = results(poll)
    return broadcasts.Screen(
        question=kinds.question(poll, now),
        answers=found.total,
        results=found if permissions.can_show_results(poll, now=now) else None,
    )


def turnout(event_id: int, poll_id: int) -> broadcasts.Turnout:
    poll = get_poll(event_id, poll_id)
    return broadcasts.Turnout(poll=poll.pk, answers=totals([poll])[poll.pk])


def totals(polls: Sequence[Poll]) -> dict[int, int]:
    """By poll: how many have answered its current round. The queue's totals and one query at most."""
    live = queue.totals([poll.gate for poll in polls])
    missing = [poll for poll in polls if poll.gate not in live]
    rows: dict[int, int] = {}
    if missing:
        answers = Answer.objects.filter(poll__in=missing, round=models.F("poll__round"), late=False).order_by()
        rows = dict(answers.values_list("poll").annotate(models.Count("pk")))
    return {poll.pk: live.get(poll.gate, rows.get(poll.pk, 0)) for poll in polls}
