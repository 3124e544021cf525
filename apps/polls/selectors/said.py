"""What people wrote in a poll, however much it is: for those who decide on it, and the texts that are shown."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Exists, Func, OuterRef, QuerySet, TextField

from apps.polls import broadcasts, kinds
from apps.polls.kinds import wording
from apps.polls.models import Answer, Poll, Ruling
from apps.polls.selectors import clouds, results

MOST_SAYINGS = 200
"""Words to decide on that are shown at once."""
NEWEST = 1000
"""Texts that are gone through for those who only watch a poll: they ask again with every few answers."""

ALL = "SELECT counts, said FROM polls_answer WHERE poll_id = %s AND round = %s"
THE_NEWEST = f"{ALL} ORDER BY id DESC LIMIT {NEWEST}"
OF_TEXTS = """
SELECT said.subject, said.text, said.votes, r.shown, count(*) OVER () AS entries,
       count(*) FILTER (WHERE r.shown IS NULL) OVER () AS undecided, sum(said.votes) OVER () AS answers
FROM (SELECT (SELECT jsonb_object_keys(a.counts) LIMIT 1) AS subject, count(*) AS votes,
             mode() WITHIN GROUP (ORDER BY a.said->>'text') AS text
      FROM ({answers}) AS a GROUP BY 1) AS said
LEFT JOIN polls_ruling r ON r.poll_id = %s AND r.subject = said.subject
ORDER BY %s AND r.shown IS NOT NULL, said.votes DESC, said.text, said.subject LIMIT %s OFFSET %s
"""


class Sayings:
    """All that was written, what waits for a decision first, then what most people said. Read slice by slice.

    With `newest_only`, of a great many texts only what is among the newest.
    """

    def __init__(self, poll: Poll, *, newest_only: bool = False) -> None:
        self.poll = poll
        self.newest_only = newest_only
        self.is_part = False
        """There may be older ones."""
        self._totals: tuple[int, int] | None = None

    def __len__(self) -> int:
        return self.totals[0]

    def __getitem__(self, part: slice) -> list[broadcasts.Saying]:
        start, stop = part.start or 0, part.stop or 0
        return self._texts(start, stop) if self.poll.kind == Poll.Kind.TEXT else self._words[start:stop]

    @property
    def waiting(self) -> int:
        """How many nobody has decided on, where somebody must."""
        return self.totals[1] if self.poll.moderated else 0

    @property
    def totals(self) -> tuple[int, int]:
        if self._totals is None:
            if self.poll.kind == Poll.Kind.TEXT:
                self._texts(0, 1)
            else:
                self._totals = len(self._words), sum(one.shown is None for one in self._words)
        return self._totals or (0, 0)

    def _texts(self, start: int, stop: int) -> list[broadcasts.Saying]:
        poll = self.poll
        asked = OF_TEXTS.format(answers=THE_NEWEST if self.newest_only else ALL)
        with connection.cursor() as cursor:
            cursor.execute(asked, [poll.pk, poll.round, poll.pk, poll.moderated, stop - start, start])
            rows = cursor.fetchall()
        if rows:
            *_first, entries, undecided, answers = rows[0]
            self._totals = int(entries), int(undecided)
            self.is_part = self.newest_only and answers >= NEWEST
        return [broadcasts.Saying(subject, text, votes, shown) for subject, text, votes, shown, *_totals in rows]

    @cached_property
    def _words(self) -> list[broadcasts.Saying]:
        """Of a cloud the counters know all of them."""
        poll = self.poll
        if not kinds.kind_of(poll).has_words:
            return []
        spelled = dict(kinds.spellings(results.counted([poll])[poll.pk]))
        late = kinds.spellings(results.counted([poll], late=True)[poll.pk]) if poll.takes_late else {}
        for text, number in late.items():
            spelled[text] = spelled.get(text, 0) + number
        rulings = dict(Ruling.objects.filter(poll=poll).values_list("subject", "shown"))
        said: dict[str, broadcasts.Saying] = {}
        for text, number in sorted(spelled.items(), key=lambda entry: (-entry[1], entry[0])):
            subject = wording.subject(text)
            known = said.get(subject)
            votes = number + (known.votes if known else 0)
            said[subject] = broadcasts.Saying(subject, known.text if known else text, votes, rulings.get(subject))
        waits = poll.moderated
        return sorted(said.values(), key=lambda one: (waits and one.shown is not None, -one.votes, one.text))


class _Subject(Func):
    """By what a decision names an answer's text: the one key of its counts."""

    template = "(SELECT jsonb_object_keys(%(expressions)s) LIMIT 1)"
    output_field = TextField()


def shown_texts(poll: Poll, *, late: bool = False) -> QuerySet[Answer, Any]:
    """The texts that are shown of its current round, the newest first; none of another kind than open text."""
    if poll.kind != Poll.Kind.TEXT:
        return Answer.objects.none()
    answers = Answer.objects.filter(poll=poll, round=poll.round, late=late).annotate(subject=_Subject("counts"))
    rulings = Ruling.objects.filter(poll=poll, subject=OuterRef("subject"), shown=poll.moderated)
    found = answers.filter(Exists(rulings)) if poll.moderated else answers.exclude(Exists(rulings))
    return found.order_by("-pk")


@dataclass(frozen=True, slots=True)
class TextsPage:
    texts: list[str]
    older: int | None
    """Before which answer the next page begins; None on the last one."""
    newer: int | None
    """The same of the page before, where that is not the first."""


def texts_page(poll: Poll, *, late: bool, before: int | None, most: int) -> TextsPage:
    """The texts that are shown, from there on. Nobody counts them all: anybody may ask for it."""
    shown = shown_texts(poll, late=late)
    rows = list((shown.filter(pk__lt=before) if before else shown).values_list("pk", "said__text")[: most + 1])
    older = rows[most - 1][0] if len(rows) > most else None
    later = shown.filter(pk__gte=before).order_by("pk").values_list("pk", flat=True) if before else shown.none()
    newer = next(iter(later[most : most + 1]), None)
    return TextsPage([text for _pk, text in rows[:most]], older, newer)


def all_results(event_id: int, poll_id: int) -> broadcasts.Staff:
    """For those who run polls, anew with every few answers."""
    return staff_results(results.get_poll(event_id, poll_id), newest_only=True)


def staff_results(poll: Poll, *, newest_only: bool = False) -> broadcasts.Staff:
    """Whatever its state, and whatever its audience may see."""
    known = results.results(poll)
    late = results.results(poll, late=True) if poll.takes_late else None
    first, said = first_sayings(poll, known, late, newest_only=newest_only)
    return broadcasts.Staff(**msgspec.structs.asdict(known), sayings=first, said=said, late=late)


def _first_words(polls: list[Poll]) -> dict[int, tuple[list[broadcasts.Saying], int]]:
    found = {}
    for poll in polls:
        said = Sayings(poll)
        first = said[:MOST_SAYINGS]
        found[poll.pk] = first, len(said) if first else 0
    return found


def first_sayings(
    poll: Poll, known: broadcasts.Results, late: broadcasts.Results | None, *, newest_only: bool
) -> tuple[list[broadcasts.Saying], int]:
    """The first words to decide on, and how many there are; where older ones were left out, how many people wrote."""
    if poll.kind == Poll.Kind.WORDS:
        return clouds.kept("said", [poll], _first_words, both=True)[poll.pk]
    said = Sayings(poll, newest_only=newest_only)
    first = said[:MOST_SAYINGS]
    if said.is_part:
        return first, max(len(said), known.total + (late.total if late else 0))
    return first, len(said) if first else 0
